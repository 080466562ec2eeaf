/** The assistant's room over a real encrypted store and a scripted model. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Sent } from './door.ts';
import { collect, database, house, never, slowly, tidy, words } from './house.fixture.ts';

afterEach(tidy);

describe('sending', () => {
  test('streams an answer and has it on disk, under a title taken from the question', async () => {
    const { do: verbs } = await house({ answer: () => words('The capital is Paris.') });
    const { all, done, text } = await collect(
      verbs['assistant.send']({ text: 'What is the capital\nof France?' }, never),
    );
    expect(all[0]).toMatchObject({ kind: 'begun', message: done.message });
    expect(text).toBe('The capital is Paris.');
    expect(done).toMatchObject({ text, state: 'done', tokens: 4, device: 'cpu' });
    const page = await verbs['assistant.messages']({ conversation: done.conversation, limit: 60 }, never);
    expect(page.messages.map(({ role, text: said, state }) => [role, said, state])).toEqual([
      ['user', 'What is the capital\nof France?', undefined],
      ['assistant', 'The capital is Paris.', 'done'],
    ]);
    const [conversation] = await verbs['assistant.conversations']({ limit: 10 }, never);
    expect(conversation).toMatchObject({ title: 'What is the capital of France?', messages: 2, model: 'm' });
    expect(conversation).not.toHaveProperty('writing');
  });

  test('gives the model the turns before, under its name', async () => {
    const { do: verbs, generator } = await house({ answer: () => ['Yes.'] });
    const { done } = await collect(verbs['assistant.send']({ text: 'One?' }, never));
    await collect(
      verbs['assistant.send'](
        { text: 'Two?', conversation: done.conversation, temperature: 0, seed: 7, maxTokens: 5 },
        never,
      ),
    );
    expect(generator.requests[1]).toMatchObject({
      temperature: 0,
      seed: 7,
      maxTokens: 5,
      session: done.conversation,
      continueAnswer: false,
    });
    expect(generator.requests[1]!.turns.map((turn) => turn.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(generator.requests[1]!.turns[0]!.text).toContain('Wren');
  });

  test('leaving the stream does not stop the answer, and following shows all of it', async () => {
    const { do: verbs } = await house({ answer: (_r, signal) => slowly('one two three four five', 15, signal) });
    let conversation: Id | undefined;
    for await (const item of verbs['assistant.send']({ text: 'Count' }, never)) {
      if (item.kind === 'begun') conversation = item.conversation;
      if (item.kind === 'token') break;
    }
    const { text, done } = await collect(verbs['assistant.follow']({ conversation: conversation! }, never));
    expect(text).toBe('one two three four five');
    expect(done.text).toBe(text);
  });

  test('stopping keeps what was written', async () => {
    const { do: verbs } = await house({ answer: (_r, signal) => slowly('one two three four five six', 20, signal) });
    let at: Id | undefined;
    let end: Sent | undefined;
    let stopping: unknown;
    for await (const item of verbs['assistant.send']({ text: 'Count' }, never)) {
      if (item.kind === 'token' && item.text.startsWith('two'))
        stopping = verbs['assistant.stop']({ conversation: at! }, never);
      if (item.kind === 'begun') at = item.conversation;
      end = item;
    }
    expect(await stopping).toEqual({ stopped: true });
    expect(end).toMatchObject({ kind: 'done', state: 'stopped' });
    expect((end as { text: string }).text).toMatch(/^one two /);
    expect(await verbs['assistant.stop']({ conversation: at! }, never)).toEqual({ stopped: false });
  });

  test('a second question while an answer is being written is refused and loses nothing', async () => {
    const { do: verbs } = await house({ answer: (_r, signal) => slowly('one two three', 30, signal) });
    const sending = verbs['assistant.send']({ text: 'Count' }, never)[Symbol.asyncIterator]();
    const begun = (await sending.next()).value as { conversation: Id };
    await expect(
      collect(verbs['assistant.send']({ text: 'More', conversation: begun.conversation }, never)),
    ).rejects.toMatchObject({ code: 'busy-writing' });
    await expect(collect(verbs['assistant.send']({ text: 'More', model: 'nowhere' }, never))).rejects.toMatchObject({
      code: 'unknown-model',
    });
  });

  test('asking again keeps the older answer in the tree', async () => {
    let n = 0;
    const { do: verbs, store } = await house({ answer: () => [`Answer ${++n}.`] });
    const { done } = await collect(verbs['assistant.send']({ text: 'Why?' }, never));
    const again = await collect(verbs['assistant.again']({ conversation: done.conversation }, never));
    const { messages } = await verbs['assistant.messages']({ conversation: done.conversation, limit: 60 }, never);
    expect(messages.map((message) => message.text)).toEqual(['Why?', 'Answer 2.']);
    expect(store.all('SELECT text FROM message WHERE parent = ?', messages[0]!.id)).toHaveLength(2);
    expect(again.done.message).not.toBe(done.message);
  });
});

describe('bad days', () => {
  test('an answer is on disk at most a second behind the screen, and is cut off after a kill, not lost', async () => {
    const store = await database();
    const { do: verbs } = await house({ answer: (_r, signal) => slowly('word '.repeat(100), 20, signal) }, { store });
    const sending = verbs['assistant.send']({ text: 'Talk' }, never)[Symbol.asyncIterator]();
    const begun = (await sending.next()).value as { message: Id; conversation: Id };
    await sleep(1000);
    const { text } = store.get<{ text: string }>('SELECT text FROM message WHERE id = ?', begun.message)!;
    expect(text.length).toBeGreaterThan('word '.length * 15);
    // As after kill -9: a new room over the same file, the old one never told.
    const after = await house({ answer: () => [] }, { store });
    const { messages } = await after.do['assistant.messages']({ conversation: begun.conversation, limit: 9 }, never);
    expect(messages[1]).toMatchObject({ state: 'cut-off' });
    expect(messages[1]!.text.length).toBeGreaterThanOrEqual(text.length);
  });

  test('the engine dies twice in one answer and the answer goes on', async () => {
    let lives = 0;
    const { do: verbs, generator } = await house({
      async *answer({ turns, continueAnswer }) {
        lives++;
        const rest = words('one two three four five six').slice(continueAnswer ? words(turns.at(-1)!.text).length : 0);
        for (const [i, word] of rest.entries()) {
          if (lives < 3 && i === 2) throw new Fault('engine-crashed', 'The engine stopped.');
          yield word;
        }
      },
    });
    const { done, text } = await collect(verbs['assistant.send']({ text: 'Count' }, never));
    expect(text).toBe('one two three four five six');
    expect(done).toMatchObject({ text, state: 'done' });
    expect(done.note).toContain('started again');
    expect(generator.requests.map((request) => request.continueAnswer)).toEqual([false, true, true]);
  });

  test('an engine that dies for good leaves what was written, or fails with its sentence', async () => {
    const dead = new Fault('model-crashes', 'This model stops the engine.');
    const { do: verbs } = await house({
      *answer({ turns }) {
        if (turns.at(-1)!.text === 'Half') yield 'half ';
        throw dead;
      },
    });
    const half = await collect(verbs['assistant.send']({ text: 'Half' }, never));
    expect(half.done).toMatchObject({ text: 'half ', state: 'cut-off', note: dead.message });
    await expect(collect(verbs['assistant.send']({ text: 'None' }, never))).rejects.toMatchObject({
      code: 'model-crashes',
    });
    const all = await verbs['assistant.conversations']({ limit: 9 }, never);
    const { messages } = await verbs['assistant.messages']({ conversation: all[0]!.id, limit: 9 }, never);
    expect(messages.map((message) => message.state)).toEqual([undefined, 'failed']);
  });

  test('a disk that fills up in the middle of an answer ends it with that sentence; what was committed is safe', async () => {
    const store = await database(60);
    const { do: verbs } = await house(
      { answer: (_r, signal) => slowly(`${'long'.repeat(500)} `.repeat(400), 5, signal) },
      { store },
    );
    await expect(collect(verbs['assistant.send']({ text: 'Talk' }, never))).rejects.toMatchObject({
      code: 'disk-full',
    });
    const [conversation] = await verbs['assistant.conversations']({ limit: 9 }, never);
    const { messages } = await verbs['assistant.messages']({ conversation: conversation!.id, limit: 9 }, never);
    expect(messages[0]!.text).toBe('Talk');
  });

  test('a conversation that outgrows the context loses its oldest turns in one step and says so', async () => {
    const long = 'x'.repeat(400);
    const { do: verbs, generator } = await house({ answer: () => [long], contextSize: 1500 });
    let conversation: Id | undefined;
    const dropped: number[] = [];
    for (let i = 0; i < 12; i++) {
      const { done } = await collect(
        verbs['assistant.send']({ text: `${i} ${long}`, ...(conversation && { conversation }) }, never),
      );
      conversation = done.conversation;
      dropped.push(2 * (i + 1) - (generator.requests.at(-1)!.turns.length - 1) - 1);
      if (dropped.at(-1)! > 0) expect(done.note).toMatch(/first \d+ messages .* still here/);
      else expect(done.note).toBeUndefined();
    }
    expect(dropped.at(-1)).toBeGreaterThan(0);
    // Steps, not a slide: between two drops the prompt's beginning stays and can be reused.
    expect(new Set(dropped).size).toBeLessThan(7);
    for (const { turns } of generator.requests) expect(turns[1]!.role).toBe('user');
  });

  test('a question longer than the context fails with its sizes and is kept', async () => {
    const { do: verbs } = await house({ answer: () => ['never'], contextSize: 512 });
    const text = 'long '.repeat(200_000);
    await expect(collect(verbs['assistant.send']({ text }, never))).rejects.toMatchObject({ code: 'context-full' });
    const [conversation] = await verbs['assistant.conversations']({ limit: 1 }, never);
    const { messages } = await verbs['assistant.messages']({ conversation: conversation!.id, limit: 9 }, never);
    expect(messages[0]!.text).toBe(text);
  });

  test('control characters, right-to-left marks and emoji of four bytes come back as they were', async () => {
    const text = 'a\u0000b\u202e\u2066 👩🏽‍🚀 \u200f שלום \u0007 𝔘';
    const { do: verbs } = await house({ answer: () => [text] });
    const { done } = await collect(verbs['assistant.send']({ text }, never));
    const { messages } = await verbs['assistant.messages']({ conversation: done.conversation, limit: 9 }, never);
    expect(messages.map((message) => message.text)).toEqual([text, text]);
  });
});

describe('keeping', () => {
  test('search finds words of questions and answers, with accents or without, and marks them', async () => {
    const { do: verbs } = await house({ answer: () => words('The boat Perpétua broke her mooring.') });
    const { done } = await collect(verbs['assistant.send']({ text: 'What of the winter?' }, never));
    const found = await verbs['assistant.search']({ query: 'perpetu', limit: 50 }, never);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      message: done.message,
      role: 'assistant',
      excerpt: 'The boat \ue000Perpétua\ue001 broke her mooring.',
    });
    expect(await verbs['assistant.search']({ query: 'winter', limit: 50 }, never)).toHaveLength(1);
    expect(await verbs['assistant.search']({ query: '"*(', limit: 50 }, never)).toEqual([]);
    await verbs['assistant.delete']({ id: done.conversation }, never);
    expect(await verbs['assistant.search']({ query: 'winter', limit: 50 }, never)).toEqual([]);
    await expect(async () =>
      verbs['assistant.messages']({ conversation: done.conversation, limit: 5 }, never),
    ).rejects.toMatchObject({ code: 'unknown-conversation' });
  });

  test('any text may be searched for', async () => {
    const { do: verbs } = await house({ answer: () => ['x'] });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (query) => {
        expect(await verbs['assistant.search']({ query, limit: 5 }, never)).toEqual([]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('a draft survives a restart and goes when its words are sent', async () => {
    const store = await database();
    const first = await house({ answer: () => ['x'] }, { store });
    await first.do['assistant.draft']({ text: 'half a thought' }, never);
    const second = await house({ answer: () => ['x'] }, { store });
    expect(await second.do['assistant.draft']({}, never)).toMatchObject({ text: 'half a thought' });
    await collect(second.do['assistant.send']({ text: 'half a thought, finished' }, never));
    expect(await second.do['assistant.draft']({}, never)).toMatchObject({ text: '' });
  });

  test('watching tells which conversations changed', async () => {
    const { do: verbs } = await house({ answer: () => ['x'] });
    const stop = new AbortController();
    const watching = verbs['assistant.watch']({}, stop.signal)[Symbol.asyncIterator]();
    const next = watching.next();
    const { done } = await collect(verbs['assistant.send']({ text: 'Hello' }, never));
    expect((await next).value).toEqual({ changed: [done.conversation] });
    stop.abort();
  });

  test('pages walk a long branch from its end', async () => {
    const { do: verbs } = await house({ answer: () => ['ok'] });
    let conversation: Id | undefined;
    for (let i = 0; i < 25; i++)
      ({ conversation } = (
        await collect(verbs['assistant.send']({ text: `q${i}`, ...(conversation && { conversation }) }, never))
      ).done);
    const seen: string[] = [];
    for (let before: Id | undefined, more = true; more;) {
      const page: Awaited<ReturnType<(typeof verbs)['assistant.messages']>> = await verbs['assistant.messages'](
        { conversation: conversation!, before, limit: 7 },
        never,
      );
      expect(page.total).toBe(50);
      seen.unshift(...page.messages.map((message) => message.text));
      ({ more } = page);
      before = page.messages[0]!.id;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => [`q${i}`, 'ok']).flat());
  });
});

test('an excerpt is short however long the words around a hit are', async () => {
  const { do: verbs } = await house({ answer: () => ['ok'] });
  const blob = 'deadbeef'.repeat(150_000);
  for (const text of [blob, `${blob} needle ${blob}`, `needle ${blob}`])
    // Too long for the model, and kept.
    await collect(verbs['assistant.send']({ text }, never)).catch(() => {});
  for (const query of ['needle', 'deadbeef']) {
    const hits = await verbs['assistant.search']({ query, limit: 50 }, never);
    expect(hits).toHaveLength(query === 'needle' ? 2 : 3);
    for (const { excerpt } of hits) {
      expect(excerpt.length).toBeLessThan(500);
      expect(excerpt).toMatch(/\ue000(?:needle|[^\ue001]*)\ue001/);
    }
  }
});
