/** Whole conversations in and out of a real encrypted store. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fakes/folder.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { systemClock } from '../base/clock.ts';
import { idFactory } from '../base/id.ts';
import { openStore } from '../base/store/store.ts';
import type { ParsedConversation } from '../library/ports.ts';
import { openBulk } from './bulk.ts';
import { inPieces } from './pieces.ts';
import { migrations } from './schema.ts';

async function room() {
  const folder = temporaryFolder();
  const store = await openStore({
    file: folder.file('daimon.db'),
    key: randomBytes(32),
    clock: systemClock,
    log: keptLog(),
  });
  await store.migrate('assistant', migrations);
  return {
    store,
    bulk: openBulk({ store, clock: systemClock, ids: idFactory(systemClock) }),
    async [Symbol.asyncDispose]() {
      await store.close();
      folder[Symbol.dispose]();
    },
  };
}

const branched: ParsedConversation = {
  from: 'chatgpt',
  id: 'c1',
  title: 'Lighthouses',
  createdAt: 1000,
  messages: [
    { id: 'q', parent: null, role: 'user', text: 'Who keeps the light?', at: 1000 },
    { id: 'a1', parent: 'q', role: 'assistant', text: 'A keeper.', at: 1001, model: 'gpt-x' },
    { id: 'a2', parent: 'q', role: 'assistant', text: 'The wind.', at: 1002, model: 'gpt-x' },
    {
      id: 'q2',
      parent: 'a1',
      role: 'user',
      text: 'And the log?',
      at: 1003,
      attachments: [{ name: 'log.txt', text: 'calm' }, { name: 'photo.png' }],
    },
  ],
  tip: 'q2',
  folder: 'Sea',
  pinned: true,
};

test('a brought conversation comes back with every branch, its attachments and its words in the index', async () => {
  await using here = await room();
  const kept = await here.bulk.insertConversation(branched);
  expect(kept).toMatchObject({ messages: 4 });
  const [conversation] = await here.bulk.everyConversation();
  expect(conversation).toMatchObject({
    title: 'Lighthouses',
    from: 'chatgpt',
    pinned: true,
    folder: 'Sea',
    messages: 3,
    createdAt: 1000,
    changedAt: 1003,
  });
  const tree = await here.bulk.wholeTree(conversation!.id);
  const [q, a1, a2, q2] = tree;
  expect(tree.map(({ text, depth }) => [text, depth])).toEqual([
    ['Who keeps the light?', 1],
    ['A keeper.', 2],
    ['The wind.', 2],
    ['And the log?', 3],
  ]);
  expect([a1!.parent, a2!.parent, q2!.parent]).toEqual([q!.id, q!.id, a1!.id]);
  expect(a1).toMatchObject({ state: 'done', model: 'gpt-x' });
  expect(q2!.documents).toEqual([
    { name: 'log.txt', kind: 'text', text: 'calm' },
    { name: 'photo.png', kind: 'text', text: '' },
  ]);
  expect(here.store.get("SELECT count(*) AS n FROM message_words('keeper')")).toEqual({ n: 1 });
});

test('what was brought once is known, also when two imports race', async () => {
  await using here = await room();
  const both = await Promise.all([here.bulk.insertConversation(branched), here.bulk.insertConversation(branched)]);
  expect(both.filter((one) => one === 'known')).toHaveLength(1);
  expect(await here.bulk.insertConversation(branched)).toBe('known');
  const { id } = (await here.bulk.everyConversation())[0]!;
  expect(await here.bulk.insertConversation({ ...branched, from: 'daimon', id })).toBe('known');
  expect(here.store.get('SELECT count(*) AS n FROM message')).toEqual({ n: 4 });
});

const long: ParsedConversation = {
  from: 'claude',
  id: 'long',
  title: '',
  messages: Array.from({ length: 900 }, (_, i) => ({
    id: `m${i}`,
    parent: i ? `m${i - 1}` : null,
    role: i % 2 ? 'assistant' : 'user',
    text: `word${i} `.repeat(100),
  })),
};

test('a long one comes in pieces, is shown only whole, and leaves nothing when it is broken off', async () => {
  await using here = await room();
  const stop = new AbortController();
  const bringing = here.bulk.insertConversation(long, stop.signal);
  for (;;) {
    const { n } = here.store.get<{ n: number }>('SELECT count(*) AS n FROM message')!;
    expect(await here.bulk.everyConversation()).toEqual([]);
    if (n > 0) break;
  }
  stop.abort();
  await expect(bringing).rejects.toThrow();
  for (const table of ['conversation', 'message'])
    expect(here.store.get(`SELECT count(*) AS n FROM ${table}`)).toEqual({ n: 0 });
  expect(here.store.get("SELECT count(*) AS n FROM message_words('word1')")).toEqual({ n: 0 });

  expect(await here.bulk.insertConversation(long)).toMatchObject({ messages: 900 });
  const [conversation] = await here.bulk.everyConversation();
  expect(conversation!.messages).toBe(900);
  here.store.run("INSERT INTO message_words (message_words, rank) VALUES ('integrity-check', 1)");
});

test('a message before its parent is refused, and nothing of the conversation stays', async () => {
  await using here = await room();
  await expect(
    here.bulk.insertConversation({ ...branched, messages: [...branched.messages].reverse() }),
  ).rejects.toThrow(RangeError);
  expect(await here.bulk.everyConversation()).toEqual([]);
});

test('names of a stranger’s export come on one line, turn nothing around, and are never invisible', async () => {
  await using here = await room();
  const hostile = (id: string, title: string, folder: string): ParsedConversation => ({
    ...branched,
    id,
    title,
    folder,
    messages: [
      { id: 'q', parent: null, role: 'user', text: 'First words', attachments: [{ name: 'a\u202egpj.exe\n' }] },
    ],
    tip: 'q',
  });
  await here.bulk.insertConversations([
    hostile('1', 'Tidy\n\u202e\u2066me\u0007', '\u2067Sea\u0000'),
    hostile('2', '\u200b\u200d\u2060', '\u200b'),
    hostile('3', `${'a'.repeat(199)}😀😀`, 'می‌خواهم'),
  ]);
  const shown = await here.bulk.everyConversation();
  expect(shown.map(({ title, folder }) => [title, folder])).toEqual([
    ['Tidy me', 'Sea'],
    ['First words', null],
    [`${'a'.repeat(199)}😀`, 'می‌خواهم'],
  ]);
  const [message] = await here.bulk.wholeTree(shown[0]!.id);
  expect(message!.documents[0]!.name).toBe('agpj.exe');
});

test('files count where pieces are cut: none holds more of them than one message brings', async () => {
  const attachments = Array.from({ length: 300 }, () => ({ name: 'a' }));
  const messages = Array.from({ length: 10 }, (_, i) => ({ ...branched.messages[0]!, id: `${i}`, attachments }));
  const pieces = inPieces(messages, {
    messageOf: (message) => message,
    statements: ({ id }) => [{ sql: id, params: [] }],
  });
  expect(pieces).toHaveLength(10);
});
