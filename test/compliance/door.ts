/** The door that the wire's compliance suite talks through; its handlers keep a diary of what happened to them. */
import * as v from 'valibot';
import { Fault, call, joinText, schema, stream, type Handlers } from '../../src-main/wire/index.ts';

const count = v.strictObject({ n: schema.count });
const texts = v.object({ text: v.string() });

export const door = {
  't.add': call(
    'Adds.',
    v.strictObject({ x: v.number('is not a number'), y: v.number('is not a number') }),
    v.number(),
  ),
  't.echo': call('Gives back what it gets.', v.strictObject({ value: v.unknown() }), v.unknown()),
  't.preset': call('Fills in a default.', v.strictObject({ n: v.optional(v.number(), 7) }), v.number()),
  't.secret': call('Takes a number and nothing else.', v.strictObject({ pin: v.number() }), v.null()),
  't.throw': call('Throws what it is told to.', v.strictObject({ what: v.string() }), v.null()),
  't.lie': call('Answers against its schema.', schema.empty, v.number()),
  't.unsendable': call('Answers with a function.', schema.empty, v.unknown()),
  't.hang': call('Answers when it is stopped.', v.strictObject({ tag: v.string() }), v.null()),
  't.deaf': call('Does not hear a stop; answers after 50 ms.', schema.empty, v.null()),
  't.diary': call('What happened to the handlers.', schema.empty, v.array(v.string())),
  't.count': stream('0 to n-1, each once; the producer waits.', count, v.number()),
  't.text': stream('0 to n-1 as words; joined for a slow reader.', count, texts, (a, b) => {
    const text = joinText(a.text, b.text);
    return text === undefined ? undefined : { text };
  }),
  't.latest': stream('0 to n-1; only the newest matters.', count, v.number(), (_older, newer) => newer),
  't.pairs': stream(
    'Pairs of equal letters may be joined, others not.',
    v.strictObject({ of: v.string() }),
    v.string(),
    (a, b) => (a[0] === b[0] ? a + b : undefined),
  ),
  't.forever': stream(
    'Counts without end and without a pause.',
    v.strictObject({ tag: v.string() }),
    v.number(),
    (_a, b) => b,
  ),
  't.burst': stream(
    'Gives n items, then is silent until stopped.',
    v.strictObject({ n: schema.count, tag: v.string() }),
    v.number(),
    (a, b) => (a === -1 ? b : undefined),
  ),
  't.last': stream(
    'n items that are joined by keeping the newest, then silence.',
    v.strictObject({ n: schema.count, tag: v.string() }),
    v.number(),
    (_a, b) => b,
  ),
  't.breaks': stream(
    'Gives n items, then throws.',
    v.strictObject({ n: schema.count, fault: v.boolean() }),
    v.number(),
  ),
  't.throws': stream('Throws before there is a stream.', schema.empty, v.number()),
  't.nothing': stream('Gives no stream at all.', schema.empty, v.number()),
  't.lies': stream('The third item is against the schema.', v.strictObject({ tag: v.string() }), v.number()),
  't.odd': stream('The third item cannot be sent.', v.strictObject({ tag: v.string() }), v.unknown()),
  't.mixed': stream(
    'Joins into something that cannot be sent.',
    v.strictObject({ n: schema.count }),
    v.unknown(),
    () => odd,
  ),
} as const;

const odd = { odd: () => 1 };

/** Resolves when the signal aborts. */
const stopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const thrown: Record<string, () => unknown> = {
  fault: () => new Fault('too-big', 'The cat is too big.', { details: { kilos: 9 }, cause: 'a secret' }),
  error: () => new Error('secret path'),
  string: () => 'a string',
  undefined: () => undefined,
  null: () => null,
  // Details that no carrier can send: the failure itself must still arrive.
  unsendable: () => new Fault('odd', 'Odd.', { details: odd as never }),
};

/** @param note hears each entry of the diary as it is written */
export function makeHandlers(note: (entry: string) => void = () => {}): Handlers<typeof door> {
  const diary: string[] = [];
  const write = (entry: string) => {
    diary.push(entry);
    note(entry);
  };
  return {
    't.add': ({ x, y }) => x + y,
    't.echo': ({ value }) => value,
    't.preset': ({ n }) => n,
    't.secret': () => null,
    't.throw': ({ what }) => {
      throw thrown[what]!();
    },
    't.lie': () => 'five' as never,
    't.unsendable': () => odd,
    async 't.hang'({ tag }, signal) {
      write(`${tag} began`);
      await stopped(signal);
      write(`${tag} stopped`);
      throw signal.reason;
    },
    async 't.deaf'() {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return null;
    },
    't.diary': () => diary,
    async *'t.count'({ n }) {
      for (let i = 0; i < n; i++) yield i;
    },
    async *'t.text'({ n }) {
      for (let i = 0; i < n; i++) yield { text: `${i} ` };
    },
    async *'t.latest'({ n }) {
      for (let i = 0; i < n; i++) yield i;
    },
    async *'t.pairs'({ of }) {
      for (const letter of of) yield letter;
    },
    async *'t.forever'({ tag }) {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        write(`${tag} ended`);
      }
    },
    async *'t.burst'({ n, tag }, signal) {
      try {
        for (let i = 0; i < n; i++) yield i;
        write(`${tag} silent`);
        await stopped(signal);
      } finally {
        write(`${tag} ended`);
      }
    },
    async *'t.last'({ n, tag }, signal) {
      try {
        for (let i = 0; i < n; i++) yield i;
        write(`${tag} silent`);
        await stopped(signal);
      } finally {
        write(`${tag} ended`);
      }
    },
    async *'t.breaks'({ n, fault }) {
      for (let i = 0; i < n; i++) yield i;
      throw fault ? new Fault('broke', 'It broke.') : new Error('broke');
    },
    't.throws': () => {
      throw new Fault('no-stream', 'There is no stream today.');
    },
    't.nothing': () => 5 as never,
    async *'t.lies'({ tag }) {
      try {
        yield 1;
        yield 2;
        yield 'three' as never;
      } finally {
        write(`${tag} ended`);
      }
    },
    async *'t.odd'({ tag }) {
      try {
        yield 1;
        yield 2;
        yield odd;
        yield 4;
      } finally {
        write(`${tag} ended`);
      }
    },
    async *'t.mixed'({ n }) {
      for (let i = 0; i < n; i++) yield i;
    },
  };
}
