/** The loop and the sessions over a sequence without a model: a token is a byte, and the answer is given. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { isFault } from '../wire/index.ts';
import { generate, type GenerateOptions } from './generate.ts';
import { openKept } from './kept.ts';
import type { Sequence } from './llama.ts';
import type { Piece } from './ports.ts';
import { openSessions } from './sessions.ts';

const codes = (text: string) => [...Buffer.from(text)];
const EOG = 0;

/** Holds tokens as a KV cache would; `feeds` are the lengths of its passes. */
function fakeSequence(answer: string, size = 4096, passMs = 0) {
  let held: number[] = [];
  const feeds: number[] = [];
  let left = false;
  const sequence: Sequence = {
    size,
    held: () => held,
    async keep(tokens) {
      let same = 0;
      while (same < held.length && held[same] === tokens[same]) same++;
      held = held.slice(0, same);
      return same;
    },
    async feed(tokens) {
      feeds.push(tokens.length);
      if (passMs) await sleep(passMs);
      held.push(...tokens);
    },
    weigh: () => Promise.reject(new Error('nothing is weighed here')),
    async *next(tokens) {
      try {
        await sequence.feed(tokens);
        for (const token of [...codes(answer), EOG]) {
          yield token;
          expect(held.length).toBeLessThan(size - 1);
          held.push(token);
        }
      } finally {
        left = true;
      }
    },
    dispose: async () => {},
  };
  return { sequence, feeds, held: () => held, left: () => left };
}

const optionsOf = (sequence: Sequence, prompt: string, more: Partial<GenerateOptions> = {}): GenerateOptions => ({
  sequence,
  prompt: { tokens: codes(prompt), perTurn: [prompt.length], open: 0 },
  weights: {
    detokenize: (tokens) => Buffer.from(tokens).toString('utf8'),
    isStop: (token) => token === EOG,
    stopStrings: ['\nUser:'],
  },
  ...{ partial: '', kept: openKept(1000), maxTokens: undefined, asked: 0, device: 'cpu', note: undefined },
  sampling: { temperature: 0, topK: 1, topP: 1, seed: 1 },
  now: () => performance.now(),
  ...more,
});
async function read(options: GenerateOptions, signal = new AbortController().signal) {
  const pieces: Piece[] = [];
  for await (const piece of generate(options, signal)) pieces.push(piece);
  const text = pieces.map((piece) => (piece.kind === 'token' ? piece.text : '')).join('');
  return { pieces, text, end: pieces.at(-1) as Extract<Piece, { kind: 'end' }> };
}

describe('the loop', () => {
  test('drops what follows a stop string and the string itself', async () => {
    const { text, end } = await read(optionsOf(fakeSequence('Yes.\nUser: and now').sequence, 'Q'));
    expect(text).toBe('Yes.');
    expect(end.reason).toBe('stop');
  });

  test('shows what only began like a stop string', async () => {
    expect((await read(optionsOf(fakeSequence('Yes.\nUse').sequence, 'Q'))).text).toBe('Yes.\nUse');
  });

  test('ends when the context is full, before the library would shift it', async () => {
    const { sequence, held } = fakeSequence('x'.repeat(200), 64);
    const { end } = await read(optionsOf(sequence, 'p'.repeat(40)));
    expect(end).toMatchObject({ reason: 'context', tokens: 24 });
    expect(held().length).toBeLessThan(64);
  });

  test('refuses a prompt that leaves no room', async () => {
    const options = optionsOf(fakeSequence('x', 64).sequence, 'p'.repeat(63));
    const fault = await read(options).catch((error: unknown) => error);
    expect(isFault(fault, 'context-full')).toBe(true);
    expect(fault).toMatchObject({ details: { tokens: 63, contextSize: 64 } });
    expect((await read(optionsOf(fakeSequence('x', 64).sequence, 'p'.repeat(62)))).text).toBe('x');
  });

  test('evaluates only what the sequence does not hold, and always the last token', async () => {
    const { sequence } = fakeSequence('answer');
    const kept = openKept(1000);
    await read(optionsOf(sequence, 'question', { kept }));
    const again = await read(optionsOf(sequence, 'question', { kept }));
    expect(again.pieces[0]).toMatchObject({ evaluated: 1, reused: 7 });
    const more = await read(optionsOf(sequence, 'questionanswer more', { kept }));
    expect(more.pieces[0]).toMatchObject({ evaluated: 5, reused: 14 });
  });

  test('a usual question takes one pass, a long one several', async () => {
    const short = fakeSequence('a');
    await read(optionsOf(short.sequence, 'p'.repeat(200)));
    expect(short.feeds).toEqual([200]);
    const long = fakeSequence('a', 4096, 100);
    await read(optionsOf(long.sequence, 'p'.repeat(1500)));
    expect(long.feeds[0]).toBe(256);
    expect(Math.max(...long.feeds)).toBeLessThanOrEqual(512);
    expect(long.feeds.reduce((sum, n) => sum + n, 0)).toBe(1500);
  });

  test('an abort during a long prompt ends it at the next step', async () => {
    const { sequence, feeds } = fakeSequence('a', 1 << 16, 20);
    const { pieces } = await read(optionsOf(sequence, 'p'.repeat(60_000)), AbortSignal.timeout(60));
    expect(pieces.map((piece) => piece.kind)).toEqual(['start']);
    expect(feeds.length).toBeLessThan(12);
  });

  test('leaving early leaves the sequence, and what was written is remembered', async () => {
    const { sequence, left } = fakeSequence('Paris is big');
    const kept = openKept(1000);
    let text = '';
    for await (const piece of generate(optionsOf(sequence, 'Q', { kept }), new AbortController().signal))
      if (piece.kind === 'token' && (text += piece.text)) break;
    expect(left()).toBe(true);
    expect(kept.find(text)).toEqual(codes(text));
  });

  test('the blank before the first word is not shown, but its token is remembered', async () => {
    const kept = openKept(1000);
    const { text } = await read(optionsOf(fakeSequence(' Paris').sequence, 'Q', { kept }));
    expect(text).toBe('Paris');
    expect(kept.find('Paris')).toEqual(codes(' Paris'));
  });

  test('tokens that come faster than a screen can show come together', async () => {
    const { pieces } = await read(optionsOf(fakeSequence('x'.repeat(1000)).sequence, 'Q'));
    expect(pieces.length).toBeLessThan(200);
    expect(pieces[1]).toEqual({ kind: 'token', text: 'x', tokens: 1 });
  });
});

describe('sessions', () => {
  const signal = new AbortController().signal;
  function setUp(most = 2) {
    const made: Sequence[] = [];
    const openSequence = async () => {
      await sleep(1);
      const { sequence } = fakeSequence('x');
      made.push(sequence);
      return sequence;
    };
    return { made, sessions: openSessions({ weights: { openSequence }, contextSize: 64, threads: 1, most }) };
  }

  test('take over the sequence that was warmed', async () => {
    const { sessions, made } = setUp();
    const warm = await sessions.warm();
    const session = await sessions.acquire('a', signal);
    expect(session.sequence).toBe(warm);
    expect(made).toHaveLength(1);
  });

  test('that come back find their sequence; the least recently used gives way', async () => {
    const { sessions, made } = setUp();
    const of = async (name: string) => {
      const { sequence, release } = await sessions.acquire(name, signal);
      release();
      return sequence;
    };
    const [a, b] = [await of('a'), await of('b')];
    expect(b).not.toBe(a);
    expect(await of('a')).toBe(a);
    expect(await of('c')).toBe(b);
    expect(await of('a')).toBe(a);
    expect(made).toHaveLength(2);
  });

  test('more than there is room for wait, in the order they came', async () => {
    const { sessions } = setUp(1);
    const order: string[] = [];
    const first = await sessions.acquire('a', signal);
    const rest = ['b', 'c', 'a', 'd'].map(async (name) => {
      const { release } = await sessions.acquire(name, signal);
      order.push(name);
      await sleep(1);
      release();
    });
    await sleep(5);
    expect(order).toEqual([]);
    first.release();
    await Promise.all(rest);
    expect(order).toEqual(['b', 'c', 'a', 'd']);
  });

  test('a second request of one session waits although a sequence is free', async () => {
    const { sessions } = setUp(2);
    const first = await sessions.acquire('a', signal);
    let second = false;
    const waiting = sessions.acquire('a', signal).then((session) => ((second = true), session));
    await sleep(5);
    expect(second).toBe(false);
    first.release();
    expect((await waiting).sequence).toBe(first.sequence);
  });

  test('waiting ends with its signal', async () => {
    const { sessions } = setUp(1);
    await sessions.acquire('a', signal);
    await expect(sessions.acquire('b', AbortSignal.timeout(5))).rejects.toThrow();
  });

  test('a sequence that could not be made leaves no hole', async () => {
    let fail = true;
    const { sequence } = fakeSequence('x');
    const openSequence = async () => {
      if (fail) throw new Error('no memory');
      return sequence;
    };
    const sessions = openSessions({ weights: { openSequence }, contextSize: 64, threads: 1, most: 1 });
    await expect(sessions.acquire('a', signal)).rejects.toThrow('no memory');
    fail = false;
    expect((await sessions.acquire('b', signal)).sequence).toBe(sequence);
  });
});
