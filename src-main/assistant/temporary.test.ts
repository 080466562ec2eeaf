/** Temporary conversations: everything a conversation can do, and not a byte on disk. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Id } from '../wire/schema.ts';
import { collect, database, house, never, slowly, tidy } from './house.fixture.ts';

afterEach(tidy);

/**
 * Every file of the folder with a hash of its bytes: the database is encrypted, so only equality proves anything. The
 * log's index (`-shm`) holds page numbers and read locks, which move when anyone reads.
 */
const bytes = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.endsWith('-shm'))
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );

test('it can be asked, answered again, edited, walked, renamed, shaped, placed and given documents, and no file changes', async () => {
  const store = await database();
  const {
    do: verbs,
    generator,
    assistant,
  } = await house(
    { answer: ({ turns }) => [`re ${turns.at(-1)!.text.slice(-9)}`] },
    { store, files: { 'a.txt': 'canary in a document', 'b.txt': 'canary read when sent' } },
  );
  const ada = await verbs['assistant.persona']({ name: 'Ada', shape: { system: 'You are Ada.' } }, never);
  const { done: kept } = await collect(verbs['assistant.send']({ text: 'on disk' }, never));
  const before = bytes(store.folder);
  const rows = store.all('SELECT * FROM message');

  await verbs['assistant.draft']({ temporary: true, text: 'canary unsent' }, never);
  const file = await verbs['assistant.attach']({ temporary: true, path: 'a.txt' }, never);
  expect(await verbs['assistant.draft']({ temporary: true }, never)).toMatchObject({
    text: 'canary unsent',
    attachments: [{ id: file.id }],
  });
  expect(await verbs['assistant.draft']({}, never)).toEqual({ text: '', attachments: [] });
  const { done: first } = await collect(
    verbs['assistant.send'](
      {
        text: 'canary one',
        attachments: [{ id: file.id }, { path: 'b.txt' }],
        begin: { temporary: true, persona: ada.id },
      },
      never,
    ),
  );
  const { conversation } = first;
  expect(generator.requests.at(-1)!.turns[0]!.text).toBe('You are Ada.');
  expect(generator.requests.at(-1)!.turns[1]!.text).toContain('canary in a document');
  await collect(verbs['assistant.again']({ conversation }, never));
  await collect(verbs['assistant.send']({ text: 'canary two', conversation, parent: null }, never));
  expect(await verbs['assistant.choose']({ conversation, message: first.message }, never)).toEqual({
    tip: first.message,
  });
  expect(await verbs['assistant.versions']({ message: first.message }, never)).toHaveLength(2);
  expect((await verbs['assistant.messages']({ conversation, limit: 9 }, never)).messages).toMatchObject([
    { text: 'canary one', attachments: [{ name: 'a.txt' }, { name: 'b.txt' }] },
    { persona: 'Ada' },
  ]);
  await verbs['assistant.draft']({ conversation, text: 'canary draft' }, never);
  await verbs['assistant.attach']({ conversation, path: 'a.txt' }, never);
  for (const shown of [
    await verbs['assistant.rename']({ id: conversation, title: 'canary title' }, never),
    await verbs['assistant.place']({ id: conversation, folder: 'canary folder' }, never),
    await verbs['assistant.shape']({ conversation, change: { temperature: 0 } }, never),
  ])
    expect(shown).toMatchObject({ id: conversation, temporary: true });
  expect(await verbs['assistant.folder']({ from: 'canary folder', to: null }, never)).toEqual({ moved: 1 });
  expect(await verbs['assistant.search']({ query: 'canary', limit: 9 }, never)).toEqual([]);
  expect(await verbs['assistant.conversations']({ limit: 9 }, never)).toMatchObject([
    { id: conversation, temporary: true, title: 'canary title', shape: { temperature: 0 } },
    { id: kept.conversation },
  ]);
  expect(await verbs['assistant.conversations']({ limit: 1 }, never)).toMatchObject([{ id: conversation }]);

  expect(bytes(store.folder)).toEqual(before);
  expect(store.all('SELECT * FROM message')).toEqual(rows);
  await assistant.close();
  expect(bytes(store.folder)).toEqual(before);
  const after = await house({ answer: () => [] }, { store });
  expect(await after.do['assistant.conversations']({ limit: 9 }, never)).toMatchObject([{ id: kept.conversation }]);
  await expect(async () => after.do['assistant.messages']({ conversation, limit: 9 }, never)).rejects.toMatchObject({
    code: 'unknown-conversation',
  });
});

test('a removed persona leaves it too, and deleting it leaves nothing of it', async () => {
  const { do: verbs } = await house({ answer: () => ['ok'] });
  const ada = await verbs['assistant.persona']({ name: 'Ada', shape: {} }, never);
  const begin = { temporary: true, persona: ada.id };
  const { done } = await collect(verbs['assistant.send']({ text: 'one', begin }, never));
  const { done: other } = await collect(verbs['assistant.send']({ text: 'two', begin }, never));
  await verbs['assistant.dismiss']({ id: ada.id }, never);
  expect((await verbs['assistant.conversations']({ limit: 9 }, never)).map(({ persona }) => persona)).toEqual([
    null,
    null,
  ]);
  expect(await verbs['assistant.delete']({ id: done.conversation }, never)).toEqual({ deleted: 2 });
  expect((await verbs['assistant.conversations']({ limit: 9 }, never)).map(({ id }) => id)).toEqual([
    other.conversation,
  ]);
});

test('an answer in it is stopped by sleep, as any other', async () => {
  const { do: verbs, assistant } = await house({ answer: (_r, signal) => slowly('word '.repeat(200), 20, signal) });
  const sending = verbs['assistant.send']({ text: 'Talk', begin: { temporary: true } }, never)[Symbol.asyncIterator]();
  const { conversation } = (await sending.next()).value as { conversation: Id };
  expect(assistant.writing()).toBe(1);
  expect((await verbs['assistant.conversations']({ limit: 1 }, never))[0]).toHaveProperty('writing');
  await assistant.close();
  let last: unknown;
  for (let next = await sending.next(); !next.done; next = await sending.next()) last = next.value;
  expect(last).toMatchObject({ kind: 'done', state: 'stopped', conversation });
  await expect(async () => verbs['assistant.messages']({ conversation, limit: 9 }, never)).rejects.toMatchObject({
    code: 'unknown-conversation',
  });
});

test('words and documents that lay on disk before it began go with it and are wiped there', async () => {
  const { do: verbs, store } = await house({ answer: () => ['ok'] }, { files: { 'a.txt': 'text' } });
  await verbs['assistant.draft']({ text: 'typed before' }, never);
  const { id } = await verbs['assistant.attach']({ path: 'a.txt' }, never);
  const { done } = await collect(
    verbs['assistant.send']({ text: 'typed before', attachments: [{ id }], begin: { temporary: true } }, never),
  );
  for (const table of ['draft', 'attachment', 'message'])
    expect(store.get(`SELECT count(*) AS n FROM ${table}`)).toEqual({ n: 0 });
  const { messages } = await verbs['assistant.messages']({ conversation: done.conversation, limit: 9 }, never);
  expect(messages[0]!.attachments).toMatchObject([{ name: 'a.txt', characters: 4 }]);
});
