/** What an answer may be held to: the grammars and schemas that are taken, and those refused before native code sees them. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needSmollm2, SMOLLM2_SHA256 } from '../../test/fixtures/real-model.ts';
import { isFault } from '../wire/index.ts';
import { checkFormat } from './format.ts';
import { GRAMMAR_LIMITS, readGbnf } from './gbnf.ts';
import { readJsonSchema, SCHEMA_LIMITS } from './json-schema.ts';
import { openLlama, type Backend, type Sequence, type Weights } from './llama.ts';
import type { Format } from './ports.ts';
import type { Load } from './process-door.ts';
import './self-test.ts';

const runs = { numRuns: process.env['DAIMON_LONG'] ? 20_000 : 500, seed: 20261124 };
const refused = (code: string, what: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(what) });

describe('a grammar', () => {
  // Measured before: 6 s for the chain, 2 s for the list, in which the core answered nobody.
  test('and a schema that are made to be slow are judged at once', () => {
    const rules = Array.from({ length: 5500 }, (_, i) => `a${i.toString(36)}::=a${(i + 1).toString(36)}`);
    const chain = ['root::=a0', ...rules, `a${(5500).toString(36)}::=""`].join('\n');
    const properties = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`p${i}`, { type: 'null' }]));
    const required = Array.from({ length: 800_000 }, () => 'p899');
    const began = performance.now();
    expect(() => readGbnf(chain)).toThrow(/too often/);
    readJsonSchema({ type: 'object', properties, required });
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('is taken with comments, groups over lines, classes, escapes and repetitions', () => {
    const { rules } = readGbnf(
      [
        '# an answer',
        'root ::= greeting (" " name |',
        '  ", " name)? [.!]{1,3} # its end',
        '',
        'greeting ::= "Hello" | "Good \\"day\\"" | "\\u00e9\\x41\\U0001F600"',
        'name ::= [^\\x00-\\x1f\\]"]+ . last-name* {2,}'.replace(' {2,}', ''),
        'last-name ::= "" | [a-zA-Z-]',
      ].join('\r\n'),
    );
    expect([...rules.keys()]).toEqual(['root', 'greeting', 'name', 'last-name']);
  });

  test.each([
    ['root ::= "a', /a " is missing \(line 1\)/],
    ['root ::= [a', /a \] is missing/],
    ['root ::= ("a"', /a \) is missing/],
    ['root ::= "a" )', /means nothing/],
    ['root = "a"', /::= is missing/],
    ['\n\n::= "a"', /name \(line 3\)/],
    ['root ::= "\\q"', /backslash/],
    ['root ::= "\\x4"', /backslash/],
    ['root ::= "\\u0000"', /NUL/],
    ['root ::= "a"\0', /NUL/],
    ['root ::= * "a"', /nothing that can be repeated/],
    ['root ::= "a"?*', /nothing that can be repeated/],
    ['root ::= ""*', /nothing that can be repeated/],
    ['root ::= "a"{x}', /\{2,5\}/],
    ['root ::= "a"{5,3}', /below where it begins/],
    ['root ::= "a"{2000}', /above 1999/],
    ['root ::= "a"{999999999,}', /above 1999/],
    ['root ::= <think>', /tokens/],
    ['start ::= "a"', /called root/],
    ['', /called root/],
    ['root ::= other', /other is used and not there \(line 1\)/],
    ['root ::= "a"\nroot ::= "b"', /there twice/],
    ['root ::= root "a" | "b"', /begins with itself/],
    ['root ::= a? root', /a is used/],
    ['root ::= a? root\na ::= "x"', /begins with itself/],
    ['root ::= a b\na ::= "" | "x"\nb ::= ("y" | root)', /begins with itself/],
  ])('%j is refused with the reason', (text, reason) => {
    expect(() => readGbnf(text)).toThrow(refused('bad-grammar', reason));
  });

  test('that llama.cpp would die of or never finish is refused', () => {
    const chain = Array.from({ length: 3000 }, (_, i) => `r${i} ::= r${i + 1}`).join('\n');
    const double = Array.from({ length: 40 }, (_, i) => `r${i} ::= r${i + 1} | r${i + 1}`).join('\n');
    for (const [text, reason] of [
      [`root ::= ${'('.repeat(30_000)}"a"${')'.repeat(30_000)}`, /groups/],
      [`root ::= "${'a'.repeat(60_000)}"{1000}`, /too long/],
      [`root ::= "a"\n${'# '.padEnd(70_000, 'x')}`, /characters/],
      [`root ::= r0\n${chain}\nr3000 ::= "a"`, /begin with each other/],
      [`root ::= r0\n${double}\nr40 ::= "a"`, /begin with each other/],
    ] as const)
      expect(() => readGbnf(text)).toThrow(refused('bad-grammar', reason));
  });

  test('of any text is read or refused, at once', () => {
    const piece = fc.constantFrom(
      ...'root ::= "a" [b-c] ( ) | * + ? {1,2} . \n x ::= # \\ ^ " ] - é'.split(' '),
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          readGbnf(`root ::= ${pieces.join('')}`);
        } catch (error) {
          expect(isFault(error, 'bad-grammar')).toBe(true);
        }
      }),
      runs,
    );
  });

  test('stays within its limits after repetitions are written out, wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1999 }), { minLength: 1, maxLength: 6 }), (counts) => {
        const text = `root ::= ${counts.map((count) => `"abc"{${count}}`).join(' ')}`;
        const written = counts.reduce((sum, count) => sum + 3 * count, 0);
        expect(written).toBeLessThan(GRAMMAR_LIMITS.elements);
        expect(readGbnf(text).rules.size).toBe(1);
      }),
      runs,
    );
  });
});

describe('a JSON schema', () => {
  test('loses what holds an answer to nothing, and keeps the rest', () => {
    expect(
      readJsonSchema({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'A person',
        type: 'object',
        properties: {
          name: { type: 'string', description: 'How it is called', maxLength: 9 },
          of: { anyOf: [{ const: 1 }] },
        },
        required: ['name'],
        additionalProperties: { $ref: '#/$defs/more' },
        $defs: { more: { type: ['string', 'null'], default: null } },
      }),
    ).toEqual({
      type: 'object',
      properties: { name: { type: 'string', maxLength: 9 }, of: { oneOf: [{ const: 1 }] } },
      additionalProperties: { $ref: '#/$defs/more' },
      $defs: { more: { type: ['string', 'null'] } },
    });
  });

  const deep = (levels: number): unknown =>
    levels === 0 ? { type: 'null' } : { type: 'array', items: deep(levels - 1) };
  const circle: Record<string, unknown> = { type: 'array' };
  circle['items'] = circle;
  test.each([
    [undefined, /object with fields/],
    [[], /object with fields/],
    [{}, /type must be/],
    [{ type: 'text' }, /type must be/],
    [{ type: [] }, /type must be/],
    [{ type: ['string', 'object'] }, /type must be/],
    [{ type: 'string', pattern: 'a' }, /held to "pattern"/],
    [{ type: 'integer', minimum: 1 }, /held to "minimum"/],
    [{ allOf: [{ type: 'string' }] }, /held to "allOf"/],
    [{ type: 'string', format: 'email' }, /date-time, time, date/],
    [{ type: 'string', maxLength: 1001 }, /from 0 to 1000/],
    [{ type: 'string', minLength: 1.5 }, /from 0 to 1000/],
    [{ type: 'string', minLength: 5, maxLength: 4 }, /maxLength is below/],
    [{ type: 'array', prefixItems: [{ type: 'null' }], maxItems: 0 }, /maxItems is below/],
    [{ type: 'object', properties: { a: { type: 'null' } }, required: ['b'] }, /required/],
    [{ type: 'object', properties: { a: { type: 'null' } }, maxProperties: 0 }, /maxProperties is below/],
    [{ type: 'object', minProperties: 1 }, /minProperties is above/],
    [{ oneOf: [] }, /something in it/],
    [{ enum: [] }, /something in it/],
    [{ enum: [{}] }, /constants/],
    [{ const: NaN }, /constants/],
    [{ const: 'a\u0001' }, /control character/],
    [{ const: '\ud800' }, /half a character/],
    [{ $ref: '#/$defs/a' }, /\$ref must name/],
    [{ $ref: 'https://example.org' }, /\$ref must name/],
    [JSON.parse('{"type":"object","properties":{"__proto__":{"type":"null"}}}'), /__proto__/],
    [deep(SCHEMA_LIMITS.depth + 1), /levels deep/],
    [circle, /levels deep/],
    [{ enum: Array.from({ length: 2001 }, (_, i) => i) }, /2000 parts/],
    [{ const: 'x'.repeat(40_000) }, /longer than/],
  ])('%j is refused with the reason', (given, reason) => {
    expect(() => readJsonSchema(given)).toThrow(refused('bad-json-schema', reason));
  });

  test('of any value is taken or refused, and what is taken is taken again unchanged', () => {
    const words = fc.constantFrom('string', 'object', 'array', 'null', 'integer', 'date', 'a', 1, 0, -1, true, null);
    const schema = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        words,
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            ...[
              'type',
              'properties',
              'items',
              'oneOf',
              'anyOf',
              'const',
              'enum',
              'required',
              'format',
              '$defs',
              '$ref',
            ],
            ...['minItems', 'maxLength', 'additionalProperties', 'title', 'a'],
          ),
          tie('any'),
          { maxKeys: 4 },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(schema, (given) => {
        try {
          const taken = readJsonSchema(given);
          expect(readJsonSchema(taken)).toEqual(taken);
        } catch (error) {
          expect(isFault(error, 'bad-json-schema')).toBe(true);
        }
      }),
      runs,
    );
  });
});

test('a format is checked by its kind', () => {
  expect(checkFormat({ kind: 'grammar', gbnf: 'root ::= "a"' })).toEqual({ kind: 'grammar', gbnf: 'root ::= "a"' });
  expect(checkFormat({ kind: 'json', schema: { const: 1, title: 'one' } })).toEqual({
    kind: 'json',
    schema: { const: 1 },
  });
});

describe('llama.cpp', () => {
  let backend: Backend;
  let weights: Weights;
  let sequence: Sequence;
  beforeAll(async () => {
    backend = await openLlama({ gpu: 'off', threads: 1 });
    const load: Load = {
      ...{ file: needSmollm2(), sha256: SMOLLM2_SHA256 as Load['sha256'], contextSize: 512, threads: 1, gpu: 'off' },
      ...{ memory: 0, budget: 0 },
    };
    weights = await backend.load(load);
    sequence = await weights.openSequence({ contextSize: 512, threads: 1 });
  }, 30_000);
  afterAll(async () => {
    await sequence.dispose();
    await weights.dispose();
    await backend.dispose();
  });
  const long = process.env['DAIMON_LONG'];
  const grammar = fc
    .array(
      fc.constantFrom(
        ...['"a"', '"b"', '[b-c]', '[^x]', '(', ')', '|', '*', '+', '?', '{1,2}', '{2}', '{3,}', '.', '""', 'x', 'y'],
        ...['\n', ' ', '\nx ::= ', '\ny ::= ', '# c\n', '"\\n"', '"é"', '::=', '"'],
      ),
      { maxLength: 14 },
    )
    .map((parts): Format => ({ kind: 'grammar', gbnf: `root ::= ${parts.join('')}` }));
  const literal = fc.oneof(
    fc.string({ maxLength: 5 }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const schema = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      literal.map((value) => ({ const: value })),
      fc.array(literal, { minLength: 1, maxLength: 3 }).map((all) => ({ enum: all })),
      fc.constantFrom(
        ...[{ type: 'integer' }, { type: 'number' }, { type: ['boolean', 'null'] }, { type: 'string', maxLength: 8 }],
        ...[
          { type: 'string', format: 'date' },
          { type: 'string', minLength: 2, maxLength: 5 },
        ],
      ),
      fc.record({
        type: fc.constant('object'),
        properties: fc.dictionary(fc.string({ maxLength: 4 }), tie('any'), { maxKeys: 3 }),
      }),
      fc.record({ type: fc.constant('array'), items: tie('any'), maxItems: fc.integer({ min: 0, max: 3 }) }),
      fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
    ),
  })).any;

  test('reads every grammar that was taken, or says that it cannot, and lives', async () => {
    let read = 0;
    for (const format of fc.sample(grammar, { numRuns: long ? 30_000 : 1500, seed: 5 })) {
      try {
        await weights.openForm(checkFormat(format), '');
        read++;
      } catch (error) {
        expect(isFault(error, 'bad-grammar')).toBe(true);
      }
    }
    expect(read).toBeGreaterThan(100);
  });

  test('reads the grammar of every schema that was taken', async () => {
    for (const one of fc.sample(schema, { numRuns: long ? 5000 : 300, seed: 6 }))
      await weights.openForm(checkFormat({ kind: 'json', schema: one }), '');
  });

  test('writes JSON within a schema, however improbable its tokens are', { timeout: 600_000 }, async () => {
    const prompt = weights.plain('Write about the sea.', true);
    let whole = 0;
    for (const one of fc.sample(schema, { numRuns: long ? 300 : 12, seed: 8 })) {
      await sequence.keep([]);
      const form = await weights.openForm(checkFormat({ kind: 'json', schema: one }), '');
      const written: number[] = [];
      const sampling = { temperature: 2, topK: 0, topP: 1, seed: 9 };
      for await (const token of sequence.next(prompt, sampling, { form })) if (written.push(token) === 80) break;
      if (written.length === 80) continue;
      whole++;
      expect(() => JSON.parse(weights.detokenize(written, [])) as unknown).not.toThrow();
    }
    expect(whole).toBeGreaterThan(6);
  });

  test('takes in what is written before it goes on, and refuses what does not fit', async () => {
    const format = checkFormat({ kind: 'grammar', gbnf: 'root ::= "The sea is " ("blue" | "grüner als 🌲") "."' });
    const goOn = async (written: string) => {
      await sequence.keep([]);
      const form = await weights.openForm(format, written);
      const tokens: number[] = [];
      const prompt = weights.plain(`How is the sea? ${written}`, true);
      const sampling = { temperature: 0, topK: 1, topP: 1, seed: 1 };
      for await (const token of sequence.next(prompt, sampling, { form })) tokens.push(token);
      return written + weights.detokenize(tokens, []);
    };
    for (const written of ['', 'T', 'The sea is gr', 'The sea is grüner als 🌲', 'The sea is blue.'])
      expect(await goOn(written)).toMatch(/^The sea is (blue|grüner als 🌲)\.$/);
    for (const written of ['the', ' The', 'The sea is red', 'The sea is blue. '])
      await expect(goOn(written)).rejects.toMatchObject({ code: 'bad-grammar' });
  });
});
