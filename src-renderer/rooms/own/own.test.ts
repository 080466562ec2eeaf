/** Own: keys are shown and used only through the confirm window; models are taken, fetched and removed. */
import { expect, test } from 'vitest';
import { Fault } from '../../../src-main/wire/index.ts';
import { livedInWorld, model } from '../../core/fake-world.ts';
import { openWindow } from '../../core/fake-window.ts';

const open = (within: string, world = livedInWorld()) => openWindow(world, { hash: `#/own/${within}` });
const withBetter = () => {
  const world = livedInWorld();
  return { ...world, models: [...world.models, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' })], jobs: [] };
};

test('an address stands beside a name and a seal, in groups of four', async () => {
  const { screen, world } = await open('keys');
  await screen.getByRole('button', { name: 'Show address: Account 1' }).click();
  await expect.element(screen.getByText('0x 9858 EfFD 232B 4033 E47d 9000 3D41 EC34 EcaE da94')).toBeVisible();
  await expect.element(screen.getByText("Derived at m/44'/60'/0'/0/0")).toBeVisible();
  expect(document.querySelector(`[data-seal="${world.addresses[0]}"] path`)).not.toBeNull();
});

test('more accounts can be shown', async () => {
  const { screen, did } = await open('keys');
  await expect.element(screen.getByRole('heading', { name: /^4 keys/ })).toBeVisible();
  await screen.getByRole('button', { name: 'Show five more accounts' }).click();
  await expect.element(screen.getByText('Account 5')).toBeVisible();
  expect(did('vault.accounts')).toEqual([{ count: 2 }, { count: 7 }]);
});

test('the 24 words are asked for, seen in the confirm window, and remembered as seen', async () => {
  const { screen, decide } = await open('keys');
  await expect.element(screen.getByText(/You have not seen yours yet/)).toBeVisible();
  await screen.getByRole('button', { name: 'Show the 24 words' }).click();
  await expect.element(screen.getByText('The confirm window is open.')).toBeVisible();
  decide(true);
  await expect
    .element(screen.getByText('24 words restore all keys but this computer’s. You have seen yours.'))
    .toBeVisible();
});

test('a message is signed with the chosen account once it was approved', async () => {
  const { screen, decide, did } = await open('keys');
  await screen.getByRole('button', { name: 'Sign a message' }).click();
  const sheet = screen.getByRole('dialog');
  await expect.element(sheet.getByRole('button', { name: 'Cancel' })).toHaveFocus();
  await sheet.getByRole('radio', { name: /Account 2/ }).click();
  await sheet.getByLabelText('The message').fill('I am Mara.');
  await sheet.getByRole('button', { name: 'Ask for the signature' }).click();
  await expect.element(sheet.getByText(/Read the message there/)).toBeVisible();
  decide(true);
  await expect.element(sheet.getByRole('heading', { name: 'Signed' })).toBeVisible();
  await expect.element(sheet.getByText(/0x 6Fac/)).toBeVisible();
  expect(did('vault.sign')).toEqual([{ message: 'I am Mara.', account: 1 }]);
});

test('a refused signature is told, and the message stays in its field', async () => {
  const { screen, decide } = await open('keys');
  await screen.getByRole('button', { name: 'Sign a message' }).click();
  const sheet = screen.getByRole('dialog');
  await sheet.getByLabelText('The message').fill('I am Mara.');
  await sheet.getByRole('button', { name: 'Ask for the signature' }).click();
  await expect.element(sheet.getByText(/Read the message there/)).toBeVisible();
  decide(false);
  await expect.element(sheet.getByRole('alert')).toMatchTextContent('You refused it');
  await expect.element(sheet.getByLabelText('The message')).toHaveValue('I am Mara.');
});

test('Esc closes the sheet and the focus returns to the button that opened it', async () => {
  const { screen } = await open('keys');
  const button = screen.getByRole('button', { name: 'Sign a message' });
  await button.click();
  await expect.element(screen.getByRole('dialog')).toBeVisible();
  (document.activeElement as HTMLElement).closest('dialog')!.requestClose();
  await expect.element(button).toHaveFocus();
});

test('a file that is taken into use is told beside its button; one that is refused says why there', async () => {
  const { screen } = await open('models');
  const field = screen.getByLabelText('Path of a GGUF file on this computer');
  const below = (text: RegExp) =>
    expect.poll(() => {
      const found = screen.getByText(text).element();
      return !!(field.element().compareDocumentPosition(found) & Node.DOCUMENT_POSITION_FOLLOWING);
    });
  await field.fill('/models/letter.txt');
  await screen.getByRole('button', { name: 'Use this file' }).click();
  await below(/not a GGUF model/).toBe(true);
  await field.fill('/models/phi.gguf');
  await screen.getByRole('button', { name: 'Use this file' }).click();
  await below(/phi\.gguf is here\./).toBe(true);
  await expect.poll(() => screen.getByText(/not a GGUF model/).elements()).toEqual([]);
});

test('while the warm-up answers, a better model that is here is offered and taken', async () => {
  const { screen, world } = await open('models', withBetter());
  await expect.element(screen.getByText('Qwen3 4B is here, and the warm-up model still answers.')).toBeVisible();
  await screen.getByRole('button', { name: 'Use Qwen3 4B from now on' }).click();
  await expect.poll(() => world.settings.model).toBe('qwen3-4b-q4');
  await expect.poll(() => screen.getByText(/still answers/).elements()).toEqual([]);
});

test('a model shows size, fit, quantisation, licence and context, and one step down its hash', async () => {
  const { screen } = await open('models', withBetter());
  await expect.element(screen.getByText('Runs well · 9 words a second · 2.5 GB')).toBeVisible();
  await screen.getByText('Details', { exact: true }).nth(1).click();
  await expect.element(screen.getByText('Q4_K_M').first()).toBeVisible();
  await expect.element(screen.getByText('Apache-2.0').nth(1)).toBeVisible();
  await expect.element(screen.getByText('made for 40,960 tokens; 8,192 are used here')).toBeVisible();
});

test('the room says how many models are here and what they take of the disk; a linked file takes nothing', async () => {
  const world = withBetter();
  world.models = [...world.models, model({ id: 'sha256:0123456789abcdef', name: 'Phi 4', linked: '/models/phi.gguf' })];
  const { screen } = await open('models', world);
  await expect
    .element(screen.getByRole('heading', { name: '3 models are here to think with, on 2.6 GB of this disk.' }))
    .toBeVisible();
});

test('a model is measured here, and the figure stands in words with its day', async () => {
  const { screen, did } = await open('models');
  await screen.getByRole('button', { name: 'Measure: SmolLM2 135M' }).click();
  await expect
    .element(screen.getByText(/^Measured here: reads 412, writes 21 words a second · Today, \d\d:\d\d$/))
    .toBeVisible();
  expect(did('engine.speed')).toEqual([{ id: 'smollm2-135m-instruct-q4_1' }]);
});

test('a measurement that fails says why beside the model', async () => {
  const { screen, failNext } = await open('models');
  failNext('engine.speed', new Fault('no-memory', 'There is not enough memory for it now; nothing else was stopped.'));
  await screen.getByRole('button', { name: 'Measure: SmolLM2 135M' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('not enough memory');
});

test('a model is loaded and taken out of memory, with its layers on the graphics card', async () => {
  const world = withBetter();
  world.models = world.models.map((one) => (one.warmUp ? one : { ...one, warm: true, gpuLayers: 12 }));
  const { screen, did } = await open('models', world);
  await expect.element(screen.getByText('In memory now, 12 of 36 layers on the graphics card')).toBeVisible();
  await expect.element(screen.getByText('Qwen3 4B is in memory now, with about 3.4 GB.')).toBeVisible();
  await screen.getByRole('button', { name: 'Take out of memory: Qwen3 4B' }).click();
  await expect.element(screen.getByText(/No model is in memory now/)).toBeVisible();
  await screen.getByRole('button', { name: 'Load into memory: Qwen3 4B' }).click();
  await expect.element(screen.getByText('In memory now, on the processor')).toBeVisible();
  expect([...did('engine.rest'), ...did('engine.warm')]).toEqual([{ id: 'qwen3-4b-q4' }, { id: 'qwen3-4b-q4' }]);
});

test('the memory that models may keep together is kept as a setting', async () => {
  const { screen, world } = await open('models');
  await expect.element(screen.getByRole('radio', { name: 'As much as this computer can spare' })).toBeChecked();
  await screen.getByRole('radio', { name: 'Up to 8 GB' }).click();
  await expect.poll(() => world.settings.memoryBudget).toBe(8e9);
  await screen.getByRole('radio', { name: 'As much as this computer can spare' }).click();
  await expect.poll(() => world.settings.memoryBudget).toBe('auto');
});

/** The fetch of the better model ends, and the machine goes on with it by itself. */
const arrives = (opened: Awaited<ReturnType<typeof open>>, switches: boolean) =>
  opened.change((world) => {
    world.models = [...world.models, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' })];
    world.jobs = world.jobs.map((job) => ({ ...job, state: 'done' as const }));
    if (switches) world.settings = { ...world.settings, model: 'qwen3-4b-q4' };
  });

test('when the machine goes on with the model that arrived, it says so once and leads back', async () => {
  const opened = await open('keys');
  await expect.element(opened.screen.getByRole('heading', { level: 1 })).toBeVisible();
  arrives(opened, true);
  await expect.element(opened.screen.getByText('Qwen3 4B has arrived and answers from now on.')).toBeVisible();
  await opened.screen.getByRole('button', { name: 'Go back to SmolLM2 135M' }).click();
  await expect.poll(() => opened.world.settings.model).toBe('smollm2-135m-instruct-q4_1');
  await expect.element(opened.screen.getByText(/has arrived/)).not.toBeInTheDocument();
});

test('where the warm-up was chosen by hand, the model that arrived is only offered', async () => {
  const opened = await open('keys');
  await expect.element(opened.screen.getByRole('heading', { level: 1 })).toBeVisible();
  arrives(opened, false);
  await opened.screen.getByRole('button', { name: 'Use Qwen3 4B from now on' }).click();
  await expect.poll(() => opened.world.settings.model).toBe('qwen3-4b-q4');
  await expect.element(opened.screen.getByText(/has arrived/)).not.toBeInTheDocument();
});

test('removing asks first, frees the file, and another model answers from then on', async () => {
  const world = withBetter();
  world.settings = { ...world.settings, model: 'qwen3-4b-q4' };
  const { screen, did } = await open('models', world);
  await screen.getByRole('button', { name: 'Remove: Qwen3 4B' }).click();
  const sheet = screen.getByRole('dialog');
  await expect.element(sheet.getByText('2.5 GB of free space')).toBeVisible();
  expect(did('engine.remove')).toEqual([]);
  await sheet.getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => world.models.map(({ id }) => id)).toEqual(['smollm2-135m-instruct-q4_1']);
  await expect.poll(() => world.settings.model).toBe('smollm2-135m-instruct-q4_1');
});

test('a fetch shows its bytes, rate and time left; a failed one says why and what is kept', async () => {
  const { screen, change } = await open('models');
  await expect.element(screen.getByText('0.9 of 2.5 GB · 4.4 MB a second · about 6 minutes left')).toBeVisible();
  await expect.element(screen.getByRole('progressbar')).toHaveAttribute('aria-label', 'Fetching Qwen3 4B: 36 %');
  change((world) => {
    world.jobs = world.jobs.map((job) => ({
      ...job,
      state: 'failed' as const,
      fault: { code: 'dial-failed', message: 'models.example could not be reached. What had arrived is kept.' },
    }));
  });
  await expect.element(screen.getByRole('alert')).toMatchTextContent('What had arrived is kept');
});

test('a model of the catalogue is fetched only after its button', async () => {
  const { screen, did } = await open('models');
  await expect.element(screen.getByRole('button', { name: 'Fetch: Gemma 3 12B' })).toBeVisible();
  expect(did('engine.fetch')).toEqual([]);
  expect(screen.getByRole('button', { name: 'Fetch: Llama 3.3 70B' }).elements()).toEqual([]);
  await screen.getByRole('button', { name: 'Fetch: Gemma 3 12B' }).click();
  await expect.poll(() => did('engine.fetch')).toEqual([{ id: 'gemma-3-12b-q4' }]);
});

test('a catalogue that cannot be read says so and can be read again', async () => {
  const opened = await openWindow(livedInWorld());
  opened.failNext(
    'engine.catalogue',
    new Fault('internal', 'Something unexpected went wrong; nothing else is affected.'),
  );
  opened.session.go('own', 'models');
  await expect.element(opened.screen.getByRole('alert')).toMatchTextContent('Something unexpected');
  await opened.screen.getByRole('button', { name: 'Try again' }).click();
  await expect.element(opened.screen.getByRole('button', { name: 'Fetch: Gemma 3 12B' })).toBeVisible();
});
