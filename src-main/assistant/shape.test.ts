/** How answers are made: the order of wishes, models that come and go, seeds, personas. */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Id } from '../wire/schema.ts';
import type { Persona, Shape } from './door.ts';
import { collect, house, never, tidy } from './house.fixture.ts';
import { resolve, type Models } from './shape.ts';

afterEach(tidy);

/** Models `small` (stands in) and `real`; whichever of them are here. */
const models = (here: readonly string[], preset = here.at(-1)!): Models => ({
  defaultModel: () => preset,
  hasModel: (id) => here.includes(id),
  warmUp: (id) => id === 'small',
  modelName: (id) => id,
});
const persona = (shape: Shape): Persona => ({ id: 'P' as Id, name: 'Ada', shape, createdAt: 0 });
const asked = (more: Partial<Parameters<typeof resolve>[0]> = {}) => ({
  wish: {},
  shape: {},
  persona: undefined,
  last: null,
  ...more,
});

describe('settings', () => {
  test('one question over its conversation over the persona over what suits most', () => {
    const setting = fc.record(
      {
        temperature: fc.constantFrom(0, 0.5, 1),
        topK: fc.constantFrom(0, 5),
        topP: fc.constantFrom(0, 0.5),
        minP: fc.constantFrom(0, 0.1),
        repeatPenalty: fc.constantFrom(1, 1.2),
        maxTokens: fc.constantFrom(1, 100),
        seed: fc.constantFrom(0, 7),
        system: fc.constantFrom('a', 'b'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(setting, setting, fc.option(setting), (wish, shape, own) => {
        const { system, sampling } = resolve(
          asked({ wish, shape, persona: own ? persona(own) : undefined }),
          models(['real']),
        );
        const preset: Shape = { temperature: 0.7, topK: 40, topP: 0.9 };
        const expected = (key: keyof Shape) =>
          [wish, shape, own ?? {}, preset].find((one) => key in one)?.[key as never];
        for (const key of ['temperature', 'topK', 'topP', 'minP', 'repeatPenalty', 'maxTokens'] as const)
          expect(sampling[key]).toBe(expected(key));
        expect(system).toBe(expected('system'));
        const seed = expected('seed') as number | undefined;
        if (seed !== undefined) expect(sampling.seed).toBe(seed);
        else expect(Number.isInteger(sampling.seed) && sampling.seed >= 0 && sampling.seed < 2 ** 32).toBe(true);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  test('a wish that is there but undefined hides nothing', () => {
    const made = resolve(asked({ wish: { temperature: undefined }, shape: { temperature: 0 } }), models(['real']));
    expect(made.sampling.temperature).toBe(0);
  });

  test('an answer is held to one form at most', () => {
    const schema = { type: 'object' };
    expect(resolve(asked({ wish: { json: schema } }), models(['real'])).sampling.format).toEqual({
      kind: 'json',
      schema,
    });
    expect(resolve(asked({ wish: { grammar: 'root ::= "a"' } }), models(['real'])).sampling.format).toEqual({
      kind: 'grammar',
      gbnf: 'root ::= "a"',
    });
    expect(() => resolve(asked({ wish: { json: schema, grammar: 'x' } }), models(['real']))).toThrowError(
      expect.objectContaining({ code: 'two-forms' }),
    );
  });
});

describe('the model', () => {
  const modelOf = (one: Partial<Parameters<typeof resolve>[0]>, here: Models) => {
    const { model, notes } = resolve(asked(one), here);
    return [model, notes.join(' ')];
  };

  test('wish, conversation, persona, the last one, the default: in this order', () => {
    const here = models(['a', 'b', 'c', 'd', 'e']);
    const all = { wish: { model: 'a' }, shape: { model: 'b' }, persona: persona({ model: 'c' }), last: 'd' };
    expect(modelOf(all, here)).toEqual(['a', '']);
    expect(modelOf({ ...all, wish: {} }, here)).toEqual(['b', '']);
    expect(modelOf({ ...all, wish: {}, shape: {} }, here)).toEqual(['c', '']);
    expect(modelOf({ last: 'd' }, here)).toEqual(['d', '']);
    expect(modelOf({}, here)).toEqual(['e', '']);
  });

  test('a wish for one that is not here is refused; a setting for one that is gone falls back and says so', () => {
    const here = models(['a', 'b']);
    expect(() => resolve(asked({ wish: { model: 'gone' } }), here)).toThrowError(
      expect.objectContaining({ code: 'unknown-model' }),
    );
    expect(modelOf({ shape: { model: 'gone' }, persona: persona({ model: 'a' }) }, here)).toEqual([
      'a',
      'gone is set for these answers and is no longer on this machine, so a answers.',
    ]);
    expect(modelOf({ persona: persona({ model: 'gone' }), last: 'a' }, here)[0]).toBe('a');
    expect(modelOf({ last: 'gone' }, here)).toEqual(['b', '']);
  });

  test('one that stands in hands over when the real one has arrived, and only then, and only by itself', () => {
    expect(modelOf({ last: 'small' }, models(['small']))).toEqual(['small', '']);
    expect(modelOf({ last: 'small' }, models(['small', 'real']))).toEqual([
      'real',
      'real has arrived and answers from here on; small answered before.',
    ]);
    expect(modelOf({ last: 'real' }, models(['small', 'real'], 'small'))).toEqual(['real', '']);
    // Someone who chose the small one keeps it.
    expect(modelOf({ last: 'small', shape: { model: 'small' } }, models(['small', 'real']))).toEqual(['small', '']);
  });
});

describe('in the room', () => {
  test('a persona shapes the answers of its conversations, which keep its name and outlive it', async () => {
    const { do: verbs, generator } = await house({ answer: () => ['ok'] });
    const ada = await verbs['assistant.persona'](
      { name: 'Ada', shape: { system: 'You are Ada.', temperature: 0.1, topK: 3 } },
      never,
    );
    const { done } = await collect(verbs['assistant.send']({ text: 'Hi', begin: { persona: ada.id } }, never));
    const { conversation } = done;
    expect(generator.requests.at(-1)).toMatchObject({ temperature: 0.1, topK: 3, topP: 0.9 });
    expect(generator.requests.at(-1)!.turns[0]).toEqual({ role: 'system', text: 'You are Ada.' });
    expect((await verbs['assistant.conversations']({ limit: 1 }, never))[0]).toMatchObject({ persona: ada.id });

    await verbs['assistant.persona'](
      { id: ada.id, name: 'Countess', shape: { system: 'You are the Countess.' } },
      never,
    );
    await collect(verbs['assistant.send']({ text: 'Again', conversation }, never));
    expect(generator.requests.at(-1)).toMatchObject({ temperature: 0.7 });
    const { messages } = await verbs['assistant.messages']({ conversation, limit: 9 }, never);
    expect(messages.map((one) => one.persona)).toEqual([undefined, 'Ada', undefined, 'Countess']);

    expect(await verbs['assistant.dismiss']({ id: ada.id }, never)).toEqual({ dismissed: true });
    expect(await verbs['assistant.dismiss']({ id: ada.id }, never)).toEqual({ dismissed: false });
    expect(await verbs['assistant.personas']({}, never)).toEqual([]);
    await collect(verbs['assistant.send']({ text: 'Alone', conversation }, never));
    expect(generator.requests.at(-1)!.turns[0]!.text).toContain('Wren');
    expect((await verbs['assistant.conversations']({ limit: 1 }, never))[0]).toMatchObject({ persona: null });
    for (const id of [ada.id, conversation])
      await expect(async () => verbs['assistant.persona']({ id, name: 'x', shape: {} }, never)).rejects.toMatchObject({
        code: 'unknown-persona',
      });
    await expect(
      collect(verbs['assistant.send']({ text: 'Hi', begin: { persona: ada.id } }, never)),
    ).rejects.toMatchObject({ code: 'unknown-persona' });
  });

  test('a setting of a conversation stays until null takes it back, and a changed persona takes its place at once', async () => {
    const { do: verbs, generator } = await house({ answer: () => ['ok'] });
    const { done } = await collect(
      verbs['assistant.send']({ text: 'Hi', begin: { shape: { temperature: 0.2, system: 'Be brief.' } } }, never),
    );
    const { conversation } = done;
    const bob = await verbs['assistant.persona']({ name: 'Bob', shape: { system: 'You are Bob.', topK: 9 } }, never);
    expect(
      await verbs['assistant.shape']({ conversation, persona: bob.id, change: { system: null, minP: 0.05 } }, never),
    ).toMatchObject({ persona: bob.id, shape: { temperature: 0.2, minP: 0.05 } });
    await collect(verbs['assistant.send']({ text: 'Two', conversation, temperature: 0 }, never));
    expect(generator.requests.at(-1)).toMatchObject({ temperature: 0, topK: 9, minP: 0.05 });
    expect(generator.requests.at(-1)!.turns[0]!.text).toBe('You are Bob.');
    expect(await verbs['assistant.shape']({ conversation, persona: null, change: {} }, never)).toMatchObject({
      persona: null,
      shape: { temperature: 0.2, minP: 0.05 },
    });
    await expect(async () =>
      verbs['assistant.shape']({ conversation, persona: conversation, change: {} }, never),
    ).rejects.toMatchObject({ code: 'unknown-persona' });
  });

  test('every answer keeps the seed it was made with, and the same seed can be asked for', async () => {
    const { do: verbs, generator } = await house({ answer: ({ seed }) => [`${seed}`] });
    const { done } = await collect(verbs['assistant.send']({ text: 'Draw' }, never));
    const { messages } = await verbs['assistant.messages']({ conversation: done.conversation, limit: 9 }, never);
    const { seed } = messages[1]!;
    expect(generator.requests[0]!.seed).toBe(seed);
    const again = await collect(
      verbs['assistant.again']({ conversation: done.conversation, message: done.message, seed }, never),
    );
    expect(again.text).toBe(done.text);
    const other = await collect(verbs['assistant.again']({ conversation: done.conversation }, never));
    expect(other.text).not.toBe(done.text);
  });

  test('a form asked for reaches the model; two of them are refused before anything is kept', async () => {
    const { do: verbs, generator, store } = await house({ answer: () => ['{}'] });
    const json = { type: 'object', properties: {} };
    const { done } = await collect(verbs['assistant.send']({ text: 'Data', json }, never));
    expect(generator.requests[0]!.format).toEqual({ kind: 'json', schema: json });
    await collect(verbs['assistant.again']({ conversation: done.conversation, grammar: 'root ::= "x"' }, never));
    expect(generator.requests[1]!.format).toEqual({ kind: 'grammar', gbnf: 'root ::= "x"' });
    const before = store.get('SELECT count(*) AS n FROM message');
    await expect(
      collect(verbs['assistant.send']({ text: 'Data', json, grammar: 'root ::= "x"' }, never)),
    ).rejects.toMatchObject({ code: 'two-forms' });
    expect(store.get('SELECT count(*) AS n FROM message')).toEqual(before);
  });

  test('the real model takes over from the one that stood in, once, with a note', async () => {
    const here = ['small'];
    const { do: verbs } = await house(
      { answer: () => ['ok'] },
      {
        hasModel: (id) => here.includes(id),
        defaultModel: () => here.at(-1)!,
        warmUp: (id) => id === 'small',
        modelName: (id) => id,
      },
    );
    const { done } = await collect(verbs['assistant.send']({ text: '1' }, never));
    const { conversation } = done;
    here.push('real');
    for (const text of ['2', '3']) await collect(verbs['assistant.send']({ text, conversation }, never));
    const { messages } = await verbs['assistant.messages']({ conversation, limit: 9 }, never);
    expect(messages.filter(({ role }) => role === 'assistant').map(({ model, note }) => [model, note])).toEqual([
      ['small', undefined],
      ['real', 'real has arrived and answers from here on; small answered before.'],
      ['real', undefined],
    ]);
  });

  test('a shape that a later version wrote is read as none; the conversation still answers', async () => {
    const { do: verbs, store, generator } = await house({ answer: () => ['ok'] });
    const { done } = await collect(verbs['assistant.send']({ text: 'Hi', begin: { shape: { topK: 1 } } }, never));
    for (const odd of ['{"topK":1,"mood":"calm"}', '[1', '7', '{"topK":"many"}']) {
      store.run('UPDATE conversation SET shape = ? WHERE id = ?', odd, done.conversation);
      await collect(verbs['assistant.send']({ text: 'Hi', conversation: done.conversation }, never));
      expect(generator.requests.at(-1)).toMatchObject({ topK: 40 });
    }
  });
});

describe('places', () => {
  test('a conversation is pinned, put into a folder and taken out; a folder is renamed and dissolved', async () => {
    const { do: verbs } = await house({ answer: () => ['ok'] });
    const made: Id[] = [];
    for (const text of ['a', 'b', 'c'])
      made.push((await collect(verbs['assistant.send']({ text }, never))).done.conversation);
    const [a, b, c] = made as [Id, Id, Id];
    expect(await verbs['assistant.place']({ id: a, pinned: true }, never)).toMatchObject({
      pinned: true,
      folder: null,
    });
    for (const id of [a, b]) await verbs['assistant.place']({ id, folder: 'Work' }, never);
    await verbs['assistant.place']({ id: c, folder: 'Home' }, never);
    const stop = new AbortController();
    const next = verbs['assistant.watch']({}, stop.signal)[Symbol.asyncIterator]().next();
    expect(await verbs['assistant.folder']({ from: 'Work', to: 'Office' }, never)).toEqual({ moved: 2 });
    expect(new Set((await next).value!.changed)).toEqual(new Set([a, b]));
    stop.abort();
    const folders = async () =>
      Object.fromEntries(
        (await verbs['assistant.conversations']({ limit: 9 }, never)).map(({ title, folder }) => [title, folder]),
      );
    expect(await folders()).toEqual({ a: 'Office', b: 'Office', c: 'Home' });
    expect(await verbs['assistant.folder']({ from: 'Office', to: null }, never)).toEqual({ moved: 2 });
    expect(await verbs['assistant.folder']({ from: 'Nowhere', to: null }, never)).toEqual({ moved: 0 });
    expect(await folders()).toEqual({ a: null, b: null, c: 'Home' });
    expect(await verbs['assistant.place']({ id: c, folder: null }, never)).toMatchObject({
      folder: null,
      pinned: false,
    });
    expect((await verbs['assistant.conversations']({ limit: 9 }, never)).find(({ id }) => id === a)).toMatchObject({
      pinned: true,
    });
  });
});
