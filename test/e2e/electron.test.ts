/** The desktop shell, end to end: the shell's own files over a fake Electron, the core and its children for real. */
import { readdirSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { coreDoor } from '../../src-main/doors.ts';
import { shellDoor } from '../../src-main/shell/door.ts';
import { reachCore } from '../../src-main/shell/listen.ts';
import { connect } from '../../src-main/wire/index.ts';
import { messageSigner } from '../../src-main/signer/ethereum.ts';
import { needSmollm2 } from '../fixtures/real-model.ts';
import type { FakeWindow } from '../fakes/electron/index.ts';
import { openReal, whyNot } from './electron-real.ts';
import { raise, soon, type Shell, type ShellOptions } from './shell.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const PASSWORD = 'correct horse battery';
const SCRIPTED = new URL('../fakes/engine-scripted.ts', import.meta.url);

let shell: Shell;
afterEach(() => shell?.close());
const open = async (options?: ShellOptions) => (shell = await raise(options));
const alive = (one: Shell) =>
  one.forked.filter(({ pid }) => pid !== undefined).map(({ options }) => options.serviceName);

/** A page that has made a daimon. */
async function awake() {
  const core = await shell.page();
  await core['vault.create']({ name: 'Wren', password: bytes(PASSWORD) });
  return core;
}
const confirmWindow = () => shell.windows.find(({ url, destroyed }) => url === 'app://confirm/confirm/' && !destroyed);
async function confirmPage(): Promise<{ window: FakeWindow; ask: ReturnType<typeof asking>; port: MessagePort }> {
  const window = await shell.window('app://confirm/confirm/');
  const port = await window.webContents.page!.connect('confirm-port');
  return { window, port, ask: asking(port) };
}
/** What src-renderer/confirm/port.ts does. */
function asking(port: MessagePort) {
  let next = 1;
  return (path: string, input: object) =>
    new Promise<{ ok: boolean; value: never; fault?: { code: string } }>((resolve) => {
      const id = next++;
      const on = (reply: { id: number; ok: boolean; value: never }) => {
        if (reply.id !== id) return;
        port.off('message', on);
        resolve(reply);
      };
      port.on('message', on);
      port.postMessage({ t: 'ask', id, path, body: JSON.stringify(input) });
    });
}
interface Pending {
  readonly shown: { readonly id: string; readonly digest: string; readonly sheet: { readonly title: string } } | null;
}

test('a page is handed a port to the core; a daimon is made, a model brought, and it answers', async () => {
  await open();
  const core = await awake();
  await core['engine.import']({ path: needSmollm2() });
  let answer = '';
  for await (const item of core['assistant.send']({ text: 'Say hello.', maxTokens: 16 })) {
    if (item.kind === 'token') answer += item.text;
    if (item.kind === 'done') expect(item.tokens).toBeGreaterThan(0);
  }
  expect(answer.length).toBeGreaterThan(0);
  expect(alive(shell).sort()).toEqual(['daimon core', 'daimon engine', 'daimon signer']);
  // Nothing stays behind when the person quits.
  shell.app.quit();
  expect(await shell.app.ended.promise).toBe(0);
  await soon(() => alive(shell)).toEqual([]);
  expect(shell.asked).toEqual([]);
  expect(shell.trays[0]!.gone).toBe(true);
});

test('a second page is a stranger until it has given the password itself', async () => {
  await open();
  await awake();
  const other = await shell.page();
  expect((await other['vault.status']({})).state).toBe('locked');
  await expect(other['assistant.conversations']({})).rejects.toMatchObject({ code: 'locked' });
});

test('a document is read in a process of its own, and waits with the draft', async () => {
  await open();
  const core = await awake();
  const words = bytes('The harbour master is Ines.');
  const { upload } = await core['library.offer']({ name: 'harbour.txt', size: words.length });
  await core['library.give']({ upload, bytes: words });
  expect(await core['assistant.attach']({ upload })).toMatchObject({
    name: 'harbour.txt',
    kind: 'text',
    characters: 27,
  });
  expect((await core['assistant.draft']({})).attachments).toHaveLength(1);
  expect(alive(shell)).toContain('daimon reader');
});

test('a message is signed in the confirm window, whose port ends in the signer', async () => {
  await open();
  const core = await awake();
  const items = core['vault.sign']({ message: 'I am Wren.', account: 0 })[Symbol.asyncIterator]();
  await items.next();
  const { ask, window } = await confirmPage();
  const { shown } = (await ask('/pending', { seen: 0 })).value as Pending;
  expect(shown!.sheet.title).toContain('Sign this message');
  const approval = { request: shown!.id, digest: shown!.digest, focusedMs: 600, sawLast: true };
  // A click that came before half a second of attention does nothing.
  expect((await ask('/approve', approval)).fault?.code).toBe('too-soon');
  await new Promise((resolve) => setTimeout(resolve, 520));
  expect((await ask('/approve', { ...approval, digest: `0x${'00'.repeat(32)}` })).fault?.code).toBe('other-digest');
  expect((await ask('/approve', approval)).ok).toBe(true);
  const done = (await items.next()).value as { address: string; signature: string };
  expect(messageSigner('I am Wren.', done.signature)).toBe(done.address);
  // Its own session, and nothing of the window's: not even the same page handed a port of the core.
  expect(window.options.webPreferences).toMatchObject({ partition: 'confirm' });
  expect(window.webContents.page!.world.daimon).toBeUndefined();
});

test('whoever closes the confirm window has refused; nothing is signed', async () => {
  await open();
  const core = await awake();
  const items = core['vault.sign']({ message: 'I am Wren.', account: 0 })[Symbol.asyncIterator]();
  await items.next();
  const { window, ask } = await confirmPage();
  await ask('/pending', { seen: 0 });
  window.close();
  await expect(items.next()).rejects.toMatchObject({ code: 'refused' });
});

test('the way for terminals takes the password alone, and serves no page', async () => {
  await open();
  const core = await awake();
  const items = core['vault.sign']({ message: 'I am Wren.', account: 0 })[Symbol.asyncIterator]();
  await items.next();
  const { readFileSync } = await import('node:fs');
  const file = readdirSync(shell.folder).find((name) => name.startsWith('confirm-'))!;
  const [, origin, key] = /(http:\/\/127\.0\.0\.1:\d+)\/confirm\/#([\w-]+)/.exec(
    readFileSync(`${shell.folder}/${file}`, 'utf8'),
  )!;
  const post = async (path: string, input: object) => {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { origin: origin!, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    return (await response.json()) as Record<string, string>;
  };
  expect((await fetch(`${origin}/confirm/`)).status).toBe(404);
  const { tab, request, digest } = await post('/enter', { key });
  await post('/pending', { tab, seen: 0 });
  await new Promise((resolve) => setTimeout(resolve, 520));
  const approval = { tab, request, digest, focusedMs: 600, sawLast: true };
  expect(await post('/approve', approval)).toMatchObject({ code: 'password-needed' });
  expect(await post('/approve', { ...approval, password: Buffer.from(PASSWORD).toString('base64') })).toEqual({});
  expect((await items.next()).value).toMatchObject({ kind: 'done' });
});

test.each(['suspend', 'lock-screen'])(
  'on %s it falls asleep, and the confirm window goes with the signer',
  async (event) => {
    await open();
    const core = await awake();
    const items = core['vault.sign']({ message: 'I am Wren.', account: 0 })[Symbol.asyncIterator]();
    await items.next();
    await confirmPage();
    const next = items.next();
    next.catch(() => {});
    shell.powerMonitor.emit(event);
    await soon(async () => (await core['vault.status']({})).state).toBe('locked');
    await expect(next).rejects.toMatchObject({ code: 'locked' });
    await soon(() => confirmWindow()).toBeUndefined();
    await soon(() => alive(shell)).toEqual(['daimon core']);
  },
);

test('an answer that is being written when the machine goes to sleep is kept', async () => {
  await open({ engine: SCRIPTED });
  const core = await awake();
  await core['engine.import']({ path: needSmollm2() });
  let conversation: string | undefined;
  await expect(
    (async () => {
      for await (const item of core['assistant.send']({ text: 'from 0 to 400' })) {
        if (item.kind === 'begun') conversation = item.conversation;
        if (item.kind === 'token') shell.powerMonitor.emit('suspend');
      }
    })(),
  ).rejects.toMatchObject({ code: 'locked' });
  await core['vault.unlock']({ password: bytes(PASSWORD) });
  const { messages } = await core['assistant.messages']({ conversation: conversation as never });
  expect(messages.at(-1)!.text.length).toBeGreaterThan(0);
});

test('a link leads to its place, from the command line and from a second start', async () => {
  await open({ argv: ['daimon:own/models'] });
  const window = await shell.window();
  await shell.page();
  const places: string[] = [];
  window.webContents.page!.world.daimon!.onPlace((place) => places.push(place));
  expect(places).toEqual(['own/models']);
  window.minimized = true;
  shell.again(['daimon:chat']);
  expect(places).toEqual(['own/models', 'chat']);
  expect(window.minimized).toBe(false);
  expect(window.focused).toBe(true);
  // A link with more than a place only brings the window forward.
  shell.again(['daimon://chat/?q=<script>']);
  shell.app.emit('open-url', { preventDefault: () => places.push('prevented') }, 'daimon:settings');
  expect(places).toEqual(['own/models', 'chat', 'prevented', 'settings']);
});

test('a core that is killed is told of; its children end, and what was asked for happens', async () => {
  await open();
  await awake();
  process.kill(shell.processes('core')[0]!.pid!, 'SIGKILL');
  await shell.app.ended.promise;
  expect(shell.asked).toMatchObject([{ message: 'daimon stopped unexpectedly.', buttons: ['Open again', 'Quit'] }]);
  expect(shell.app.did).not.toContain('relaunch');
  await soon(() => alive(shell)).toEqual([]);
});

test('a killed signer sends it to sleep; a killed engine is started again', async () => {
  await open({ engine: SCRIPTED });
  const core = await awake();
  await core['engine.import']({ path: needSmollm2() });
  const ask = async () => {
    let text = '';
    for await (const item of core['assistant.send']({ text: 'from 0 to 1' }))
      if (item.kind === 'token') text += item.text;
    return text;
  };
  const first = await ask();
  process.kill(shell.processes('engine').at(-1)!.pid!, 'SIGKILL');
  await soon(() => shell.processes('engine').at(-1)!.pid).toBeUndefined();
  expect(await ask()).toBe(first);
  process.kill(shell.processes('signer')[0]!.pid!, 'SIGKILL');
  await soon(async () => (await core['vault.status']({})).state).toBe('locked');
});

test('while a terminal’s core has the folder, that is said, and nothing is started twice', async () => {
  const { startCore } = await import('./core.ts');
  const { mkdtempSync } = await import('node:fs');
  const folder = mkdtempSync(`${(await import('node:os')).tmpdir()}/daimon-desktop-`);
  const other = await startCore(folder);
  await open({ folder });
  await shell.app.ended.promise;
  expect(shell.asked).toMatchObject([{ message: 'daimon is already running, without this window.' }]);
  await other.kill();
  other.close();
});

test('a terminal and a second start reach the same core; an address for a browser there is none', async () => {
  await open();
  await awake();
  const wire = (await reachCore(shell.folder))!;
  const terminal = connect({ ...coreDoor, ...shellDoor }, wire);
  expect((await terminal['vault.status']({})).state).toBe('locked');
  expect((await terminal['vault.unlock']({ password: bytes(PASSWORD) })).state).toBe('unlocked');
  await expect(terminal['shell.address']({})).rejects.toMatchObject({ code: 'window-elsewhere' });
  wire.close();
});

describe('in the real Electron', () => {
  const missing = whyNot();

  test('the window opens sandboxed, with our functions and no way out, and its core answers', async ({ skip }) => {
    skip(missing !== undefined, missing);
    const real = await openReal();
    try {
      const { page } = real;
      await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 30_000 });
      expect(page.url()).toMatch(/^app:\/\/daimon\//);
      const inside = await page.evaluate(async () => {
        const world = globalThis as unknown as Record<string, unknown>;
        const reached = await fetch('https://example.org/').then(
          () => true,
          () => false,
        );
        return {
          node: ['require', 'process', 'Buffer'].filter((name) => name in world),
          ours: Object.keys(world['daimon'] as object).sort(),
          reached,
        };
      });
      expect(inside).toEqual({ node: [], ours: ['connect', 'onPlace', 'openLink', 'pathOf'], reached: false });
      const wire = (await reachCore(real.folder))!;
      const core = connect(coreDoor, wire);
      await core['vault.create']({ name: 'Wren', password: bytes(PASSWORD) });
      await core['engine.import']({ path: needSmollm2() });
      let answer = '';
      for await (const item of core['assistant.send']({ text: 'Say hello.', maxTokens: 16 }))
        if (item.kind === 'token') answer += item.text;
      expect(answer.length).toBeGreaterThan(0);
      // The page is another visitor: it shows the lock screen of the daimon that was made.
      await page.getByRole('button', { name: 'Wake Wren' }).waitFor();
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Wake Wren' }).click();
      await page.getByLabel('Message to Wren').waitFor();
      expect(real.complaints.filter((line) => !line.includes('example.org'))).toEqual([]);
      wire.close();
    } finally {
      await real.close();
    }
  });
});
