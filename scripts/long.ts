/**
 * `npm run long -- NAME`: the full counts of the heavy tests (10,000 mutants, 200 kills …), of which `npm test` runs
 * samples. NAME is a room or a test file; `all` runs every one; without a name they are listed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureChromium } from './check/chromium.ts';
import { ourFiles } from './check/house.ts';
import { ensureTestModel } from './check/model.ts';
import { ensureEmbedder } from './setup/embedder.mjs';
import { root, tool } from './check/step.ts';
import { heavyTests, matching } from './check/heavy.ts';

const read = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined);
const heavy = heavyTests(
  ourFiles().filter((file) => !file.startsWith('scripts/')),
  read,
);
const name = process.argv[2];
const chosen = name === undefined ? [] : matching(heavy, name);
if (chosen.length === 0) {
  const known = heavy.map((file) => `  ${basename(file, '.test.ts').padEnd(16)} ${file}`).join('\n');
  console.log(
    `${name === undefined ? 'Name one of these, or a room, or "all"' : `No heavy test is called ${name}`}:\n${known}`,
  );
  process.exit(name === undefined ? 0 : 1);
}
console.log(`Full counts of:\n${chosen.map((file) => `  ${file}`).join('\n')}`);
const began = performance.now();
const env = { DAIMON_LONG: '1', DAIMON_CHROMIUM: await ensureChromium() };
await Promise.all([ensureTestModel(), ensureEmbedder(root)]);
const patient = ['--testTimeout=7200000', '--hookTimeout=600000'];
const { code } = await tool('vitest/vitest.mjs', ['run', ...patient, ...chosen], { env, live: true });
console.log(`${code === 0 ? 'held' : 'FAILED'} in ${((performance.now() - began) / 60_000).toFixed(1)} min`);
process.exitCode = code === 0 ? 0 : 1;
