/** Branching in the room: edit, answer again, go on, walk between versions, and what a crash may not touch. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Fault } from '../wire/index.ts';
import { encodeFrame } from '../wire/text.ts';
import type { Id } from '../wire/schema.ts';
import type { Message } from './door.ts';
import { collect, database, house, key, never, tidy, words } from './house.fixture.ts';

afterEach(tidy);

type Verbs = Awaited<ReturnType<typeof house>>['do'];
const branch = async (verbs: Verbs, conversation: Id): Promise<Message[]> =>
  (await verbs['assistant.messages']({ conversation, limit: 500 }, never)).messages;
const texts = (messages: readonly Message[]) => messages.map(({ text }) => text);

/** Two questions with their answers: q1, a1, q2, a2. */
async function talked(script: Parameters<typeof house>[0] = { answer: ({ turns }) => [`re ${turns.at(-1)!.text}`] }) {
  const room = await house(script);
  const first = await collect(room.do['assistant.send']({ text: 'one' }, never));
  const conversation = first.done.conversation;
  await collect(room.do['assistant.send']({ text: 'two', conversation }, never));
  const [q1, a1, q2, a2] = (await branch(room.do, conversation)) as [Message, Message, Message, Message];
  return { ...room, conversation, q1, a1, q2, a2 };
}

describe('editing a question', () => {
  test('adds a version beside it, and the older branch is there in full', async () => {
    const { do: verbs, conversation, q1, a1, q2, a2 } = await talked();
    await collect(verbs['assistant.send']({ text: 'TWO', conversation, parent: q2.parent }, never));
    const now = await branch(verbs, conversation);
    expect(texts(now)).toEqual(['one', 're one', 'TWO', 're TWO']);
    expect(now[2]!.versions).toEqual([q2.id, now[2]!.id]);
    expect(now[0]).not.toHaveProperty('versions');
    expect(await verbs['assistant.choose']({ conversation, message: q2.id }, never)).toEqual({ tip: a2.id });
    expect(await branch(verbs, conversation)).toEqual([q1, a1, { ...q2, versions: now[2]!.versions }, a2]);
    expect(await verbs['assistant.versions']({ message: now[2]!.id }, never)).toMatchObject([
      { text: 'two' },
      { text: 'TWO', versions: now[2]!.versions },
    ]);
  });

  test('gives the model only what stands above it', async () => {
    const { do: verbs, generator, conversation, a1 } = await talked();
    await collect(verbs['assistant.send']({ text: 'other', conversation, parent: a1.id }, never));
    expect(
      generator.requests
        .at(-1)!
        .turns.slice(1)
        .map(({ text }) => text),
    ).toEqual(['one', 're one', 'other']);
  });

  test('works for the first question: its versions stand at the beginning', async () => {
    const { do: verbs, conversation, q1 } = await talked();
    await collect(verbs['assistant.send']({ text: 'ONE', conversation, parent: null }, never));
    const now = await branch(verbs, conversation);
    expect(texts(now)).toEqual(['ONE', 're ONE']);
    expect(now[0]!.versions).toEqual([q1.id, now[0]!.id]);
    const [listed] = await verbs['assistant.conversations']({ limit: 5 }, never);
    expect(listed).toMatchObject({ messages: 2, title: 'one' });
  });

  test('leaves the unsent words of the conversation alone, unless they are what was sent', async () => {
    const { do: verbs, conversation, a1 } = await talked();
    await verbs['assistant.draft']({ conversation, text: 'unsent' }, never);
    await collect(verbs['assistant.send']({ text: 'edited', conversation, parent: a1.id }, never));
    expect(await verbs['assistant.draft']({ conversation }, never)).toMatchObject({ text: 'unsent' });
    await collect(verbs['assistant.send']({ text: 'unsent', conversation, parent: a1.id }, never));
    expect(await verbs['assistant.draft']({ conversation }, never)).toMatchObject({ text: '' });
  });

  test('a parent that is a question, or of another conversation, is refused and nothing is added', async () => {
    const { do: verbs, conversation, q1, store } = await talked();
    const { done } = await collect(verbs['assistant.send']({ text: 'elsewhere' }, never));
    const before = store.get('SELECT count(*) AS n FROM message');
    for (const parent of [q1.id, done.message])
      await expect(collect(verbs['assistant.send']({ text: 'x', conversation, parent }, never))).rejects.toMatchObject({
        code: 'bad-parent',
      });
    // A new conversation has no answers.
    await expect(collect(verbs['assistant.send']({ text: 'x', parent: done.message }, never))).rejects.toMatchObject({
      code: 'bad-parent',
    });
    expect(store.get('SELECT count(*) AS n FROM message')).toEqual(before);
    expect(await verbs['assistant.conversations']({ limit: 9 }, never)).toHaveLength(2);
  });
});

describe('answering again', () => {
  test('adds an answer beside any answer, or to any question, of the conversation', async () => {
    const { do: verbs, conversation, a1, q1, a2 } = await talked();
    await collect(verbs['assistant.again']({ conversation, message: a1.id }, never));
    await collect(verbs['assistant.again']({ conversation, message: q1.id, temperature: 0, seed: 3 }, never));
    const now = await branch(verbs, conversation);
    expect(now).toHaveLength(2);
    expect(now[1]!.versions).toHaveLength(3);
    expect(now[1]).toMatchObject({ parent: q1.id, seed: 3 });
    expect(await verbs['assistant.choose']({ conversation, message: a1.id }, never)).toEqual({ tip: a2.id });
    await expect(
      collect(verbs['assistant.again']({ conversation, message: conversation }, never)),
    ).rejects.toMatchObject({ code: 'unknown-message' });
  });

  test('going on begins with what the older answer has and has the model continue it', async () => {
    let stopAfter = 3;
    const { do: verbs, generator } = await house({
      async *answer({ turns, continueAnswer }) {
        const had = continueAnswer ? words(turns.at(-1)!.text).length : 0;
        for (const [i, word] of words('one two three four five six').slice(had).entries()) {
          if (i === stopAfter) throw new Fault('model-crashes', 'This model stops the engine.');
          yield word;
        }
      },
    });
    const { done: half } = await collect(verbs['assistant.send']({ text: 'Count' }, never));
    const { conversation } = half;
    expect(half).toMatchObject({ text: 'one two three ', state: 'cut-off' });
    stopAfter = 99;
    const whole = await collect(verbs['assistant.again']({ conversation, message: half.message, goOn: true }, never));
    expect(whole.text).toBe('one two three four five six');
    expect(whole.done).toMatchObject({ text: whole.text, state: 'done', tokens: 3 });
    expect(generator.requests.at(-1)).toMatchObject({ continueAnswer: true });
    const now = await branch(verbs, conversation);
    expect(now[1]!.versions).toHaveLength(2);
    expect((await verbs['assistant.versions']({ message: half.message }, never))[0]).toMatchObject({
      text: 'one two three ',
      state: 'cut-off',
    });
    expect(await verbs['assistant.search']({ query: 'three', limit: 9 }, never)).toHaveLength(2);
  });

  test('going on from nothing is refused', async () => {
    const { do: verbs, conversation, q1, store } = await talked();
    const before = store.get('SELECT count(*) AS n FROM message');
    await expect(
      collect(verbs['assistant.again']({ conversation, message: q1.id, goOn: true }, never)),
    ).rejects.toMatchObject({ code: 'nothing-to-go-on' });
    expect(store.get('SELECT count(*) AS n FROM message')).toEqual(before);
  });
});

describe('choosing', () => {
  test('leads below a message to where the person was there last', async () => {
    const { do: verbs, conversation, a1, q2, a2 } = await talked();
    // Below q2 a second answer with a longer branch, then back to the first answer, then away, then q2 again.
    const other = await collect(verbs['assistant.again']({ conversation, message: a2.id }, never));
    await collect(verbs['assistant.send']({ text: 'three', conversation }, never));
    const deep = (await branch(verbs, conversation)).at(-1)!;
    await verbs['assistant.choose']({ conversation, message: a2.id }, never);
    await collect(verbs['assistant.send']({ text: 'aside', conversation, parent: a1.id }, never));
    expect(await verbs['assistant.choose']({ conversation, message: q2.id }, never)).toEqual({ tip: a2.id });
    expect(await verbs['assistant.choose']({ conversation, message: other.done.message }, never)).toEqual({
      tip: deep.id,
    });
    await collect(verbs['assistant.send']({ text: 'aside again', conversation, parent: a1.id }, never));
    expect(await verbs['assistant.choose']({ conversation, message: a1.id }, never)).not.toEqual({ tip: deep.id });
    expect(await verbs['assistant.choose']({ conversation, message: q2.id }, never)).toEqual({ tip: deep.id });
    await expect(async () =>
      verbs['assistant.choose']({ conversation, message: conversation }, never),
    ).rejects.toMatchObject({ code: 'unknown-message' });
    await expect(async () =>
      verbs['assistant.choose']({ conversation: a1.id, message: a1.id }, never),
    ).rejects.toMatchObject({ code: 'unknown-conversation' });
  });

  test('while an answer is written: it goes on in its branch, and the chosen one stays current', async () => {
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    let n = 0;
    const { do: verbs } = await house({
      async *answer() {
        n++;
        yield `answer ${n} `;
        if (n === 3) await held;
        yield 'end';
      },
    });
    const { done: first } = await collect(verbs['assistant.send']({ text: 'one' }, never));
    const { conversation } = first;
    const { done: second } = await collect(verbs['assistant.send']({ text: 'two', conversation }, never));
    const writing = verbs['assistant.again']({ conversation, message: first.message }, never)[Symbol.asyncIterator]();
    const begun = (await writing.next()).value as { message: Id };
    expect(texts(await branch(verbs, conversation))).toHaveLength(2);
    expect(await verbs['assistant.choose']({ conversation, message: first.message }, never)).toEqual({
      tip: second.message,
    });
    // Readers and choosers go on, a second writer waits.
    expect(await verbs['assistant.versions']({ message: begun.message }, never)).toHaveLength(2);
    expect((await verbs['assistant.conversations']({ limit: 1 }, never))[0]).toMatchObject({
      writing: begun.message,
      messages: 4,
    });
    for (const another of [
      verbs['assistant.again']({ conversation }, never),
      verbs['assistant.send']({ text: 'x', conversation, parent: null }, never),
    ])
      await expect(collect(another)).rejects.toMatchObject({ code: 'busy-writing' });
    release();
    while (!(await writing.next()).done);
    expect(texts(await branch(verbs, conversation))).toEqual(['one', 'answer 1 end', 'two', 'answer 2 end']);
    expect(await verbs['assistant.choose']({ conversation, message: begun.message }, never)).toEqual({
      tip: begun.message,
    });
    expect(texts(await branch(verbs, conversation))).toEqual(['one', 'answer 3 end']);
  });
});

describe('the prompt of each branch', () => {
  const long = 'x'.repeat(400);

  test('begins where the last answer above it began, so that a branch keeps its evaluated prefix', async () => {
    const { do: verbs, generator } = await house({ answer: () => [long], contextSize: 1500 });
    let conversation: Id | undefined;
    const answers: Id[] = [];
    for (let i = 0; i < 14; i++) {
      const { done } = await collect(
        verbs['assistant.send']({ text: `${i} ${long}`, ...(conversation && { conversation }) }, never),
      );
      conversation = done.conversation;
      answers.push(done.message);
    }
    const firstOf = (i: number) => generator.requests.at(i)!.turns[1]!.text;
    expect(firstOf(-1)).not.toMatch(/^0 /);
    const last = firstOf(-1);
    // A short branch near the beginning has room for all of itself.
    await collect(verbs['assistant.send']({ text: 'aside', conversation: conversation!, parent: answers[1] }, never));
    expect(firstOf(-1)).toMatch(/^0 /);
    expect(generator.requests.at(-1)!.turns).toHaveLength(6);
    // The long one again: what its last answer was given is what the engine has evaluated.
    await verbs['assistant.choose']({ conversation: conversation!, message: answers.at(-1)! }, never);
    await collect(verbs['assistant.again']({ conversation: conversation! }, never));
    expect(firstOf(-1)).toBe(last);
  });

  test('is measured anew for another model', async () => {
    const { do: verbs, generator } = await house({ answer: () => [long], contextSize: 1500 }, { hasModel: () => true });
    let conversation: Id | undefined;
    for (let i = 0; i < 14; i++)
      ({ conversation } = (
        await collect(verbs['assistant.send']({ text: `${i} ${long}`, ...(conversation && { conversation }) }, never))
      ).done);
    const kept = generator.requests.at(-1)!.turns.length;
    generator.contextSize = 100_000;
    await collect(verbs['assistant.send']({ text: 'all of it?', conversation: conversation!, model: 'large' }, never));
    expect(generator.requests.at(-1)!.turns).toHaveLength(14 * 2 + 2);
    expect(kept).toBeLessThan(14);
  });
});

describe('bad days', () => {
  test('the engine dies while a branch is regenerated: the old ones are as they were, the new one ends cut off', async () => {
    let dying = false;
    const {
      do: verbs,
      conversation,
      q2,
      a2,
      store,
    } = await talked({
      *answer({ turns }) {
        if (dying) {
          yield 'half ';
          throw new Fault('engine-crashed', 'The engine stopped.');
        }
        yield `re ${turns.at(-1)!.text}`;
      },
    });
    const before = store.all('SELECT id, text, state FROM message ORDER BY n');
    dying = true;
    const { done } = await collect(verbs['assistant.again']({ conversation }, never));
    // Twice started again, each time with what was there: then it is left.
    expect(done).toMatchObject({ state: 'cut-off', text: 'half half half ' });
    expect(store.all('SELECT id, text, state FROM message ORDER BY n').slice(0, before.length)).toEqual(before);
    dying = false;
    expect(await verbs['assistant.choose']({ conversation, message: a2.id }, never)).toEqual({ tip: a2.id });
    expect(await verbs['assistant.versions']({ message: q2.id }, never)).toHaveLength(1);
  });

  test('a conversation of 3,000 messages in one branch is deleted whole', async () => {
    const { do: verbs, store, conversation, a2 } = await talked();
    store.transaction(() => {
      let parent = a2.id as string;
      for (let i = 5; i <= 3000; i++) {
        const id = `M${i}`;
        store.run(
          "INSERT INTO message (id, conversation, parent, depth, role, text, at, state) VALUES (?, ?, ?, ?, ?, 'deep', 0, ?)",
          id,
          conversation,
          parent,
          i,
          i % 2 ? 'user' : 'assistant',
          i % 2 ? null : 'done',
        );
        parent = id;
      }
      store.run("INSERT INTO message_words (rowid, text) SELECT n, text FROM message WHERE text = 'deep'");
      store.run('UPDATE conversation SET tip = ?, length = 3000 WHERE id = ?', parent, conversation);
    });
    expect(await verbs['assistant.choose']({ conversation, message: a2.id }, never)).toEqual({ tip: 'M3000' });
    expect(await verbs['assistant.delete']({ id: conversation }, never)).toEqual({ deleted: 3000 });
    for (const table of ['message', 'conversation', "message_words('deep')"])
      expect(store.get(`SELECT count(*) AS n FROM ${table}`)).toEqual({ n: 0 });
  });

  test('what a kill broke off while deleting is finished at the next start', async () => {
    const { store, conversation } = await talked();
    store.run('UPDATE conversation SET hidden = 1 WHERE id = ?', conversation);
    const after = await house({ answer: () => [] }, { store });
    expect(await after.do['assistant.conversations']({ limit: 9 }, never)).toEqual([]);
    expect(await after.do['assistant.search']({ query: 'one', limit: 9 }, never)).toEqual([]);
    while (store.get<{ n: number }>('SELECT count(*) AS n FROM message')!.n > 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
  });

  const writer = `
import { openStore } from ${JSON.stringify(new URL('../base/store/store.ts', import.meta.url).href)};
import { idFactory } from ${JSON.stringify(new URL('../base/id.ts', import.meta.url).href)};
import { openTree } from ${JSON.stringify(new URL('./tree.ts', import.meta.url).href)};
const [file, key, conversation] = process.argv.slice(2);
const clock = { now: Date.now };
const store = await openStore({ file, key: Buffer.from(key, 'hex'), clock, log: { info() {}, unexpected: () => '' } });
const tree = openTree({ store, clock, ids: idFactory(clock) });
const made = { model: 'm', seed: 1 };
for (let n = 0; ; n++) {
  const [first] = tree.page({ conversation, limit: 2 }).messages;
  tree.choose(conversation, first.id);
  const { answer } = tree.askAgain({ conversation, made });
  let text = '';
  for (let i = 0; i < 5; i++) tree.write(answer, (text += 'word '));
  tree.end(answer, { text, state: 'done', keptFrom: 1 });
  process.send({ answer, text });
  if (n % 3 === 0) tree.ask({ conversation, text: 'more', made });
  await new Promise(setImmediate);
}`;
  test('kill -9 while branches grow: what was acknowledged is there, the tip is a leaf, half an answer ends cut off', async () => {
    const kills = process.env['DAIMON_LONG'] ? 60 : 3;
    const store = await database();
    const room = await house({ answer: () => ['old answer'] }, { store });
    const { done } = await collect(room.do['assistant.send']({ text: 'one' }, never));
    const old = store.get('SELECT * FROM message WHERE id = ?', done.message);
    await room.assistant.close();
    const script = join(store.folder, 'writer.mjs');
    writeFileSync(script, writer);
    for (let round = 0; round < kills; round++) {
      const acknowledged = new Map<Id, string>();
      const child = fork(script, [join(store.folder, 'daimon.db'), key.toString('hex'), done.conversation], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        execArgv: [],
      });
      const gone = once(child, 'close');
      child.once('message', () => setTimeout(() => child.kill('SIGKILL'), (round * 37) % 60));
      child.on('message', ({ answer, text }: { answer: Id; text: string }) => acknowledged.set(answer, text));
      await gone;
      expect(acknowledged.size).toBeGreaterThan(0);
      const after = await house({ answer: () => [] }, { store });
      for (const [id, text] of acknowledged)
        expect(store.get('SELECT text, state FROM message WHERE id = ?', id)).toEqual({ text, state: 'done' });
      expect(store.get("SELECT count(*) AS n FROM message WHERE state = 'writing'")).toEqual({ n: 0 });
      const { tip, length } = store.get<{ tip: Id; length: number }>('SELECT tip, length FROM conversation')!;
      expect(store.all('SELECT id FROM message WHERE parent = ?', tip)).toEqual([]);
      expect(await branch(after.do, done.conversation)).toHaveLength(Math.min(500, length));
      expect(store.get('SELECT * FROM message WHERE id = ?', done.message)).toEqual({ ...(old as object) });
      store.run("INSERT INTO message_words (message_words, rank) VALUES ('integrity-check', 1)");
      await after.assistant.close();
    }
    rmSync(script);
  }, 120_000);
});

test('a page of long messages ends sooner, so that it fits into one frame, and the next one goes on', async () => {
  const { do: verbs, store } = await house({ answer: () => ['ok'] });
  const { done } = await collect(verbs['assistant.send']({ text: 'one' }, never));
  const { conversation } = done;
  for (let i = 0; i < 8; i++) await collect(verbs['assistant.send']({ text: 'more', conversation }, never));
  store.run("UPDATE message SET text = ? || n WHERE role = 'assistant'", '日'.repeat(400_000));
  const seen: Id[] = [];
  for (let before: Id | undefined; ; before = seen[0]) {
    const page = await verbs['assistant.messages']({ conversation, limit: 500, ...(before && { before }) }, never);
    expect(page.total).toBe(18);
    expect(() => encodeFrame({ t: 'done', id: 1, value: page })).not.toThrow();
    seen.unshift(...page.messages.map(({ id }) => id));
    if (!page.more) break;
  }
  expect(new Set(seen).size).toBe(18);
  expect(seen.length).toBe(18);
});
