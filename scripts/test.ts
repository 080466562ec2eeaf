/**
 * `npm test`: every check, one after the other, each with its heading and its time; the last line counts them.
 * `npm test -- types lint` runs only the steps named.
 */
import { ensureEmbedder } from './setup/embedder.mjs';
import { ensureWindow, windowState } from './setup/window.mjs';
import { arrows } from './check/arrows.ts';
import { ensureChromium } from './check/chromium.ts';
import { house } from './check/house.ts';
import { licences } from './check/licences.ts';
import { lint } from './check/lint.ts';
import { ensureTestModel } from './check/model.ts';
import { fail, pass, root, type Outcome, type Step } from './check/step.ts';
import { suites } from './check/suites.ts';
import { tree } from './check/tree.ts';
import { types } from './check/types.ts';

/** The end-to-end tests open the built window. */
async function build(): Promise<Outcome> {
  await ensureWindow(root);
  return windowState(root) === 'ready' ? pass() : fail('there is no window to build');
}

const steps: readonly Step[] = [
  { name: 'set-up', run: tree },
  { name: 'types', run: types },
  { name: 'lint', run: lint },
  { name: 'arrows', run: arrows },
  { name: 'house', run: house },
  { name: 'licences', run: licences },
  { name: 'build', run: build },
  { name: 'model', run: async () => (await Promise.all([ensureTestModel(), ensureEmbedder(root)]), pass()) },
  // Two at a time, where vitest would leave one of two cores idle: these tests wait for processes as often as they work.
  { name: 'node', run: () => suites('node', ['--maxWorkers=2']) },
  { name: 'chromium', run: async () => pass((process.env['DAIMON_CHROMIUM'] = await ensureChromium())) },
  { name: 'window', run: () => suites('window') },
  { name: 'e2e', run: () => suites('e2e') },
];

/** A step that throws has failed; one that checked nothing has failed too. */
async function outcomeOf(step: Step): Promise<Outcome> {
  try {
    const outcome = await step.run();
    return outcome.passed + outcome.failed > 0 ? outcome : { ...outcome, failed: 1, note: 'nothing was checked' };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
const total = { passed: 0, failed: unknown.length };
if (unknown.length > 0) {
  console.log(`There is no step ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}.`);
}
for (const step of steps) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue;
  console.log(`\n── ${step.name} ──`);
  const began = performance.now();
  const { passed, failed, note } = await outcomeOf(step);
  total.passed += passed;
  total.failed += failed;
  if (note) console.log(note.trimEnd());
  console.log(`${failed === 0 ? 'ok' : 'FAILED'} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
console.log(`\n${total.passed} passed, ${total.failed} failed`);
