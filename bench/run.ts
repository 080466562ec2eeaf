/**
 * `npm run bench -- NAME [--json]`: prints figures with their bounds; `all` runs every bench, each in a process of its
 * own. Benches inform: they exit with 0 also when a bound does not hold, and with 1 only when one cannot run.
 */
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure } from './figure.ts';
import { machine } from './machine.ts';
import { asJson, table } from './table.ts';

const here = fileURLToPath(new URL('./', import.meta.url));
/** A bench is a file of this folder that exports `run`; helpers beside it do not. */
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .filter((file) => /^export (async )?(function|const) run\b/m.test(readFileSync(join(here, file), 'utf8')))
  .map((file) => basename(file, '.ts'));

/** A process of its own for each: one bench's heap and warm caches must not count for the next. */
async function apart(name: string): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), name, '--json'], {
    maxBuffer: 64 << 20,
  });
  return JSON.parse(stdout) as Figure[];
}

async function figuresOf(name: string): Promise<Figure[]> {
  if (name === 'all') {
    const all: Figure[] = [];
    for (const each of names) {
      try {
        all.push(...(await apart(each)));
      } catch (error) {
        console.error(`${each} could not run: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    }
    return all;
  }
  const bench = (await import(new URL(`./${name}.ts`, import.meta.url).href)) as { run(): Promise<Figure[]> };
  return await bench.run();
}

const args = process.argv.slice(2);
const json = args.includes('--json');
const name = args.find((arg) => !arg.startsWith('--'));
if (name === undefined || (name !== 'all' && !names.includes(name))) {
  console.error(`Name a bench: ${[...names, 'all'].join(', ')}`);
  process.exit(1);
}
const line = machine();
if (!json) console.log(line);
const figures = await figuresOf(name);
if (figures.length === 0) {
  console.error(`${name} measured nothing.`);
  process.exitCode = 1;
}
console.log(json ? asJson(figures) : table(figures));
// A bench may leave a worker or a handle behind; its figures stand all the same.
process.exit();
