/** Streaming an export through the reader process: order, progress, backpressure, stops and hangs. The parser is a fake. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../../test/fakes/folder.ts';
import { shellHost, testLibrary } from '../../test/fakes/reader.ts';
import type { Parsed } from './ports.ts';

const library = (options: Parameters<typeof testLibrary>[0] = {}) =>
  testLibrary({ host: shellHost(new URL('./evil-closed.fixture.ts', import.meta.url)), ...options });
let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

/** One line is one conversation. */
const exported = (name: string, ...lines: string[]): string => {
  writeFileSync(folder.file(name), lines.map((line) => `${line}\n`).join(''));
  return folder.file(name);
};
const text = (item: Parsed) => (item.kind === 'conversation' ? item.conversation.messages[0]!.text : item.why);
const all = async (items: AsyncIterable<Parsed>) => {
  const got: Parsed[] = [];
  for await (const item of items) got.push(item);
  return got;
};
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

test('conversations come in order with their progress; a broken one stops nobody', async () => {
  await using room = library();
  const items = await all(room.conversations({ path: exported('a.json', 'one', 'refused', 'two') }));
  expect(items.map(text)).toEqual(['one', 'It is broken.', 'two']);
  expect(items.map(({ kind }) => kind)).toEqual(['conversation', 'refused', 'conversation']);
  for (const { done, total } of items) expect([done, total]).toEqual([16, 16]);
});

test('a parser that has enough leaves the rest unread, and the next export gets the same process', async () => {
  await using room = library();
  const path = exported('b.json', 'one', 'enough', 'x'.repeat(20 << 20), 'never');
  for (let i = 0; i < 2; i++) expect((await all(room.conversations({ path }))).map(text)).toEqual(['one']);
  expect(room.pids).toHaveLength(1);
});

test('a large export needs little memory, however slowly it is stored', async () => {
  await using room = library();
  const path = folder.file('large.json');
  const file = openSync(path, 'w');
  const megabyte = `${'y'.repeat((1 << 20) - 1)}\n`;
  for (let i = 0; i < 96; i++) writeSync(file, megabyte);
  closeSync(file);
  const before = process.memoryUsage().rss;
  let most = 0;
  let count = 0;
  for await (const item of room.conversations({ path })) {
    if (count++ === 0) {
      // Nobody asks for more: what is on its way must not grow meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(item.done).toBeLessThan(12 << 20);
    }
    most = Math.max(most, process.memoryUsage().rss - before);
    expect(text(item)).toHaveLength((1 << 20) - 1);
  }
  expect(count).toBe(96);
  expect(most).toBeLessThan(100 << 20);
});

test('leaving early, and a stop, end the process', async () => {
  await using room = library();
  const path = exported('c.json', 'one', 'two', 'hang');
  for await (const item of room.conversations({ path })) {
    expect(text(item)).toBe('one');
    break;
  }
  const stop = new AbortController();
  const reason = new Error('stopped');
  const seen: string[] = [];
  const reading = (async () => {
    for await (const item of room.conversations({ path }, stop.signal)) {
      seen.push(text(item));
      if (seen.length === 2) setTimeout(() => stop.abort(reason), 20);
    }
  })();
  await expect(reading).rejects.toBe(reason);
  expect(seen).toEqual(['one', 'two']);
  expect(room.pids).toHaveLength(2);
  await soon(() => {
    for (const pid of room.pids) expect(() => process.kill(pid, 0)).toThrow();
  });
});

test('a parser that falls silent is ended; one that waits for us is not', async () => {
  await using room = library({ limits: { silenceMs: 1000 } });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const item of room.conversations({ path: exported('d.json', 'one', 'two', 'hang') })) {
      seen.push(text(item));
      if (seen.length === 1) await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'reader-timeout' });
  expect(seen).toEqual(['one', 'two']);
});

test('a process that dies tells so after what it told before', async () => {
  await using room = library();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const item of room.conversations({ path: exported('e.json', 'one', 'exit') })) seen.push(text(item));
  })();
  await expect(reading).rejects.toMatchObject({ code: 'reader-crashed' });
});

test('a document is read while an export is on its way', async () => {
  await using room = library();
  for await (const item of room.conversations({ path: exported('f.json', 'one', 'two') })) {
    if (text(item) === 'one')
      await expect(room.read({ path: exported('g.txt', 'hello') })).resolves.toMatchObject({ text: 'read' });
  }
  expect(room.pids).toHaveLength(2);
});

test('the size of an export has a limit of its own', async () => {
  await using room = library({ limits: { exportBytes: 10 } });
  const reading = all(room.conversations({ path: exported('h.json', '0123456789') }));
  await expect(reading).rejects.toMatchObject({ code: 'too-large', message: /exports of at most 10 bytes/ });
});

test('the parser of exports works in the closed process: a ZIP of ChatGPT, and a file that is none', async () => {
  await using room = testLibrary();
  const node = (id: string, parent: string | null, children: string[], role: string, text: string) => ({
    id,
    parent,
    children,
    message: { id, author: { role }, content: { content_type: 'text', parts: [text] }, create_time: 1_700_000_000 },
  });
  const talk = (n: number) => ({
    conversation_id: `talk-${n}`,
    title: `Talk ${n}`,
    current_node: 'b',
    mapping: { a: node('a', null, ['b'], 'user', `Question ${n}?`), b: node('b', 'a', [], 'assistant', 'Answer.') },
  });
  const json = Buffer.from(JSON.stringify(Array.from({ length: 300 }, (_, n) => talk(n))));
  const path = folder.file('chatgpt.zip');
  writeFileSync(path, zipSync({ 'conversations.json': new Uint8Array(json), 'chat.html': new Uint8Array(10) }));
  const items = await all(room.conversations({ path }));
  expect(items.map(text)).toEqual(Array.from({ length: 300 }, (_, n) => `Question ${n}?`));
  expect(items.at(-1)).toMatchObject({ kind: 'conversation', conversation: { id: 'talk-299', title: 'Talk 299' } });
  await expect(all(room.conversations({ path: exported('i.json', 'no export at all') }))).rejects.toMatchObject({
    code: 'not-an-export',
  });
});

test.each(['at once', 'later'])(
  'the process of an export lets others go first, whether its id is known %s',
  async (when) => {
    const host = shellHost(new URL('./evil-closed.fixture.ts', import.meta.url));
    let id = 0;
    await using room = testLibrary({
      host: {
        start(name, options) {
          const child = host.start(name, options);
          id = child.pid;
          let told = when === 'at once';
          // As under Electron, whose main forks it.
          setTimeout(() => (told = true), 20);
          return {
            ...child,
            get pid() {
              return told ? id : -1;
            },
          };
        },
      },
    });
    const reading = room.conversations({ path: exported('p.json', 'one', 'two') })[Symbol.asyncIterator]();
    await reading.next();
    expect(getPriority(id)).toBeGreaterThanOrEqual(constants.priority.PRIORITY_LOW);
    await reading.return?.();
  },
);
