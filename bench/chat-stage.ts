/** How soon the core of the compiled tree stands, over the core of the sources: same machine, same data, in turn. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../scripts/stage/build.ts';
import { stage } from '../scripts/stage/copy.ts';
import { reachCore } from '../src-main/shell/listen.ts';
import { compiled, daimon, sources, type Tree } from '../test/e2e/daimon.ts';
import type { Figure } from './figure.ts';

const ROUNDS = 9;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Milliseconds from spawning the core to its socket's first answer. */
async function startOnce(tree: Tree, folder: string): Promise<number> {
  const began = performance.now();
  const core = spawn(process.execPath, [join(tree.shell, `terminal/serve${tree.ending}`)], {
    cwd: tree.root,
    env: { ...process.env, DAIMON_DATA: folder },
    stdio: 'ignore',
  });
  const gone = new Promise((resolve) => core.once('exit', resolve));
  let wire = await reachCore(folder);
  while (!wire) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    wire = await reachCore(folder);
  }
  const took = performance.now() - began;
  wire.close();
  core.kill('SIGKILL');
  await gone;
  return took;
}

export async function stageFigures(): Promise<Figure[]> {
  const place = mkdtempSync(join(tmpdir(), 'daimon-stage-'));
  const one = daimon();
  try {
    await build();
    await stage(place);
    const times: Record<'.ts' | '.js', number[]> = { '.ts': [], '.js': [] };
    for (let i = 0; i < ROUNDS; i++)
      for (const tree of [sources, compiled(place)]) times[tree.ending].push(await startOnce(tree, one.folder));
    const [plain, staged] = [median(times['.ts']), median(times['.js'])];
    return [
      {
        name: 'staged tree: core starts, over the sources',
        value: staged / plain,
        unit: '×',
        bound: '≤ 1.3',
        holds: staged <= plain * 1.3,
      },
      { name: 'staged tree: core starts', value: staged, unit: 'ms' },
    ];
  } finally {
    await one.remove();
    rmSync(place, { recursive: true, force: true });
  }
}
