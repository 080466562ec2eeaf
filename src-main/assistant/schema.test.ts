/** What the spine kept is all there after the tables grew. */
import { afterEach, expect, test } from 'vitest';
import { collect, database, house, never, tidy } from './house.fixture.ts';
import { migrations } from './schema.ts';
import type { Id } from '../wire/schema.ts';

afterEach(tidy);

test('conversations of the first version come over with their branch, their versions and where their prompt begins', async () => {
  const store = await database();
  await store.migrate('assistant', migrations.slice(0, 1));
  const id = (n: number) => `01ARZ3NDEKTSV4RRFFQ69G5F${String(n).padStart(2, '0')}` as Id;
  const message = (n: number, parent: number | null, depth: number, text: string, state: string | null = null) =>
    store.run(
      'INSERT INTO message (id, conversation, parent, depth, role, text, at, state, model) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)',
      id(n),
      id(0),
      parent && id(parent),
      depth,
      state ? 'assistant' : 'user',
      text,
      state,
      state && 'm',
    );
  store.run('INSERT INTO conversation VALUES (?, ?, 1, 2, ?, ?, 3)', id(0), 'Old', 'm', id(6));
  store.run('INSERT INTO conversation VALUES (?, ?, 1, 1, NULL, NULL, 1)', id(9), 'Empty');
  message(1, null, 1, 'one');
  message(2, 1, 2, 're one', 'done');
  message(3, 1, 2, 're one again', 'done');
  message(4, 3, 3, 'two');
  message(5, 4, 4, 'half', 'writing');
  message(6, 4, 4, 're two', 'done');
  store.run("INSERT INTO message_words (rowid, text) SELECT n, text FROM message WHERE state IS NOT 'writing'");
  store.run("INSERT INTO draft VALUES (?, 'unsent', 1)", id(0));

  const { do: verbs, generator } = await house({ answer: () => ['ok'] }, { store });
  expect(await verbs['assistant.conversations']({ limit: 9 }, never)).toMatchObject([
    { id: id(0), title: 'Old', messages: 4, model: 'm', pinned: false, folder: null, persona: null, shape: {} },
    { id: id(9), messages: 0 },
  ]);
  const { messages } = await verbs['assistant.messages']({ conversation: id(0), limit: 9 }, never);
  expect(messages.map(({ text, versions }) => [text, versions])).toEqual([
    ['one', undefined],
    ['re one again', [id(2), id(3)]],
    ['two', undefined],
    ['re two', [id(5), id(6)]],
  ]);
  expect(await verbs['assistant.choose']({ conversation: id(0), message: id(1) }, never)).toEqual({ tip: id(6) });
  expect(await verbs['assistant.draft']({ conversation: id(0) }, never)).toMatchObject({ text: 'unsent' });
  expect(await verbs['assistant.search']({ query: 'half', limit: 9 }, never)).toHaveLength(1);
  await collect(verbs['assistant.send']({ text: 'three', conversation: id(0) }, never));
  // Its prompt began with the third message, and goes on from there.
  expect(generator.requests[0]!.turns.slice(1).map(({ text }) => text)).toEqual(['two', 're two', 'three']);
});
