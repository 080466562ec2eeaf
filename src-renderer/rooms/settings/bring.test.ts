/** Conversations are brought from a file and taken into one: counted, paused, stopped, refused, and never half written. */
import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { Brought } from '../../../src-main/assistant/door.ts';
import { Fault } from '../../../src-main/wire/index.ts';
import { fakeId, fetchJob, livedInWorld } from '../../core/fake-world.ts';
import { openWindow, type WindowOptions } from '../../core/fake-window.ts';
import { fileName } from '../../core/paper.ts';

const JOB = fakeId(790);
const progress = (over: Partial<Extract<Brought, { kind: 'progress' }>> = {}): Brought => ({
  kind: 'progress',
  job: JOB,
  conversations: 120,
  messages: 3100,
  done: 30e6,
  total: 100e6,
  ...over,
});
const done: Brought = {
  kind: 'done',
  job: JOB,
  from: 'chatgpt',
  conversations: 312,
  messages: 8410,
  known: 14,
  refused: [
    { why: 'A conversation has a message without an author.', times: 2 },
    { why: 'A conversation has no messages.', times: 1 },
  ],
};
const file = (name = 'export.zip', bytes = 1_200_000) => new File([new Uint8Array(bytes)], name);
/** An import that goes on when the test says so. */
function gate() {
  let go = (_end?: Fault) => {};
  const wait = new Promise<void>((resolve, reject) => (go = (end) => (end ? reject(end) : resolve())));
  return { go: (end?: Fault) => go(end), wait };
}
async function opened(options: WindowOptions = {}) {
  const world = livedInWorld();
  world.jobs = [
    fetchJob({ id: JOB, kind: 'assistant.import', title: 'Bringing conversations', done: 30e6, total: 100e6 }),
  ];
  const all = await openWindow(world, { hash: '#/settings/bring', ...options });
  const { screen } = all;
  await expect.element(screen.getByRole('heading', { name: /Bring your conversations with you/ })).toBeVisible();
  const bring = async (one = file()) => {
    await userEvent.upload(document.querySelector<HTMLInputElement>('input[type=file]')!, one);
  };
  return { ...all, bring };
}

test('a file goes over in pieces, is read with what came so far and the time left, and its end is counted', async () => {
  const { go, wait } = gate();
  const { screen, did, bring } = await opened({
    over: {
      async *'assistant.import'() {
        yield progress();
        await wait;
        yield done;
      },
    },
  });
  await bring();
  await expect.element(screen.getByText(/120 conversations with 3,100 messages so far/)).toBeVisible();
  await expect.element(screen.getByText(/30 of 100 MB/)).toBeVisible();
  expect(did('library.offer')).toEqual([{ name: 'export.zip', size: 1_200_000 }]);
  expect(did('library.give').map((one) => (one as { bytes: Uint8Array }).bytes.length)).toEqual([
    524_288, 524_288, 151_424,
  ]);
  expect(did('assistant.import')).toEqual([{ upload: fakeId(795) }]);
  go();
  await expect
    .element(
      screen.getByText(/312 conversations with 8,410 messages came; 14 were here already; 3 could not be read\.$/),
    )
    .toBeVisible();
  await expect.element(screen.getByText(/without an author/)).toMatchTextContent('2 ×');
  await screen.getByRole('button', { name: 'Bring another file' }).click();
  await expect.element(screen.getByRole('button', { name: 'Choose the file' })).toBeVisible();
});

test('leaving the page stops nothing; it is paused and stopped through its job', async () => {
  const { go, wait } = gate();
  const { screen, did, bring, session } = await opened({
    over: {
      async *'assistant.import'() {
        yield progress();
        await wait;
        yield done;
      },
    },
  });
  await bring();
  await screen.getByRole('button', { name: 'Pause: Bringing conversations' }).click();
  expect(did('jobs.pause')).toEqual([{ id: JOB }]);
  session.go('own');
  await expect.element(screen.getByRole('heading', { name: /are yours here/ })).toBeVisible();
  session.go('settings', 'bring');
  await expect.element(screen.getByText(/paused/)).toBeVisible();
  await screen.getByRole('button', { name: 'Stop: Bringing conversations' }).click();
  await expect.poll(() => did('jobs.stop')).toEqual([{ id: JOB }]);
  go(new Fault('job-stopped', 'It was stopped.'));
  await expect.element(screen.getByText(/Stopped. What had come stays/)).toBeVisible();
  await expect.element(screen.getByRole('alert')).not.toBeInTheDocument();
});

test('a file that is none is refused with its reason, and another can be brought', async () => {
  const { screen, failNext, bring } = await opened();
  failNext(
    'assistant.import',
    new Fault('export-unknown', 'This is no export of ChatGPT, Claude or daimon. Nothing was brought; choose another.'),
  );
  await bring(file('holiday.json', 10));
  await expect.element(screen.getByRole('alert')).toMatchTextContent('This is no export');
  await screen.getByRole('button', { name: 'Bring another file' }).click();
  await bring();
  await expect.element(screen.getByText(/2 conversations with 8 messages came; 1 was here already\./)).toBeVisible();
});

test('a file is dropped; dropped anywhere else it does not replace the window', async () => {
  const { screen, did } = await opened();
  const drop = (on: Element) => {
    const data = new DataTransfer();
    data.items.add(file('claude.zip', 20));
    const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
    on.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(drop(document.querySelector('.rail')!)).toBe(true);
  expect(did('library.offer')).toEqual([]);
  expect(drop(screen.getByRole('group', { name: /An export of/ }).element())).toBe(true);
  await expect.element(screen.getByText(/messages came/)).toBeVisible();
  expect(did('library.offer')).toEqual([{ name: 'claude.zip', size: 20 }]);
});

test('a lock ends what is being handed over, and nothing of it is shown afterwards', async () => {
  const { bring, session, link, world, change } = await opened({
    over: { 'library.give': () => new Promise<never>(() => {}) },
  });
  await bring();
  await expect.poll(() => session.bringing.handing).toBeTruthy();
  await link.core['vault.lock']({});
  await expect.poll(() => session.bringing.name).toBe(undefined);
  expect(session.bringing.busy).toBe(false);
  change(() => (world.vault = { ...world.vault, state: 'unlocked' }));
});

/** Whatever the browser would save, and the addresses that were given out and taken back. */
function saving() {
  const saved: { name: string; text: Promise<string> }[] = [];
  const blobs = new Map<string, Blob>();
  vi.stubGlobal('showSaveFilePicker', undefined);
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.set(`blob:${blobs.size}`, blob as Blob);
    return `blob:${blobs.size - 1}`;
  });
  const back = vi.spyOn(URL, 'revokeObjectURL').mockImplementation((address) => void blobs.delete(address));
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push({ name: this.download, text: blobs.get(this.getAttribute('href')!)!.text() });
  });
  return { saved, blobs, back };
}

test('all conversations are written into one file, after it was said who can read it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const { saved, blobs } = saving();
  try {
    const { screen, did } = await opened();
    await screen.getByRole('button', { name: 'Export all conversations' }).click();
    const sheet = screen.getByRole('dialog');
    await expect.element(sheet.getByText(/Whoever has the file can read it/)).toBeVisible();
    await expect.element(sheet.getByText('3 conversations')).toBeVisible();
    await sheet.getByRole('radio', { name: /JSON Lines/ }).click();
    await sheet.getByRole('button', { name: 'Write the file' }).click();
    await expect.element(sheet.getByText(/Written: 3 conversations, 25 bytes\./)).toBeVisible();
    expect(did('assistant.export')).toEqual([{ format: 'jsonl' }]);
    expect(saved.map(({ name }) => name)).toEqual(['conversation.md']);
    expect(await saved[0]!.text).toBe('# The winter of the boat\n');
    vi.advanceTimersByTime(11_000);
    expect(blobs.size).toBe(0);
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  }
});

test('where the browser has it, the file is written piece by piece to where the person chose, and dropped on a fault', async () => {
  const pieces: string[] = [];
  let ended = '';
  const writable = {
    write: (bytes: Uint8Array) => Promise.resolve(void pieces.push(new TextDecoder().decode(bytes))),
    close: () => Promise.resolve(void (ended = 'closed')),
    abort: () => Promise.resolve(void (ended = 'dropped')),
  };
  const picker = vi.fn(() => Promise.resolve({ createWritable: () => Promise.resolve(writable) }));
  vi.stubGlobal('showSaveFilePicker', picker);
  try {
    const { screen, session, failNext } = await opened({
      over: {
        async *'assistant.export'() {
          yield { kind: 'piece', text: 'one, ' };
          yield { kind: 'piece', text: 'two' };
          yield { kind: 'done', name: 'x.md', conversations: 1 };
        },
      },
    });
    session.go('chat', fakeId(1));
    await screen.getByRole('button', { name: 'More: The winter of the boat' }).click();
    await screen.getByRole('menuitem', { name: 'Export' }).click();
    await screen.getByRole('button', { name: 'Write the file' }).click();
    await expect.element(screen.getByText(/Written: 1 conversation, 8 bytes\./)).toBeVisible();
    expect(picker).toHaveBeenCalledWith(expect.objectContaining({ suggestedName: 'The winter of the boat.md' }));
    expect([pieces.join(''), ended]).toEqual(['one, two', 'closed']);
    await screen.getByRole('button', { name: 'Done' }).click();
    await screen.getByRole('button', { name: 'More: The winter of the boat' }).click();
    await screen.getByRole('menuitem', { name: 'Export' }).click();
    failNext('assistant.export', new Fault('internal', 'Something unexpected went wrong; nothing was changed.'));
    await screen.getByRole('button', { name: 'Write the file' }).click();
    await expect.element(screen.getByRole('alert')).toMatchTextContent('Something unexpected');
    expect(ended).toBe('dropped');
    picker.mockRejectedValueOnce(new DOMException('no', 'AbortError'));
    await screen.getByRole('button', { name: 'Write the file' }).click();
    await expect.element(screen.getByRole('alert')).not.toBeInTheDocument();
    await expect.element(screen.getByRole('button', { name: 'Write the file' })).toBeVisible();
  } finally {
    vi.unstubAllGlobals();
  }
});

test('a title becomes a name that every file system takes', () => {
  expect(fileName('What: a/b\\c "d" <e>|?*', '.md')).toBe('What a b c d e.md');
  expect(fileName('..hidden. ', '.md')).toBe('hidden.md');
  expect(fileName('\u202egnp.exe\u0000', '.md')).toBe('gnp.exe.md');
  expect(fileName('///', '.jsonl')).toBe('daimon.jsonl');
  expect(fileName('W'.repeat(200), '.md')).toHaveLength(83);
});
