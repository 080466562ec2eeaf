/** What every `Generator` must do; the scripted fake and the real engine both pass. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GenerateRequest, Generator, Piece, Turn } from '../../src-main/engine/ports.ts';
import { isFault } from '../../src-main/wire/index.ts';

export interface Opened {
  readonly generator: Generator;
  readonly model: string;
  /** Makes the answer that is under way, or the next one, end in a crash. */
  crash(): void;
  close(): Promise<void>;
}

const system: Turn = { role: 'system', text: 'You are a helpful assistant.' };
export const user = (text: string): Turn => ({ role: 'user', text });
export const assistant = (text: string): Turn => ({ role: 'assistant', text });
/** Answered at length by any model. */
const STORY = 'Write a long story about a lighthouse keeper and the sea.';

export interface Answer {
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly start: Extract<Piece, { kind: 'start' }>;
  readonly end: Extract<Piece, { kind: 'end' }>;
}

export type AskOptions = Partial<Omit<GenerateRequest, 'turns'>> & { readonly signal?: AbortSignal };
/** Asks and reads to the end; greedy and short unless told otherwise. */
export async function answerOf(
  { generator, model }: Pick<Opened, 'generator' | 'model'>,
  turns: readonly Turn[],
  { signal = new AbortController().signal, ...options }: AskOptions = {},
): Promise<Answer> {
  const request = {
    ...{ model, temperature: 0, topK: 40, topP: 0.95, maxTokens: 16, session: 'one' },
    ...options,
    turns: turns[0]?.role === 'system' ? turns : [system, ...turns],
  };
  const pieces: Piece[] = [];
  for await (const piece of generator.generate(request, signal)) pieces.push(piece);
  const text = pieces.map((piece) => (piece.kind === 'token' ? piece.text : '')).join('');
  return { text, pieces, start: pieces[0] as Answer['start'], end: pieces.at(-1) as Answer['end'] };
}

export function generatorCompliance(name: string, open: () => Promise<Opened>): void {
  describe(`${name} is a generator`, () => {
    let opened: Opened;
    beforeAll(async () => void (opened = await open()), 60_000);
    afterAll(() => opened.close());
    let sessions = 0;
    const fresh = () => `s${++sessions}`;
    const ask = (turns: readonly Turn[], options?: AskOptions) => answerOf(opened, turns, options);

    test('an answer is one start, then text, then one end whose count is the sum of the pieces', async () => {
      const { pieces, text, start, end } = await ask([user(STORY)], { session: fresh() });
      expect(pieces.map((piece) => piece.kind).join()).toMatch(/^start(,token)+,end$/);
      expect(text.trim()).not.toBe('');
      expect(end.tokens).toBe(pieces.reduce((sum, piece) => sum + (piece.kind === 'token' ? piece.tokens : 0), 0));
      expect(start.evaluated).toBeGreaterThan(0);
      expect(start.contextSize).toBeGreaterThan(start.evaluated + start.reused);
      expect(end.tokensPerSecond).toBeGreaterThan(0);
      expect(end.firstTokenMs).toBeGreaterThanOrEqual(0);
    });

    test('maxTokens ends an answer at just that count', async () => {
      const { end } = await ask([user(STORY)], { session: fresh(), maxTokens: 5 });
      expect(end).toMatchObject({ reason: 'length', tokens: 5 });
    });

    test('the same seed gives the same answer, another seed another one', async () => {
      const at = async (seed: number) =>
        (await ask([user(STORY)], { session: fresh(), temperature: 1, seed, maxTokens: 10 })).text;
      const first = await at(7);
      expect(await at(7)).toBe(first);
      expect(await at(8)).not.toBe(first);
    });

    test('temperature 0 gives the same answer each time', async () => {
      const first = await ask([user(STORY)], { session: fresh() });
      expect((await ask([user(STORY)], { session: fresh() })).text).toBe(first.text);
    });

    test('an answer that was cut goes on where it was', async () => {
      const session = fresh();
      const whole = await ask([user(STORY)], { session, maxTokens: 20 });
      const part = whole.pieces.slice(0, 4).map((piece) => (piece.kind === 'token' ? piece.text : ''));
      const partial = part.join('');
      expect(partial).not.toBe('');
      const rest = await ask([user(STORY), assistant(partial)], { session, continueAnswer: true, maxTokens: 20 });
      expect((partial + rest.text).startsWith(whole.text) || whole.text.startsWith(partial + rest.text)).toBe(true);
      expect(rest.text).not.toBe('');
    });

    test('an aborted answer ends at once, and the next one of the same session works', async () => {
      const session = fresh();
      const stop = new AbortController();
      const seen: Piece[] = [];
      const request = { model: opened.model, temperature: 0, topK: 40, topP: 0.95, session };
      let stopped = 0;
      const reading = (async () => {
        for await (const piece of opened.generator.generate(
          { ...request, turns: [system, user(STORY)] },
          stop.signal,
        )) {
          seen.push(piece);
          if (seen.length === 4) {
            stopped = performance.now();
            stop.abort();
          }
        }
      })();
      await reading.catch((error: unknown) => expect((error as Error).name).toBe('AbortError'));
      expect(performance.now() - stopped).toBeLessThan(1500);
      expect(seen.length).toBeLessThanOrEqual(5);
      expect(seen.at(-1)?.kind).toBe('token');
      expect((await ask([user('Hello.')], { session })).text).not.toBe('');
    });

    test('leaving the loop ends an answer too', async () => {
      const session = fresh();
      const request = { model: opened.model, temperature: 0, topK: 40, topP: 0.95, session };
      const { signal } = new AbortController();
      for await (const piece of opened.generator.generate({ ...request, turns: [system, user(STORY)] }, signal))
        if (piece.kind === 'token') break;
      expect((await ask([user('Hello.')], { session })).text).not.toBe('');
    });

    test('a signal that was aborted before starts nothing', async () => {
      await expect(ask([user('Hello.')], { session: fresh(), signal: AbortSignal.abort() })).rejects.toThrow();
    });

    test('two sessions at once do not mix', async () => {
      const questions = [user('Count from one to ten in words.'), user('Name the months of the year.')];
      const alone = [];
      for (const question of questions) alone.push((await ask([question], { session: fresh() })).text);
      const together = await Promise.all(questions.map((question) => ask([question], { session: fresh() })));
      expect(together.map((answer) => answer.text)).toEqual(alone);
    });

    test('a second request of one session waits for the first', async () => {
      const session = fresh();
      const both = await Promise.all([
        ask([user(STORY)], { session, maxTokens: 12 }),
        ask([user('Name the months of the year.')], { session, maxTokens: 12 }),
      ]);
      for (const { end } of both) expect(end.tokens).toBeGreaterThan(0);
    });

    test('no piece ends inside a character', async () => {
      const faces = '😀 😃 😄 😁 👩‍👩‍👧 🇫🇷 é ñ 漢字 ';
      const { pieces } = await ask([user('Repeat these emoji again and again.'), assistant(faces.repeat(3))], {
        session: fresh(),
        continueAnswer: true,
        maxTokens: 40,
      });
      for (const piece of pieces)
        if (piece.kind === 'token') {
          expect(piece.text.isWellFormed()).toBe(true);
          expect(piece.text).not.toContain('\uFFFD');
        }
    });

    test('control characters, right-to-left marks and four-byte emoji pass', async () => {
      const odd = 'a\u0000b\u0007c \u202Eabc\u202C \u200F 👨‍👩‍👧‍👦 𝔘𝔫𝔦 \r\n\t end';
      expect((await ask([user(odd)], { session: fresh(), maxTokens: 4 })).end.tokens).toBeGreaterThan(0);
    });

    test('measure agrees with what an answer evaluates', async () => {
      const turns = [system, user('What is the capital of France?'), assistant('Paris.'), user('And of Italy?')];
      const { tokens, contextSize } = await opened.generator.measure(opened.model, turns);
      const { start } = await ask(turns, { session: fresh(), maxTokens: 1 });
      expect(tokens).toHaveLength(turns.length);
      expect(tokens.every((count) => count > 0)).toBe(true);
      expect(tokens.reduce((sum, count) => sum + count, 0)).toBe(start.evaluated + start.reused);
      expect(contextSize).toBe(start.contextSize);
    });

    test('turns that do not fit are refused with their count, and the next answer works', async () => {
      const session = fresh();
      const long = user('The sea was calm that day. '.repeat(2000));
      const fault = await ask([long], { session }).catch((error: unknown) => error);
      expect(isFault(fault, 'context-full')).toBe(true);
      expect((await ask([user('Hello.')], { session })).text).not.toBe('');
    });

    const person = {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 12 },
        age: { type: 'integer' },
        drink: { enum: ['tea', 'milk "warm"', 3, null] },
        friends: { type: 'array', items: { oneOf: [{ type: 'boolean' }, { const: 'many' }] }, maxItems: 2 },
      },
      required: ['name', 'age'],
    };

    test('an answer within a JSON schema parses and fits it, whatever it is asked and however hot', async () => {
      for (const [question, temperature] of [
        ['Describe a person.', 0],
        ['Hello.', 1.5],
      ] as const) {
        const format = { kind: 'json', schema: person } as const;
        const { text, end } = await ask([user(question)], {
          ...{ session: fresh(), format, temperature, seed: 3, maxTokens: 200 },
        });
        expect(end.reason).toBe('stop');
        const value = JSON.parse(text) as { name: string; age: number; drink: unknown; friends: unknown[] };
        expect(Object.keys(value)).toEqual(['name', 'age', 'drink', 'friends']);
        expect(value.name.length).toBeLessThanOrEqual(12);
        expect(Number.isInteger(value.age)).toBe(true);
        expect(person.properties.drink.enum).toContainEqual(value.drink);
        expect(value.friends.length).toBeLessThanOrEqual(2);
        for (const friend of value.friends) expect([true, false, 'many']).toContainEqual(friend);
      }
    });

    test('within a schema an answer ends early only where its tokens end, and says so', async () => {
      const format = { kind: 'json', schema: person } as const;
      const { text, end } = await ask([user(STORY)], { session: fresh(), format, maxTokens: 4 });
      expect(end).toMatchObject({ reason: 'length', tokens: 4 });
      expect(() => JSON.parse(text) as unknown).toThrow();
    });

    test('an answer within a grammar is one of its texts', async () => {
      const format = { kind: 'grammar', gbnf: 'root ::= answer "!"\nanswer ::= "yes" | "no" # only these' } as const;
      const { text, end } = await ask([user('Is the sky blue?')], { session: fresh(), format });
      expect(text).toMatch(/^(yes|no)!$/);
      expect(end.reason).toBe('stop');
    });

    test('a form holds also for the rest of an answer that was cut', async () => {
      const format = { kind: 'json', schema: person } as const;
      const partial = '{"name": "Bo';
      const turns = [user('Describe a person.'), assistant(partial)];
      const { text } = await ask(turns, { session: fresh(), format, continueAnswer: true, maxTokens: 200 });
      expect(JSON.parse(partial + text)).toMatchObject({ name: expect.stringMatching(/^Bo/) as string });
      const other = ask([user('Describe a person.'), assistant('Gladly:')], {
        ...{ session: fresh(), format, continueAnswer: true },
      });
      expect(isFault(await other.catch((error: unknown) => error), 'bad-grammar')).toBe(true);
    });

    test('a form that makes no sense is refused before a token is made, and the next answer works', async () => {
      const session = fresh();
      for (const [format, code] of [
        [{ kind: 'json', schema: { type: 'text' } }, 'bad-json-schema'],
        [{ kind: 'json', schema: { type: 'string', pattern: 'a+' } }, 'bad-json-schema'],
        [{ kind: 'grammar', gbnf: 'root ::= "yes' }, 'bad-grammar'],
        [{ kind: 'grammar', gbnf: `root ::= ${'('.repeat(30_000)}"a"${')'.repeat(30_000)}` }, 'bad-grammar'],
      ] as const) {
        const fault = await ask([user('Hello.')], { session, format }).catch((error: unknown) => error);
        expect(isFault(fault, code)).toBe(true);
      }
      expect((await ask([user('Hello.')], { session })).text).not.toBe('');
    });

    test('minP and repeatPenalty change what is drawn, and keep a seed’s answer the same', async () => {
      const at = async (more: AskOptions) =>
        (await ask([user(STORY)], { session: fresh(), temperature: 1.5, topK: 0, topP: 1, seed: 11, ...more })).text;
      const plain = await at({});
      // 0 and 1 are the words for "off".
      expect(await at({ minP: 0, repeatPenalty: 1 })).toBe(plain);
      for (const more of [{ minP: 0.9 }, { repeatPenalty: 1.8 }]) {
        const other = await at(more);
        expect(other).not.toBe(plain);
        expect(await at(more)).toBe(other);
      }
    });

    test('a crash in the middle is a Fault that counts what came, and the answer can go on', async () => {
      const session = fresh();
      let text = '';
      let tokens = 0;
      const request = { model: opened.model, temperature: 0, topK: 40, topP: 0.95, session, maxTokens: 200 };
      const turns = [system, user(STORY)];
      const reading = (async () => {
        for await (const piece of opened.generator.generate({ ...request, turns }, new AbortController().signal))
          if (piece.kind === 'token') {
            text += piece.text;
            tokens += piece.tokens;
            if (tokens === 3 || text.length < 20) opened.crash();
          }
      })();
      const fault = await reading.catch((error: unknown) => error);
      expect(isFault(fault, 'engine-crashed')).toBe(true);
      expect((fault as { details: unknown }).details).toEqual({ tokens });
      expect(text).not.toBe('');
      const rest = await ask([user(STORY), assistant(text)], { session, continueAnswer: true, maxTokens: 8 });
      expect(rest.text).not.toBe('');
    });
  });
}
