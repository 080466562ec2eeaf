/** What every carrier must do: one suite, run over each of them by `src-main/wire/wire.test.ts`. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CREDIT, Fault, connect, type Client, type Frame, type Wire } from '../../src-main/wire/index.ts';
import { MAX_PENDING } from '../../src-main/wire/frame.ts';
import type { Opened } from './carriers.ts';
import { door } from './door.ts';

export interface ComplianceOptions {
  /** Whether the carrier is text between strangers, with a limit on frames; else a clone between our own processes. */
  readonly text: boolean;
  /** Runs of each random test in the daily suite. */
  readonly runs?: number;
}

const LONG = Boolean(process.env['DAIMON_LONG']);
const SEED = 20261124;

interface Raw {
  readonly frames: Frame[];
  of(id: number): Frame[];
  closed(): number;
  post(frame: unknown): void;
}
/** A caller that says whatever it likes. */
function rawly(wire: Wire): Raw {
  const frames: Frame[] = [];
  let closed = 0;
  wire.listen(
    (frame) => frames.push(frame as Frame),
    () => closed++,
  );
  return {
    frames,
    of: (id) => frames.filter((frame) => frame.id === id),
    closed: () => closed,
    post: (frame) => wire.post(frame as Frame),
  };
}

/** A mutant that hangs need not hang for long. */
const PATIENCE = process.env['DAIMON_MUTATION'] ? 700 : 10_000;
const until = (check: () => void) => vi.waitFor(check, { timeout: PATIENCE, interval: 2 });
const all = async <T>(items: AsyncIterable<T>) => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const words = (n: number) => Array.from({ length: n }, (_, i) => `${i} `).join('');
const code = (name: string) => expect.objectContaining({ name: 'Fault', code: name }) as unknown;

/** @param open a fresh pair whose far end serves the compliance door */
export function wireCompliance(name: string, open: () => Promise<Opened>, options: ComplianceOptions): void {
  const runs = LONG ? 2000 : (options.runs ?? 40);

  describe(`the wire over ${name}`, () => {
    let shared: Opened;
    let core: Client<typeof door>;
    beforeAll(async () => {
      shared = await open();
      core = connect(door, shared.wire);
    });
    afterAll(() => shared.close());

    /** For tests that end or misuse their wire. */
    const alone = async (work: (opened: Opened) => Promise<void>) => {
      const opened = await open();
      try {
        await work(opened);
      } finally {
        await opened.close();
      }
    };

    describe('calls', () => {
      test('answer', async () => {
        expect(await core['t.add']({ x: 1, y: 2 })).toBe(3);
        expect(await core['t.preset']({})).toBe(7);
      });

      test('answer each its own when many are under way', async () => {
        const sums = await Promise.all(Array.from({ length: 300 }, (_, x) => core['t.add']({ x, y: x })));
        expect(sums).toEqual(Array.from({ length: 300 }, (_, x) => 2 * x));
      });

      test('refuse bad input, naming the field and never quoting the value', async () => {
        await expect(core['t.add']({ x: 1 } as never)).rejects.toMatchObject({
          name: 'Fault',
          code: 'bad-input',
          details: { field: 'y' },
        });
        await expect(core['t.add']({ x: 1, y: 'z' } as never)).rejects.toThrow(
          't.add was not done: y is not a number.',
        );
        const quoted: unknown = await core['t.secret']({ pin: 'hunter2' } as never).catch((error: unknown) => error);
        expect(quoted).toMatchObject({ code: 'bad-input', message: 't.secret was not done: pin is not number.' });
        await expect(core['t.add'](null as never)).rejects.toMatchObject({ details: { field: 'input' } });
        await expect(core['t.add']({ x: 1, y: 2, z: 3 } as never)).rejects.toThrow('z is not a field of this verb');
        await expect(core['t.add']({ x: 1 } as never)).rejects.toThrow('y is missing');
      });

      test('carry a Fault with its details and without its cause', async () => {
        const fault: unknown = await core['t.throw']({ what: 'fault' }).catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(Fault);
        expect(fault).toMatchObject({ code: 'too-big', message: 'The cat is too big.', details: { kilos: 9 } });
        expect((fault as Fault).cause).toBeUndefined();
      });

      test.each(['error', 'string', 'undefined', 'null', 'unsendable'])(
        'turn what else is thrown into internal: %s',
        async (what) => {
          const fault: unknown = await core['t.throw']({ what }).catch((error: unknown) => error);
          expect(fault).toMatchObject({ name: 'Fault', code: 'internal', details: { log: 'log-1' } });
          expect((fault as Fault).message).toContain('log-1');
          expect((fault as Fault).message).not.toContain('secret');
        },
      );

      test('fail as internal when the answer is against its schema or cannot be sent; the wire lives on', async () => {
        await expect(core['t.lie']({})).rejects.toEqual(code('internal'));
        await expect(core['t.unsendable']({})).rejects.toEqual(code('internal'));
        expect(await core['t.add']({ x: 1, y: 1 })).toBe(2);
      });

      test('fail as bad-input when the input cannot be sent; the wire lives on', async () => {
        await expect(core['t.echo']({ value: () => 1 })).rejects.toEqual(code('bad-input'));
        await expect(all(core['t.count']({ n: Symbol('n') as never }))).rejects.toEqual(code('bad-input'));
        expect(await core['t.add']({ x: 2, y: 1 })).toBe(3);
      });

      test('are never sent once their signal has aborted', async () => {
        const reason = new Error('too late');
        await expect(core['t.hang']({ tag: 'never' }, AbortSignal.abort(reason))).rejects.toBe(reason);
        await expect(all(core['t.burst']({ n: 1, tag: 'never' }, AbortSignal.abort(reason)))).rejects.toBe(reason);
        expect((await core['t.diary']({})).join()).not.toContain('never');
      });

      test('stop the handler when their signal aborts, and reject with its reason at once', async () => {
        const stop = new AbortController();
        const answer = core['t.hang']({ tag: 'hung' }, stop.signal);
        await until(() => expect(shared.diary()).toContain('hung began'));
        stop.abort(new Error('enough'));
        await expect(answer).rejects.toThrow('enough');
        await until(() => expect(shared.diary()).toContain('hung stopped'));
      });

      test('are stopped in the very tick that asks', async () => {
        const stop = new AbortController();
        const answer = core['t.hang']({ tag: 'brief' }, stop.signal);
        stop.abort();
        await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
        await until(() => expect(shared.diary()).toContain('brief stopped'));
      });

      test('ignore a reply after their abort, and an abort after their reply', async () => {
        const stop = new AbortController();
        const deaf = core['t.deaf']({}, stop.signal);
        stop.abort();
        await expect(deaf).rejects.toMatchObject({ name: 'AbortError' });
        const late = new AbortController();
        expect(await core['t.add']({ x: 1, y: 1 }, late.signal)).toBe(2);
        late.abort();
        await new Promise((resolve) => setTimeout(resolve, 80));
        expect(await core['t.add']({ x: 1, y: 3 })).toBe(4);
      });
    });

    describe('names', () => {
      test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 't.none', '', 'x'.repeat(10_000)])(
        'that are no verbs are unknown: %s',
        async (verb) => {
          await alone(async ({ wire }) => {
            const raw = rawly(wire);
            raw.post({ t: 'ask', id: 1, verb, input: {} });
            await until(() => expect(raw.frames).toHaveLength(1));
            expect(raw.frames[0]).toMatchObject({ t: 'fail', id: 1, code: 'unknown-verb' });
            expect((raw.frames[0] as { message: string }).message.length).toBeLessThan(120);
          });
        },
      );

      test('a client has only the verbs of its door', () => {
        expect(Object.getPrototypeOf(core)).toBeNull();
        expect(Object.keys(core)).toEqual(Object.keys(door));
      });

      test('keys that pollute prototypes do nothing on any side', async () => {
        const evil = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as object;
        // Text carriers refuse `__proto__`; clones carry it as a plain own key that no schema lets through.
        const echoed: unknown = await core['t.echo']({ value: evil }).catch((error: unknown) => error);
        if (options.text) expect(echoed).toEqual(code('bad-input'));
        else expect(Object.getPrototypeOf(echoed)).toBe(Object.prototype);
        const added: unknown = await core['t.preset'](JSON.parse('{"__proto__":{"n":5}}') as never).catch(() => 7);
        expect(added).toBe(7);
        const made = { value: { constructor: { prototype: { polluted: 1 } }, toString: 'x' } };
        expect(await core['t.echo'](made)).toEqual(made.value);
        expect(({} as { polluted?: number }).polluted).toBeUndefined();
      });
    });

    describe('streams', () => {
      test('give every item once, in order, then end', async () => {
        expect(await all(core['t.count']({ n: 1000 }))).toEqual(Array.from({ length: 1000 }, (_, i) => i));
        expect(await all(core['t.count']({ n: 0 }))).toEqual([]);
      });

      test('lose nothing when items are joined', async () => {
        const items = await all(core['t.text']({ n: 5000 }));
        expect(items.map((item) => item.text).join('')).toBe(words(5000));
        const latest = await all(core['t.latest']({ n: 5000 }));
        expect(latest.at(-1)).toBe(4999);
        expect(latest).toEqual([...latest].sort((a, b) => a - b));
      });

      test('keep the order of what may and what may not be joined, with the end behind all of it', async () => {
        await alone(async ({ wire }) => {
          const raw = rawly(wire);
          raw.post({ t: 'ask', id: 1, verb: 't.pairs', input: { of: 'aaabbcaadd' }, credit: 1 });
          await until(() => expect(raw.of(1)).toHaveLength(1));
          for (let i = 2; i <= 6; i++) {
            raw.post({ t: 'more', id: 1, n: 1 });
            await until(() => expect(raw.of(1).length).toBeGreaterThanOrEqual(Math.min(i, 5)));
          }
          await until(() => expect(raw.of(1).at(-1)).toEqual({ t: 'done', id: 1 }));
          const items = raw.of(1).flatMap((frame) => (frame.t === 'item' ? [frame.value] : []));
          expect(items).toEqual(['a', 'aa', 'bb', 'c', 'aa', 'dd'].slice(0, items.length));
          expect(items).toHaveLength(6);
        });
      });

      test('send what is held as soon as credit comes, also while the producer is silent', async () => {
        await alone(async ({ wire, diary }) => {
          const raw = rawly(wire);
          raw.post({ t: 'ask', id: 1, verb: 't.last', input: { n: 10, tag: 'quiet' }, credit: 2 });
          await until(() => expect(diary()).toContain('quiet silent'));
          await until(() => expect(raw.of(1)).toHaveLength(2));
          raw.post({ t: 'more', id: 1, n: 5 });
          await until(() => expect(raw.of(1)).toHaveLength(3));
          expect(raw.of(1)[2]).toEqual({ t: 'item', id: 1, value: 9 });
          raw.post({ t: 'stop', id: 1 });
          await until(() => expect(diary()).toContain('quiet ended'));
          expect(raw.of(1)).toHaveLength(3);
        });
      });

      test('send nothing without credit, and never more than was given', async () => {
        await alone(async ({ wire }) => {
          const raw = rawly(wire);
          const ask = async (id: number, credit?: number) => {
            raw.post({ t: 'ask', id, verb: 't.count', input: { n: 100 }, ...(credit !== undefined && { credit }) });
            raw.post({ t: 'ask', id: id + 1000, verb: 't.deaf', input: {} });
            await until(() => expect(raw.of(id + 1000)).toHaveLength(1));
            return raw.of(id).length;
          };
          expect(await ask(1)).toBe(0);
          expect(await ask(2, 0)).toBe(0);
          expect(await ask(3, 5)).toBe(5);
          for (let i = 0; i < 10; i++) raw.post({ t: 'more', id: 1, n: 0 });
          // A flood of credit is cut to one window.
          for (let i = 0; i < 10; i++) raw.post({ t: 'more', id: 4, n: CREDIT });
          expect(await ask(4, CREDIT)).toBe(CREDIT);
          expect(raw.of(1)).toHaveLength(0);
          expect(raw.closed()).toBe(0);
        });
      });

      test('that wait for credit cut a flood of it to one window', async () => {
        await alone(async ({ wire }) => {
          const raw = rawly(wire);
          raw.post({ t: 'ask', id: 1, verb: 't.burst', input: { n: 2, tag: 'flood' }, credit: 1 });
          for (let i = 0; i < 100; i++) raw.post({ t: 'more', id: 1, n: CREDIT });
          await until(() => expect(raw.of(1)).toHaveLength(2));
          raw.post({ t: 'ask', id: 2, verb: 't.count', input: { n: 1000 }, credit: 1 });
          await until(() => expect(raw.of(2)).toHaveLength(1));
          for (let i = 1; i <= 3; i++) {
            raw.post({ t: 'more', id: 2, n: CREDIT });
            await until(() => expect(raw.of(2)).toHaveLength(1 + i * CREDIT));
          }
        });
      });

      test('carry the error after the items before it', async () => {
        for (const [fault, expected] of [
          [true, 'broke'],
          [false, 'internal'],
        ] as const) {
          const got: number[] = [];
          const read = async () => {
            for await (const item of core['t.breaks']({ n: 200, fault })) got.push(item);
          };
          await expect(read()).rejects.toEqual(code(expected));
          expect(got).toEqual(Array.from({ length: 200 }, (_, i) => i));
        }
      });

      test('fail when the handler throws at once or gives no stream', async () => {
        await expect(all(core['t.throws']({}))).rejects.toEqual(code('no-stream'));
        await expect(all(core['t.nothing']({}))).rejects.toEqual(code('internal'));
        await expect(all(core['t.count']({ n: -1 }))).rejects.toMatchObject({ details: { field: 'n' } });
      });

      test('end their producer when an item is against the schema or cannot be sent', async () => {
        await expect(all(core['t.lies']({ tag: 'liar' }))).rejects.toEqual(code('internal'));
        await expect(all(core['t.odd']({ tag: 'odd' }))).rejects.toEqual(code('internal'));
        await until(() => expect(shared.diary()).toEqual(expect.arrayContaining(['liar ended', 'odd ended'])));
      });

      test('fail as internal when what was held cannot be sent', async () => {
        await alone(async ({ wire }) => {
          const raw = rawly(wire);
          raw.post({ t: 'ask', id: 1, verb: 't.mixed', input: { n: 3 }, credit: 1 });
          await until(() => expect(raw.of(1)).toHaveLength(1));
          raw.post({ t: 'more', id: 1, n: 1 });
          await until(() => expect(raw.of(1).at(-1)).toMatchObject({ t: 'fail', code: 'internal' }));
          expect(raw.of(1)).toHaveLength(2);
        });
      });

      test('run the producer’s finally when the reader breaks off', async () => {
        for await (const item of core['t.forever']({ tag: 'break' })) if (item >= 0) break;
        await until(() => expect(shared.diary()).toContain('break ended'));
      });

      test('run the producer’s finally on return() and throw() while next() waits', async () => {
        for (const way of ['return', 'throw'] as const) {
          const iterator = core['t.burst']({ n: 1, tag: way })[Symbol.asyncIterator]();
          expect(await iterator.next()).toEqual({ done: false, value: 0 });
          const waits = iterator.next();
          const error = new Error('leaving');
          if (way === 'return') expect(await iterator.return!()).toEqual({ done: true, value: undefined });
          else await expect(iterator.throw!(error)).rejects.toBe(error);
          expect(await waits).toEqual({ done: true, value: undefined });
          expect(await iterator.next()).toEqual({ done: true, value: undefined });
          await until(() => expect(shared.diary()).toContain(`${way} ended`));
        }
      });

      test('run the producer’s finally when the signal aborts: waiting, reading, and with items unread', async () => {
        const stop = new AbortController();
        const iterator = core['t.burst']({ n: 3, tag: 'aborted' }, stop.signal)[Symbol.asyncIterator]();
        expect(await iterator.next()).toEqual({ done: false, value: 0 });
        stop.abort(new Error('enough'));
        await expect(iterator.next()).rejects.toThrow('enough');
        expect(await iterator.next()).toEqual({ done: true, value: undefined });
        await until(() => expect(shared.diary()).toContain('aborted ended'));

        const other = new AbortController();
        const waiting = core['t.burst']({ n: 0, tag: 'waiting' }, other.signal)[Symbol.asyncIterator]();
        const both = [waiting.next(), waiting.next()];
        await until(() => expect(shared.diary()).toContain('waiting silent'));
        other.abort(new Error('enough'));
        await expect(both[0]).rejects.toThrow('enough');
        expect(await both[1]).toEqual({ done: true, value: undefined });
        await until(() => expect(shared.diary()).toContain('waiting ended'));
      });

      test('that nobody began ask nothing, also when they are left', async () => {
        const iterator = core['t.burst']({ n: 1, tag: 'unbegun' })[Symbol.asyncIterator]();
        await iterator.return!();
        expect(await iterator.next()).toEqual({ done: true, value: undefined });
        expect((await core['t.diary']({})).join()).not.toContain('unbegun');
      });

      test('answer several next() in order', async () => {
        const iterator = core['t.count']({ n: 3 })[Symbol.asyncIterator]();
        const got = await Promise.all(Array.from({ length: 5 }, () => iterator.next()));
        expect(got.map((step) => (step.done ? 'end' : step.value))).toEqual([0, 1, 2, 'end', 'end']);
      });
    });

    describe('the end', () => {
      test('rejects everything under way with closed, ends every handler, and refuses what comes later', async () => {
        await alone(async ({ wire, diary }) => {
          const client = connect(door, wire);
          const call = client['t.hang']({ tag: 'call' });
          const iterator = client['t.burst']({ n: 1, tag: 'stream' })[Symbol.asyncIterator]();
          await iterator.next();
          const silent = iterator.next();
          const unread = client['t.forever']({ tag: 'unread' })[Symbol.asyncIterator]();
          await unread.next();
          const starved = client['t.count']({ n: 1000 })[Symbol.asyncIterator]();
          await starved.next();
          await until(() => expect(diary()).toEqual(expect.arrayContaining(['call began', 'stream silent'])));
          wire.close();
          await expect(call).rejects.toEqual(code('closed'));
          await expect(silent).rejects.toEqual(code('closed'));
          await expect(client['t.add']({ x: 1, y: 1 })).rejects.toEqual(code('closed'));
          await expect(all(client['t.count']({ n: 1 }))).rejects.toEqual(code('closed'));
          await until(() =>
            expect(diary()).toEqual(expect.arrayContaining(['call stopped', 'stream ended', 'unread ended'])),
          );
        });
      });

      test('comes once, whichever side closes, and what is posted afterwards is silently nothing', async () => {
        await alone(async ({ wire, far }) => {
          const raw = rawly(wire);
          raw.post({ t: 'ask', id: 1, verb: 't.add', input: { x: 1, y: 1 } });
          await until(() => expect(raw.frames).toHaveLength(1));
          if (far) far.close();
          else raw.post({ t: 'ask', id: 0, verb: 't.add', input: {} });
          await until(() => expect(raw.closed()).toBe(1));
          raw.post({ t: 'ask', id: 2, verb: 't.add', input: { x: 1, y: 1 } });
          raw.post({ t: 'ask', id: 2, verb: 't.add', input: () => 1 });
          wire.close();
          wire.close();
          await new Promise((resolve) => setTimeout(resolve, 20));
          expect(raw.closed()).toBe(1);
          expect(raw.frames).toHaveLength(1);
        });
      });

      test('is told to a listener that comes after it', async () => {
        await alone(async ({ wire }) => {
          wire.close();
          const raw = rawly(wire);
          expect(raw.closed()).toBe(0);
          await until(() => expect(raw.closed()).toBe(1));
          expect(() => rawly(wire)).toThrow('one listener');
        });
      });

      test('is not hastened by a second listener, which is refused', async () => {
        await alone(async ({ wire }) => {
          const client = connect(door, wire);
          expect(() => connect(door, wire)).toThrow('one listener');
          expect(await client['t.add']({ x: 1, y: 1 })).toBe(2);
        });
      });
    });

    describe('a far side that breaks the protocol', () => {
      const odd: readonly unknown[] = [
        null,
        5,
        'ask',
        [],
        {},
        { t: 'ask' },
        { t: 'ask', id: 0, verb: 't.add', input: {} },
        { t: 'ask', id: -1, verb: 't.add', input: {} },
        { t: 'ask', id: 1.5, verb: 't.add', input: {} },
        { t: 'ask', id: '1', verb: 't.add', input: {} },
        { t: 'ask', id: 1, verb: 5, input: {} },
        { t: 'ask', id: 1, verb: 't.count', input: { n: 1 }, credit: -1 },
        { t: 'ask', id: 1, verb: 't.count', input: { n: 1 }, credit: CREDIT + 1 },
        { t: 'ask', id: 1, verb: 't.count', input: { n: 1 }, credit: '5' },
        { t: 'more', id: 1, n: -1 },
        { t: 'more', id: 1, n: CREDIT + 1 },
        { t: 'more', id: 1, n: NaN },
        { t: 'more', id: 1 },
        { t: 'item', id: 1, value: 1 },
        { t: 'done', id: 1 },
        { t: 'fail', id: 1, code: 'x', message: 'x' },
        { t: 'gone', id: 1 },
        { t: 'stop' },
      ];
      test('is cut off for any frame that is none of a caller', async () => {
        // A fork for each would take long and tell nothing new: children decode like ports.
        for (const frame of name.includes('child') ? odd.slice(0, 4) : odd)
          await alone(async ({ wire }) => {
            const raw = rawly(wire);
            raw.post(frame);
            await until(() => expect(raw.closed(), JSON.stringify(frame)).toBe(1));
            expect(raw.frames).toEqual([]);
          });
      });

      test('is cut off for asking twice under one number, and its work ends', async () => {
        await alone(async ({ wire, diary }) => {
          const raw = rawly(wire);
          raw.post({ t: 'ask', id: 7, verb: 't.hang', input: { tag: 'twice' } });
          raw.post({ t: 'ask', id: 7, verb: 't.hang', input: { tag: 'again' } });
          await until(() => expect(raw.closed()).toBe(1));
          await until(() => expect(diary()).toEqual(['twice began', 'twice stopped']));
        });
      });

      test('may stop and credit what is not there', async () => {
        await alone(async ({ wire }) => {
          const raw = rawly(wire);
          raw.post({ t: 'stop', id: 99 });
          raw.post({ t: 'more', id: 99, n: 5 });
          raw.post({ t: 'ask', id: 99, verb: 't.add', input: { x: 1, y: 1 } });
          raw.post({ t: 'more', id: 99, n: 5 });
          await until(() => expect(raw.of(99)).toEqual([{ t: 'done', id: 99, value: 2 }]));
          raw.post({ t: 'stop', id: 99 });
          raw.post({ t: 'ask', id: 99, verb: 't.add', input: { x: 1, y: 2 } });
          await until(() => expect(raw.of(99)).toHaveLength(2));
        });
      });

      test('is told that we are busy past the limit of asks, and served again when one has ended', async () => {
        await alone(async ({ wire, diary }) => {
          const raw = rawly(wire);
          for (let id = 1; id <= MAX_PENDING + 2; id++) raw.post({ t: 'ask', id, verb: 't.hang', input: { tag: 'h' } });
          await until(() => expect(raw.frames).toHaveLength(2));
          expect(raw.frames).toEqual([
            expect.objectContaining({ t: 'fail', id: MAX_PENDING + 1, code: 'busy' }),
            expect.objectContaining({ t: 'fail', id: MAX_PENDING + 2, code: 'busy' }),
          ]);
          raw.post({ t: 'stop', id: 3 });
          await until(() => expect(diary()).toContain('h stopped'));
          await new Promise((resolve) => setTimeout(resolve, 5));
          raw.post({ t: 'ask', id: 5000, verb: 't.add', input: { x: 1, y: 1 } });
          await until(() => expect(raw.of(5000)).toEqual([{ t: 'done', id: 5000, value: 2 }]));
          expect(raw.of(3)).toEqual([]);
        });
      });
    });

    describe('chance', () => {
      const leaf = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('\ud800', '\udfff\ud800', '\u2028\u2029', '</script>', '\0', '\u202e', '\ufeff'),
        fc.bigInt(),
        fc.double(),
        fc.constantFrom(undefined, null, true, NaN, -0, Infinity),
        fc.uint8Array({ maxLength: 300 }),
        fc.date({ noInvalidDate: true }),
      );
      const tree = fc.letrec((tie) => ({
        node: fc.oneof(
          { maxDepth: 3, withCrossShrink: true },
          leaf,
          fc.array(tie('node'), { maxLength: 5 }),
          fc.dictionary(
            fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
            tie('node'),
            {
              maxKeys: 5,
              noNullPrototype: true,
            },
          ),
          fc.array(fc.tuple(leaf, tie('node')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
          fc.array(leaf, { maxLength: 3 }).map((list) => new Set(list)),
        ),
      })).node;

      test('bytes, bigint, every character and their containers come back as they went', async () => {
        await fc.assert(
          fc.asyncProperty(tree, async (value) => {
            expect(await core['t.echo']({ value })).toStrictEqual(value);
          }),
          { numRuns: runs * 3, seed: SEED },
        );
      });

      test('any interleaving of asks, stops and credit does what the model says', async () => {
        await alone(async ({ wire }) => {
          const raw = rawly(wire);
          let next = 1;
          await fc.assert(
            fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
              const asked: Asked[] = [];
              for (const operation of operations) {
                const one = asked[operation.at % Math.max(1, asked.length)];
                if (operation.do === 'ask') {
                  const { verb, n, credit } = operation;
                  const id = next++;
                  asked.push({ id, verb, n, credit, stopped: false });
                  const input = verb === 't.add' ? { x: n, y: n } : { n };
                  raw.post({ t: 'ask', id, verb, input, ...(verb !== 't.add' && { credit }) });
                } else if (operation.do === 'wait') await new Promise((resolve) => setTimeout(resolve));
                else if (one && operation.do === 'stop') {
                  one.stopped = true;
                  raw.post({ t: 'stop', id: one.id });
                } else if (one && operation.do === 'more' && one.credit + operation.credit <= CREDIT) {
                  one.credit += operation.credit;
                  raw.post({ t: 'more', id: one.id, n: operation.credit });
                }
              }
              await until(() => {
                for (const one of asked) agree(one, raw.of(one.id));
              });
              const roundTrip = async () => {
                const id = next++;
                raw.post({ t: 'ask', id, verb: 't.add', input: { x: 1, y: 1 } });
                await until(() => expect(raw.of(id)).toEqual([{ t: 'done', id, value: 2 }]));
              };
              // After one, whatever crossed a stop on its way is here; after two, nothing more may have come.
              await roundTrip();
              const seen = raw.frames.length;
              await roundTrip();
              for (const one of asked) agree(one, raw.of(one.id));
              expect(
                raw.frames.slice(seen).filter((frame) => asked.some((one) => one.stopped && one.id === frame.id)),
              ).toEqual([]);
              // One wire for all runs: streams that still wait for credit would add up to more than it carries at once.
              for (const one of asked) raw.post({ t: 'stop', id: one.id });
              await roundTrip();
              raw.frames.length = 0;
            }),
            { numRuns: runs, seed: SEED },
          );
        });
      });

      test('a wire that closes at any moment leaves nobody waiting', async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.nat(4), { maxLength: 12 }),
            fc.nat(5),
            fc.boolean(),
            async (kinds, ticks, far) => {
              await alone(async (opened) => {
                const client = connect(door, opened.wire);
                const work = kinds.map((kind, i) => {
                  if (kind === 0) return client['t.add']({ x: i, y: 1 });
                  if (kind === 1) return client['t.hang']({ tag: 'x' });
                  if (kind === 2) return all(client['t.count']({ n: 500 })).then((list) => list.length);
                  if (kind === 3)
                    return all(client['t.text']({ n: 500 })).then((list) => list.map((one) => one.text).join(''));
                  return all(client['t.burst']({ n: 3, tag: 'x' }));
                });
                const settled = Promise.allSettled(work);
                for (let i = 0; i < ticks; i++) await new Promise((resolve) => setTimeout(resolve));
                (far && opened.far ? opened.far : opened.wire).close();
                for (const [i, result] of (await settled).entries()) {
                  const whole = [i + 1, undefined, 500, words(500), undefined][kinds[i]!];
                  if (result.status === 'fulfilled') expect(result.value).toBe(whole);
                  else expect(result.reason).toEqual(code('closed'));
                }
              });
            },
          ),
          { numRuns: Math.ceil(runs / (name.includes('child') ? 8 : 2)), seed: SEED },
        );
      });
    });
  });
}

interface Asked {
  readonly id: number;
  readonly verb: 't.add' | 't.count' | 't.text' | 't.latest';
  readonly n: number;
  credit: number;
  stopped: boolean;
}
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      at: fc.constant(0),
      verb: fc.constantFrom<Asked['verb']>('t.add', 't.count', 't.text', 't.latest'),
      n: fc.nat(40),
      credit: fc.nat(12),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('more' as const), at: fc.nat(50), credit: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), at: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), at: fc.constant(0) }) },
);

/** What the frames of one ask may be, given what was said. Throws until they have all come. */
function agree({ verb, n, credit, stopped }: Asked, frames: readonly Frame[]): void {
  const items = frames.flatMap((frame) => (frame.t === 'item' ? [frame.value] : []));
  const ends = frames.filter((frame) => frame.t !== 'item');
  expect(ends.length).toBeLessThanOrEqual(1);
  const done = ends.length === 1;
  if (done) expect(frames.at(-1)).toMatchObject({ t: 'done' });
  if (verb === 't.add') {
    if (done) expect(frames).toMatchObject([{ value: 2 * n }]);
    expect(stopped || done).toBe(true);
    return;
  }
  expect(items.length).toBeLessThanOrEqual(credit);
  if (verb === 't.count') {
    expect(items).toEqual(Array.from({ length: items.length }, (_, i) => i));
    if (!stopped) expect(items.length).toBe(Math.min(n, credit));
    if (!stopped) expect(done).toBe(n <= credit);
    if (done) expect(items.length).toBe(n);
  } else if (verb === 't.text') {
    const text = (items as { text: string }[]).map((item) => item.text).join('');
    expect(words(n).startsWith(text)).toBe(true);
    if (done) expect(text).toBe(words(n));
    if (!stopped && credit >= n) expect(done).toBe(true);
  } else {
    expect(items).toEqual([...(items as number[])].sort((a, b) => a - b));
    if (done && n > 0) expect(items.at(-1)).toBe(n - 1);
    if (!stopped && credit >= n) expect(done).toBe(true);
  }
}
