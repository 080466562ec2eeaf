/** The welcome, from nothing to the first question, over the fake core. */
import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { Fault } from '../../../src-main/wire/index.ts';
import { emptyWorld, model, warmUp } from '../../core/fake-world.ts';
import { sealOf } from '../../core/models.ts';
import { openWindow } from '../../core/fake-window.ts';

type Opened = Awaited<ReturnType<typeof openWindow>>;
const PASSWORD = 'correct horse battery';

async function toModel({ screen }: Opened) {
  await screen.getByLabelText('Its name').fill('Wren');
  await screen.getByLabelText('Your password', { exact: true }).fill(PASSWORD);
  await screen.getByRole('button', { name: 'Continue' }).click();
  await screen.getByRole('button', { name: 'Choose a model' }).click();
  await expect.element(screen.getByRole('radio', { name: /Qwen3 4B/ })).toBeVisible();
}
const toHello = async (opened: Opened) => {
  await toModel(opened);
  await opened.screen.getByRole('button', { name: 'Fetch Qwen3 4B, start with the warm-up' }).click();
  await expect.element(opened.screen.getByRole('button', { name: 'Send' })).toBeVisible();
};
const arrive = (opened: Opened, of: ReturnType<typeof model>) =>
  opened.change((world) => {
    world.models = [...world.models, of];
    world.jobs = world.jobs.map((job) => (job.title.includes(of.name) ? { ...job, state: 'done' as const } : job));
  });

test('what a loss means and what the lock screen shows is said before anything is made', async () => {
  const { screen, did } = await openWindow(emptyWorld());
  await expect.element(screen.getByText(/lose it and your 24 words, everything is lost/)).toBeVisible();
  await expect.element(screen.getByText(/Its name and its seal can be seen on the lock screen/)).toBeVisible();
  expect(did('vault.create')).toEqual([]);
});

test('a name and a password make the vault, and its seal appears', async () => {
  const { screen, did, world } = await openWindow(emptyWorld());
  await screen.getByLabelText('Its name').fill('  Wren ');
  await screen.getByLabelText('Your password', { exact: true }).fill(PASSWORD);
  await screen.getByRole('button', { name: 'Continue' }).click();
  await expect.element(screen.getByRole('heading', { name: /Wren has a key of its own/ })).toHaveFocus();
  expect(did('vault.create')).toEqual([{ name: 'Wren', password: new TextEncoder().encode(PASSWORD) }]);
  expect(document.querySelector(`[data-seal="${world.vault.seal}"] path`)).not.toBeNull();
});

test('an empty name or a short password is refused with a sentence, and the field has the focus', async () => {
  const { screen, did } = await openWindow(emptyWorld());
  await screen.getByRole('button', { name: 'Continue' }).click();
  await expect.element(screen.getByText(/It needs a name/)).toBeVisible();
  await expect.element(screen.getByLabelText('Its name')).toHaveFocus();
  await screen.getByLabelText('Its name').fill('Wren');
  await screen.getByLabelText('Your password', { exact: true }).fill('seven77');
  await screen.getByRole('button', { name: 'Continue' }).click();
  await expect.element(screen.getByText(/A password needs eight characters or more/)).toBeVisible();
  await expect.element(screen.getByLabelText('Your password', { exact: true })).toHaveFocus();
  expect(did('vault.create')).toEqual([]);
});

test('a password can be shown, and its strength is said in words', async () => {
  const { screen } = await openWindow(emptyWorld());
  const field = screen.getByLabelText('Your password', { exact: true });
  await field.fill('password1');
  await expect.element(screen.getByText(/one of the first passwords/)).toBeVisible();
  await screen.getByRole('button', { name: 'Show: Your password' }).click();
  await expect.element(field).toHaveAttribute('type', 'text');
});

test('the 24 words asked for now are shown in the confirm window only', async () => {
  const { screen, decide } = await openWindow(emptyWorld());
  await screen.getByLabelText('Its name').fill('Wren');
  await screen.getByLabelText('Your password', { exact: true }).fill(PASSWORD);
  await screen.getByText('Show me now, with a sheet to print').click();
  await screen.getByRole('button', { name: 'Continue' }).click();
  await expect.element(screen.getByText('The confirm window is open.')).toBeVisible();
  await expect.element(screen.getByText('/home/mara/.daimon/confirm.html')).toBeVisible();
  decide(true);
  await expect.element(screen.getByText(/You have seen your 24 words/)).toBeVisible();
});

test('restoring waits for the confirm window, can be taken back, and brings the daimon back', async () => {
  const { screen, decide, did } = await openWindow(emptyWorld());
  await screen.getByRole('button', { name: 'I have 24 words' }).click();
  await screen.getByLabelText('Its name').fill('Wren');
  await screen.getByLabelText('A new password', { exact: true }).fill(PASSWORD);
  await screen.getByRole('button', { name: 'Ask for my 24 words' }).click();
  await screen.getByRole('button', { name: 'Take it back' }).click();
  await screen.getByRole('button', { name: 'Ask for my 24 words' }).click();
  await expect.element(screen.getByText(/Type your 24 words there/)).toBeVisible();
  decide(true);
  await expect.element(screen.getByRole('heading', { name: /Wren is back/ })).toBeVisible();
  expect(did('vault.restore')).toHaveLength(2);
});

test('a refusal in the confirm window is told, and the password stays for another try', async () => {
  const { screen, decide } = await openWindow(emptyWorld());
  await screen.getByRole('button', { name: 'I have 24 words' }).click();
  await screen.getByLabelText('Its name').fill('Wren');
  await screen.getByLabelText('A new password', { exact: true }).fill(PASSWORD);
  await screen.getByRole('button', { name: 'Ask for my 24 words' }).click();
  await expect.element(screen.getByText(/Type your 24 words there/)).toBeVisible();
  decide(false);
  await expect.element(screen.getByRole('alert')).toMatchTextContent('You refused it');
  await expect.element(screen.getByLabelText('A new password', { exact: true })).toHaveValue(PASSWORD);
});

test('models are told by how they run here; the recommended one is chosen, and nothing is fetched unasked', async () => {
  const opened = await openWindow(emptyWorld());
  await toModel(opened);
  const { screen, did } = opened;
  await expect
    .element(
      screen.getByRole('radio', { name: /Qwen3 4B.*Runs well · about 2.5 GB.*about 9 words a second, estimated/ }),
    )
    .toBeChecked();
  await expect.element(screen.getByRole('radio', { name: /Gemma 3 12B.*Runs slowly/ })).toBeVisible();
  await expect.element(screen.getByText('Needs 48 GB of memory; this computer has 16')).toBeVisible();
  expect(screen.getByRole('radio', { name: /Llama/ }).elements()).toEqual([]);
  await expect.element(screen.getByText(/Speeds are estimated/)).toBeVisible();
  await expect.element(screen.getByText(/fetching tells the model’s host your internet address/)).toBeVisible();
  expect(did('engine.fetch')).toEqual([]);
});

test('one click fetches the warm-up first and the better model behind it; both can be paused', async () => {
  const opened = await openWindow(emptyWorld());
  await toHello(opened);
  const { screen, did } = opened;
  expect(did('engine.fetch')).toEqual([{ id: 'smollm2-135m-instruct-q4_1' }, { id: 'qwen3-4b-q4' }]);
  await expect.element(screen.getByText(/0 of 2.5 GB · 5 MB a second · about 8 minutes left/)).toBeVisible();
  await screen.getByRole('button', { name: 'Pause: Fetching Qwen3 4B' }).click();
  await screen.getByRole('button', { name: 'Go on: Fetching Qwen3 4B' }).click();
  expect(did('jobs.pause')).toHaveLength(1);
  expect(did('jobs.resume')).toHaveLength(1);
});

test('a question written too early is kept, and is sent when the warm-up has arrived', async () => {
  const opened = await openWindow(emptyWorld());
  await toHello(opened);
  const { screen, did } = opened;
  await screen.getByLabelText('Message to Wren').fill('What is a tide?');
  await screen.getByRole('button', { name: 'Send' }).click();
  await expect.element(screen.getByText(/Your words are kept/)).toBeVisible();
  expect(did('assistant.send')).toEqual([]);
  arrive(opened, warmUp());
  await expect.poll(() => location.hash).toMatch(/^#\/chat\/[0-9A-Z]{26}$/);
  expect(did('assistant.send')).toEqual([{ text: 'What is a tide?', model: 'smollm2-135m-instruct-q4_1' }]);
  expect(opened.world.settings.model).toBe('smollm2-135m-instruct-q4_1');
  await expect.element(screen.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  // What was sent is no draft of the next conversation, and one writes on where one was.
  expect(opened.world.draft).toBe('');
  await expect.element(screen.getByLabelText('Message to Wren')).toHaveFocus();
});

test('a better model that arrives after the warm-up is offered once', async () => {
  const opened = await openWindow(emptyWorld());
  await toHello(opened);
  arrive(opened, warmUp());
  await expect.poll(() => opened.world.settings.model).toBe('smollm2-135m-instruct-q4_1');
  await opened.screen.getByRole('button', { name: 'Look around first' }).click();
  arrive(opened, model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' }));
  await opened.screen.getByRole('button', { name: 'Use Qwen3 4B from now on' }).click();
  await expect.poll(() => opened.world.settings.model).toBe('qwen3-4b-q4');
  await expect.poll(() => opened.screen.getByText('Qwen3 4B is here.').elements()).toEqual([]);
});

test('history may be brought first: the words stay, and what is on its way goes on', async () => {
  const opened = await openWindow(emptyWorld());
  await toHello(opened);
  await opened.screen.getByLabelText('Message to Wren').fill('Later');
  await opened.screen.getByRole('button', { name: /Bring your history/ }).click();
  await expect.poll(() => location.hash).toBe('#/settings/bring');
  await expect.element(opened.screen.getByRole('button', { name: 'Choose the file' })).toBeVisible();
  expect(opened.world.draft).toBe('Later');
  expect(opened.session.work.going).toHaveLength(2);
});

test('a fetch that may not begin says why, shows the place that helps, and keeps the step', async () => {
  const opened = await openWindow({ ...emptyWorld(), settings: { ...emptyWorld().settings, cut: true } });
  await toModel(opened);
  await opened.screen.getByRole('button', { name: /start with the warm-up/ }).click();
  await expect.element(opened.screen.getByRole('alert')).toMatchTextContent('Every connection to the outside is cut');
  const help = opened.screen.getByRole('link', { name: 'See what may leave this machine' });
  await expect.element(help).toBeVisible();
  await expect.element(opened.screen.getByRole('radio', { name: /Qwen3 4B/ })).toBeChecked();
  await help.click();
  await expect.element(opened.screen.getByLabelText('Cut every connection')).toBeChecked();
});

test('a model that another program keeps is used where it lies', async () => {
  const opened = await openWindow({
    ...emptyWorld(),
    found: [{ path: '/models/phi-4.gguf', program: 'LM Studio', name: 'Phi 4', size: 8e9 }],
  });
  await toModel(opened);
  const { screen, did, world } = opened;
  await screen.getByRole('button', { name: 'use one I have' }).click();
  await screen.getByRole('radio', { name: /Phi 4/ }).click();
  await screen.getByRole('button', { name: 'Use Phi 4' }).click();
  await expect.element(screen.getByRole('button', { name: 'Send' })).toBeVisible();
  expect(did('engine.import')).toEqual([{ path: '/models/phi-4.gguf', copy: false }]);
  expect(did('engine.fetch')).toEqual([]);
  expect(world.settings.model).toBe(world.models[0]!.id);
});

test('a file that is not a model is left alone, and the path stays in its field', async () => {
  const opened = await openWindow(emptyWorld());
  await toModel(opened);
  const { screen } = opened;
  await screen.getByText('A file of mine').click();
  await screen.getByLabelText('Path of a GGUF file on this computer').fill('/home/mara/letter.txt');
  await screen.getByRole('button', { name: 'Use this file' }).click();
  await expect.element(screen.getByRole('alert')).toMatchTextContent('not a GGUF model');
  await expect
    .element(screen.getByLabelText('Path of a GGUF file on this computer'))
    .toHaveValue('/home/mara/letter.txt');
});

test('a failed send keeps the question', async () => {
  const opened = await openWindow({ ...emptyWorld(), models: [warmUp()] });
  await toModel(opened);
  opened.failNext(
    'assistant.send',
    new Fault('disk-full', 'The disk is full. Your words are kept; free some space and try again.'),
  );
  await opened.screen.getByRole('button', { name: /start with the warm-up/ }).click();
  await opened.screen.getByLabelText('Message to Wren').fill('What is a tide?');
  await opened.screen.getByRole('button', { name: 'Send' }).click();
  await expect.element(opened.screen.getByRole('alert')).toMatchTextContent('The disk is full');
  await expect.element(opened.screen.getByLabelText('Message to Wren')).toHaveValue('What is a tide?');
});

test('a window reloaded before a model was chosen goes on with the choice', async () => {
  const { screen } = await openWindow({
    ...emptyWorld(),
    vault: { state: 'unlocked', name: 'Wren', seal: '0x0123' as never, jobs: 0 },
  });
  await expect.element(screen.getByRole('heading', { name: 'Which model should Wren think with?' })).toBeVisible();
});

test('speeds that are not known yet are asked for again, and never called measured', async () => {
  const slow = emptyWorld();
  const unknown = slow.catalogue.map((one) => ({ ...one, fit: { ...one.fit, speed: undefined, measured: false } }));
  let asked = 0;
  const opened = await openWindow(slow, {
    over: { 'engine.catalogue': () => (++asked < 3 ? unknown : slow.catalogue) },
  });
  await toModel(opened);
  await expect.element(opened.screen.getByText(/Speeds come in a moment/)).toBeVisible();
  await expect.element(opened.screen.getByText(/measured on this computer/)).not.toBeInTheDocument();
  await expect.element(opened.screen.getByText(/about 9 words a second, estimated/).first()).toBeVisible();
  await expect.element(opened.screen.getByText(/Speeds are estimated/)).toBeVisible();
  expect(asked).toBe(3);
});

test('a model keeps its seal from the catalogue to this computer', async () => {
  const opened = await openWindow(emptyWorld());
  await toModel(opened);
  const before = document.querySelector('li:has(input:checked) [data-seal]')!.getAttribute('data-seal');
  expect(sealOf(model({ id: 'qwen3-4b-q4', name: 'Qwen3 4B' }))).toBe(before);
  expect(sealOf(model({ id: 'sha256:5555555555555555', name: 'mine' }))).toBe('5'.repeat(64));
});

test('Tab and Enter alone lead from the first field to the first question, with the focus in sight', async () => {
  const opened = await openWindow(emptyWorld());
  const seen = () => {
    const at = document.activeElement as HTMLElement;
    const framed = at.closest('.slip') ?? at;
    const { top, bottom } = at.getBoundingClientRect();
    expect(at.matches(':focus-visible'), at.outerHTML).toBe(true);
    expect(getComputedStyle(framed).outlineStyle, framed.outerHTML).toBe('solid');
    expect(top >= 0 && bottom <= innerHeight, at.outerHTML).toBe(true);
    return at;
  };
  const tabTo = async (name: RegExp) => {
    for (let i = 0; i < 20; i++) {
      await userEvent.keyboard('{Tab}');
      const at = seen();
      const words = at.textContent || at.closest('.field')?.querySelector('label')?.textContent;
      if (name.test(words ?? '')) return;
    }
    throw new Error(`Tab never came to ${name}`);
  };
  await expect.element(opened.screen.getByLabelText('Its name')).toBeVisible();
  await tabTo(/Its name/);
  await userEvent.keyboard('Wren');
  await tabTo(/Your password/);
  await userEvent.keyboard(PASSWORD);
  await tabTo(/Continue/);
  await userEvent.keyboard('{Enter}');
  await expect.element(opened.screen.getByRole('heading', { name: /Wren has a key of its own/ })).toHaveFocus();
  await tabTo(/Choose a model/);
  await userEvent.keyboard('{Enter}');
  await expect.element(opened.screen.getByRole('radio', { name: /Qwen3 4B/ })).toBeVisible();
  await tabTo(/start with the warm-up/);
  await userEvent.keyboard('{Enter}');
  await expect.element(opened.screen.getByLabelText('Message to Wren')).toHaveFocus();
  seen();
  await userEvent.keyboard('Hello{Enter}');
  arrive(opened, warmUp());
  await expect.poll(() => opened.did('assistant.send')).toEqual([{ text: 'Hello', model: warmUp().id }]);
});
