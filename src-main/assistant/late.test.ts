/** What comes too late: words, documents and imports for a conversation that was deleted meanwhile, and where they end. */
import { afterEach, expect, test, vi } from 'vitest';
import type { Document } from '../library/door.ts';
import type { ParsedConversation } from '../library/ports.ts';
import { systemClock } from '../base/clock.ts';
import { idFactory } from '../base/id.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import { openBulk } from './bulk.ts';
import { growConversation } from './grow.ts';
import { collect, database, house, never, shelf, tidy } from './house.fixture.ts';

afterEach(tidy);

const gone = { code: 'unknown-conversation' };
const counts = (store: { get(sql: string): unknown }, ...tables: string[]) =>
  tables.map((table) => (store.get(`SELECT count(*) AS n FROM ${table}`) as { n: number }).n);

test.each([true, false])(
  'unsent words for a deleted conversation (temporary: %s) are refused, not kept',
  async (temporary) => {
    const { do: verbs, store } = await house({ answer: () => ['ok'] });
    const { done } = await collect(verbs['assistant.send']({ text: 'one', begin: { temporary } }, never));
    await verbs['assistant.delete']({ id: done.conversation }, never);
    await expect(async () =>
      verbs['assistant.draft']({ conversation: done.conversation, text: 'canary' }, never),
    ).rejects.toMatchObject(gone);
    expect(counts(store, 'draft')).toEqual([0]);
  },
);

test.each([true, false])(
  'a document that was read while its conversation (temporary: %s) was deleted is not kept',
  async (temporary) => {
    let read!: (document: Document) => void;
    const library = { ...shelf({}), read: () => new Promise<Document>((resolve) => (read = resolve)) };
    const { do: verbs, store } = await house({ answer: () => ['ok'] }, { library });
    const { done } = await collect(verbs['assistant.send']({ text: 'one', begin: { temporary } }, never));
    const attaching = Promise.resolve(
      verbs['assistant.attach']({ conversation: done.conversation, path: '/a.txt' }, never),
    );
    attaching.catch(() => {});
    await vi.waitFor(() => expect(read).toBeDefined());
    await verbs['assistant.delete']({ id: done.conversation }, never);
    read({ name: 'a.txt', kind: 'text', text: 'canary', characters: 6 });
    await expect(attaching).rejects.toMatchObject(gone);
    expect(counts(store, 'attachment', 'attachment_text')).toEqual([0, 0]);
  },
);

test.each([true, false])(
  'a document of another conversation cannot be sent, wherever that lives (temporary: %s)',
  async (temporary) => {
    const { do: verbs } = await house({ answer: () => ['ok'] }, { files: { '/a.txt': 'secret', '/b.txt': 'draft' } });
    const { done } = await collect(
      verbs['assistant.send']({ text: 'one', attachments: [{ path: '/a.txt' }], begin: { temporary } }, never),
    );
    const { messages } = await verbs['assistant.messages']({ conversation: done.conversation, limit: 9 }, never);
    const unsent = await verbs['assistant.attach']({ conversation: done.conversation, path: '/b.txt' }, never);
    for (const { id } of [messages[0]!.attachments![0]!, unsent])
      for (const begin of [{ temporary: true }, {}])
        await expect(
          collect(verbs['assistant.send']({ text: 'two', attachments: [{ id }], begin }, never)),
        ).rejects.toMatchObject({ code: 'unknown-attachment' });
  },
);

test('one document named twice goes along once', async () => {
  const { do: verbs } = await house({ answer: () => ['ok'] }, { files: { '/a.txt': 'text' } });
  const { id } = await verbs['assistant.attach']({ path: '/a.txt' }, never);
  const { done } = await collect(verbs['assistant.send']({ text: 'one', attachments: [{ id }, { id }] }, never));
  const { messages } = await verbs['assistant.messages']({ conversation: done.conversation, limit: 9 }, never);
  expect(messages[0]!.attachments).toHaveLength(1);
});

const long = (n: number): ParsedConversation => ({
  from: 'chatgpt',
  id: 'c1',
  title: 'Long',
  createdAt: 1,
  messages: Array.from({ length: n }, (_, i) => ({
    id: `${i}`,
    parent: i === 0 ? null : `${i - 1}`,
    role: i % 2 ? ('assistant' as const) : ('user' as const),
    text: `canary word${i}`,
    at: 1 + i,
  })),
});

test('a conversation that grows from an import while it is deleted leaves no word in the index', async () => {
  const { do: verbs, store } = await house({ answer: () => ['ok'] });
  const ids = idFactory(systemClock);
  const kept = await openBulk({ store, clock: systemClock, ids }).insertConversation(long(2));
  const { id } = kept as { id: Id };
  const growing = growConversation({ store, ids }, long(3000), never);
  await vi.waitFor(() => expect(counts(store, 'message')[0]).toBeGreaterThan(2), { interval: 1 });
  await verbs['assistant.delete']({ id }, never);
  const grown = await growing;
  expect(grown === undefined || grown.id === id).toBe(true);
  expect(counts(store, 'message', 'conversation', 'message_words_docsize')).toEqual([0, 0, 0]);
  expect(store.all("SELECT rowid FROM message_words WHERE message_words MATCH 'canary'")).toEqual([]);
});

test('the messages of a conversation that is going cannot be read', async () => {
  const store = await database();
  const { do: verbs } = await house({ answer: () => ['ok'] }, { store });
  const { done } = await collect(verbs['assistant.send']({ text: 'one' }, never));
  store.run('UPDATE conversation SET hidden = 1');
  await expect(async () => verbs['assistant.versions']({ message: done.message }, never)).rejects.toMatchObject({
    code: 'unknown-message',
  });
});

test('a question whose documents are still being kept when daimon is locked is not asked behind the lock', async () => {
  const lock = new AbortController();
  const read = async (): Promise<Document> => {
    setImmediate(() => lock.abort(new Fault('locked', 'daimon has gone to sleep.')));
    return { name: 'a.txt', kind: 'text', text: 'text', characters: 4 };
  };
  const { do: verbs, store, assistant } = await house({ answer: () => ['ok'] }, { library: { ...shelf({}), read } });
  const sending = collect(
    verbs['assistant.send']({ text: 'one', attachments: [{ path: '/a.txt' }, { path: '/a.txt' }] }, lock.signal),
  );
  await expect(sending).rejects.toMatchObject({ code: 'locked' });
  expect(assistant.writing()).toBe(0);
  expect(counts(store, 'message', 'attachment')).toEqual([0, 0]);
});
