/** A generator without a model: it answers what it was given, or a function of the turns, and can be told to crash. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkFormat, type CheckedFormat } from '../../src-main/engine/format.ts';
import { readGbnf, type Item } from '../../src-main/engine/gbnf.ts';
import type { JsonSchema } from '../../src-main/engine/json-schema.ts';
import type { GenerateRequest, Generator, Piece, Turn } from '../../src-main/engine/ports.ts';
import { Fault } from '../../src-main/wire/index.ts';

export interface FakeGeneratorOptions {
  /** The whole answer. `random` is drawn from the seed (from the clock without one, always the same at temperature 0). */
  readonly answer: string | ((turns: readonly Turn[], random: () => number) => string);
  readonly delayMs?: number;
  readonly contextSize?: number;
  readonly models?: readonly string[];
}
export interface FakeGenerator extends Generator {
  /** The next answer dies after this many tokens. */
  crashAfter(tokens: number): void;
  readonly requests: readonly GenerateRequest[];
}

/** Words with the blank before them, as most tokenizers cut; never inside a character. */
const cut = (text: string): string[] => text.match(/\s*\S{1,8}|\s+$/gu) ?? [];

/** A text that fits; what is written already may only be its beginning, or its beginning but for the first string. */
function fitting(format: CheckedFormat, partial: string): string {
  const open = /"([^"\\]*)$/.exec(partial)?.[1] ?? 'x';
  const whole = format.kind === 'json' ? JSON.stringify(valueOf(format.schema, open), null, 1) : textOf(format.gbnf);
  const flat = format.kind === 'json' ? JSON.stringify(JSON.parse(whole)).replace('":', '": ') : whole;
  const fits = [whole, flat].find((one) => one.startsWith(partial));
  if (fits === undefined)
    throw new Fault('bad-grammar', 'What is written of the answer does not fit the form that was asked for.');
  return fits;
}
function valueOf(schema: JsonSchema, text: string): unknown {
  if ('oneOf' in schema) return valueOf(schema.oneOf[0]!, text);
  if ('const' in schema) return schema.const;
  if ('enum' in schema) return schema.enum[0];
  if (!('type' in schema)) return null;
  if (schema.type === 'object' && 'properties' in schema)
    return Object.fromEntries(Object.entries(schema.properties!).map(([name, one]) => [name, valueOf(one, text)]));
  const plain = { object: {}, array: [], string: text, number: 1.5, integer: 1, boolean: true, null: null };
  return plain[typeof schema.type === 'string' ? schema.type : schema.type[0]!];
}
/** The first alternative everywhere. */
function textOf(gbnf: string): string {
  const { rules } = readGbnf(gbnf);
  const of = (item: Item): string =>
    item.kind === 'chars'
      ? (item.text ?? 'x')
      : item.kind === 'rule'
        ? rules.get(item.name)![0]!.map(of).join('')
        : item.kind === 'group'
          ? item.alternatives[0]!.map(of).join('')
          : of(item.item).repeat(item.least);
  return rules.get('root')![0]!.map(of).join('');
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function fakeGenerator(options: FakeGeneratorOptions): FakeGenerator {
  const { answer, delayMs = 0, contextSize = 2048, models = ['fake'] } = options;
  const requests: GenerateRequest[] = [];
  const sessions = new Map<string, string>();
  const last = new Map<string, Promise<void>>();
  let crash: number | undefined;

  const known = (model: string) => {
    if (!models.includes(model)) throw new Fault('no-model', 'There is no such model here. Choose another one.');
  };
  const count = (turn: Turn) => cut(turn.text).length + 3;

  async function* write(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<Piece> {
    const { turns, continueAnswer, temperature, seed, maxTokens = Infinity, session } = request;
    const format = request.format && checkFormat(request.format);
    const began = performance.now();
    const prompt = turns.reduce((sum, turn) => sum + count(turn), 0);
    if (prompt >= contextSize)
      throw new Fault('context-full', 'The conversation is longer than this model can hold. Shorten it.', {
        details: { tokens: prompt, contextSize },
      });
    const said = JSON.stringify(turns);
    const before = sessions.get(session) ?? '';
    let same = 0;
    while (same < before.length && before[same] === said[same]) same++;
    const reused = Math.min(prompt - 1, Math.floor((same / said.length) * prompt));
    sessions.set(session, said);
    yield { kind: 'start', evaluated: prompt - reused, reused, contextSize, device: 'cpu' };

    const partial = continueAnswer ? turns.at(-1)!.text : '';
    const asked = continueAnswer ? turns.slice(0, -1) : turns;
    // Other settings draw other answers, as they do from a model; 0 and 1 are the words for "off".
    const drawn = Math.round((request.minP ?? 0) * 1000) + Math.round(((request.repeatPenalty ?? 1) - 1) * 1000) * 7;
    const random = seeded(temperature === 0 ? 0 : (seed ?? Math.trunc(performance.now() * 1000)) + drawn);
    const whole = format ? fitting(format, partial) : typeof answer === 'string' ? answer : answer(asked, random);
    const tokens = cut(whole.startsWith(partial) ? whole.slice(partial.length) : whole);
    let reason: 'stop' | 'length' | 'context' = 'stop';
    let firstAt = began;
    let n = 0;
    for (const text of tokens) {
      if (delayMs > 0) await sleep(delayMs);
      else if (n % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      if (crash !== undefined && n >= crash) {
        crash = undefined;
        sessions.clear();
        throw new Fault('engine-crashed', 'The engine stopped unexpectedly and is starting again.', {
          details: { tokens: n },
        });
      }
      if (n++ === 0) firstAt = performance.now();
      yield { kind: 'token', text, tokens: 1 };
      if (n >= maxTokens) reason = 'length';
      else if (prompt + n >= contextSize) reason = 'context';
      if (reason !== 'stop') break;
    }
    const seconds = (performance.now() - firstAt) / 1000;
    yield {
      kind: 'end',
      reason,
      tokens: n,
      tokensPerSecond: n > 1 && seconds > 0 ? (n - 1) / seconds : 0,
      firstTokenMs: firstAt - began,
    };
  }

  return {
    requests,
    crashAfter: (tokens) => void (crash = tokens),
    async *generate(request, signal) {
      requests.push(request);
      known(request.model);
      signal.throwIfAborted();
      // One answer at a time in a session, as in the engine.
      const former = last.get(request.session);
      let done = () => {};
      last.set(request.session, new Promise((resolve) => (done = resolve)));
      try {
        await former;
        yield* write(request, signal);
      } finally {
        done();
      }
    },
    async measure(model, turns) {
      known(model);
      return { tokens: turns.map(count), contextSize };
    },
  };
}
