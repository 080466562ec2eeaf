/** Numbers of an answer: only ours, only where the words bear them out, and each with a quote that is in its passage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cite, type Citable } from './citing.ts';
import { partsOf } from './prose.ts';
import { sentences } from './sentences.ts';
import { stem } from './words.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 300;
const passage = (n: number, text: string, more: Partial<Citable> = {}): Citable => ({
  ...{ n, name: `file${n}.txt`, title: null, heading: null, text, quote: text.slice(0, 20) },
  ...more,
});
const NOTES = [
  passage(
    1,
    'The harbour of Orlen was dug in 1847 by miners from the north. It froze over in the winter of 1903, and the ferry did not sail for eleven weeks.',
  ),
  passage(2, 'The monthly rent is 840 euros and is due on the third working day. The deposit is three monthly rents.'),
  passage(3, 'Hold the reset button for twelve seconds. The guest network is called Sparrow.', {
    heading: 'Fenwick R40',
  }),
];
const said = (text: string, passages: readonly Citable[] = NOTES) => cite(text, passages).text;

describe('numbers', () => {
  test.each([
    ['It froze [1, 2].', 'It froze [1] [2].'],
    ['It froze【1】.', 'It froze[1].'],
    ['It froze 【2†source】.', 'It froze [2].'],
    ['It froze [^1] [Passage 2] [source 3].', 'It froze [1] [2] [3].'],
    ['It froze [1-3].', 'It froze [1] [2] [3].'],
    ['It froze [1 and 3].', 'It froze [1] [3].'],
    ['It froze [1][1] [1].', 'It froze [1].'],
    ['It froze [4].', 'It froze.'],
    ['It froze [1, 9].', 'It froze [1].'],
    ['It froze [0] hard [77], so [12] what.', 'It froze hard, so what.'],
    ['Built in [1998].', 'Built in [1998].'],
  ])('%s is %s', (from, to) => expect(said(from)).toBe(to));

  test('are never links', () => {
    expect(said('Look [1](https://evil.example/x) there.')).toBe('Look [1] there.');
    expect(said('Look [1]( <https://evil.example> "t" ).')).toBe('Look [1].');
    expect(said('Look [9](https://evil.example/x).')).toBe('Look.');
    expect(said('See [1][2].\n\n[2]: https://evil.example')).toBe('See [1] [2].\n\n[2] https://evil.example');
    expect(said('[1](a b c)')).toBe('[1] (a b c)');
    expect(said('See [[1]](https://evil.example).')).not.toMatch(/\[\d\]\(/);
  });

  test('in code stay what they are', () => {
    const code = 'Take `a[9]` of\n\n```js\nx[7] = y[1, 2];\n```\n\nand\n\n    z[8]\n';
    expect(said(code)).toBe(code);
    expect(said('```\nthe rest is cut off [9]')).toBe('```\nthe rest is cut off [9]');
    expect(said('A lone ` and [9] and `` [8].')).toBe('A lone ` and and ``.');
  });
});

describe('sentences without a number', () => {
  test('get it where one passage clearly bears them out, and the quote is what does', () => {
    const { text, pointed } = cite('The harbour was dug in 1847. The rent is 840 euros a month.', NOTES);
    expect(text).toBe('The harbour was dug in 1847 [1]. The rent is 840 euros a month [2].');
    expect(pointed).toEqual([
      { n: 1, quote: 'The harbour of Orlen was dug in 1847 by miners from the north.' },
      { n: 2, quote: 'The monthly rent is 840 euros and is due on the third working day.' },
    ]);
    expect(said('- Sparrow is the guest network\n- something else entirely')).toBe(
      '- Sparrow is the guest network [3]\n- something else entirely',
    );
  });

  test.each([
    ['another number', 'The harbour of Orlen was dug in 1848 by miners.'],
    ['another name', 'The harbour of Bramwick was dug by miners from the north.'],
    ['its opposite', 'The harbour of Orlen was not dug by miners from the north.'],
    ['its opposite, the other way round', 'The ferry did sail for eleven weeks in the winter.'],
    ['one common word', 'The deposit.'],
    ['no word', 'I cannot say.'],
    ['what is asked', 'Was the harbour of Orlen dug in 1847?'],
    ['a heading', '# The harbour of Orlen was dug in 1847'],
    ['that the files do not say it', 'The passages do not mention the name of the dentist.'],
  ])('stay without: %s', (_why, text) => expect(cite(text, NOTES)).toEqual({ text, pointed: [] }));

  test('a file name or heading may carry a name; one rare name is enough', () => {
    expect(said('On the Fenwick R40 hold the reset button for twelve seconds.')).toMatch(/\[3\]\.$/);
    expect(said('Sparrow.')).toBe('Sparrow [3].');
  });

  test('work in other languages, and where words have no spaces between them', () => {
    const german = [
      passage(1, 'Die Miete beträgt 840 Euro und ist am dritten Werktag fällig.'),
      passage(2, 'Der Hund schläft.'),
    ];
    expect(said('Die monatliche Miete beträgt 840 Euro.', german)).toBe('Die monatliche Miete beträgt 840 Euro [1].');
    expect(said('Die Miete beträgt keine 840 Euro.', german)).not.toContain('[1]');
    const japanese = [passage(1, '港は1847年に掘られました。冬には凍りました。'), passage(2, '犬が庭で寝ています。')];
    expect(said('港は1847年に掘られました。', japanese)).toBe('港は1847年に掘られました [1]。');
  });
});

test('a sole number is set right only where its passage has nothing of it and another bears it out', () => {
  expect(cite('The monthly rent is 840 euros [1].', NOTES)).toEqual({
    text: 'The monthly rent is 840 euros [2].',
    pointed: [{ n: 2, quote: 'The monthly rent is 840 euros and is due on the third working day.' }],
  });
  // What the model says in its own words, it may: nothing here knows better.
  expect(cite('One pays each month [2].', NOTES)).toMatchObject({
    text: 'One pays each month [2].',
    pointed: [{ n: 2, quote: NOTES[1]!.quote }],
  });
  // The number belongs to the sentence before it.
  expect(said('The ferry lay still. [1] Sparrow is the guest network. [3]')).toBe(
    'The ferry lay still. [1] Sparrow is the guest network. [3]',
  );
});

const token = fc.oneof(
  fc.constantFrom(
    '[1]',
    '[2]',
    '[3]',
    '[9]',
    '[1, 2]',
    '【2】',
    '[^3]',
    '[2](https://e.example)',
    '[1]:',
    '[[1]]',
    '[',
    ']',
    '(',
  ),
  fc.constantFrom(
    '`',
    '``',
    '```\n',
    '\n```\n',
    '\n\n',
    '\n',
    '    code',
    '- ',
    '| a | b |',
    '. ',
    '! ',
    '? ',
    '~~~\n',
    '> ',
  ),
  fc.constantFrom(
    'The',
    'harbour',
    'Orlen',
    '1847',
    'not',
    'rent',
    '840',
    'euros',
    'Sparrow',
    'guest',
    'network',
    '港',
    '掘ら',
    '。',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const answer = fc.array(token, { maxLength: 40 }).map((all) => all.join(' '));

test('whatever the model writes: numbers exist, none is a link, code stays, quotes are in their passages, and twice is once', () => {
  fc.assert(
    fc.property(
      answer,
      fc.array(fc.oneof(answer, fc.constantFrom(...NOTES.map(({ text }) => text))), { minLength: 1, maxLength: 4 }),
      (text, texts) => {
        const passages = texts.map((each, i) => passage(i + 1, each));
        const cited = cite(text, passages);
        let from = 0;
        for (const { range, kind } of partsOf(text))
          if (kind === 'block') {
            const at = cited.text.indexOf(text.slice(...range), from);
            expect(at).toBeGreaterThanOrEqual(from);
            from = at + range[1] - range[0];
          }
        const prose = partsOf(cited.text)
          .filter(({ kind }) => kind === 'prose')
          .map(({ range }) => cited.text.slice(...range));
        const numbers = new Set<number>();
        for (const part of prose) {
          for (const [, n] of part.matchAll(/\[(\d{1,3})\]/g)) numbers.add(Number(n));
          expect(part).not.toMatch(/\[\d{1,3}\][([]/);
          expect(part).not.toMatch(/^ {0,3}\[\d{1,3}\]:/m);
        }
        for (const n of numbers) expect(n <= passages.length && n > 0).toBe(true);
        for (const { n, quote } of cited.pointed) {
          expect(passages[n - 1]!.text.includes(quote)).toBe(true);
          expect(quote.length).toBeLessThanOrEqual(600);
        }
        expect(cite(cited.text, passages).text).toBe(cited.text);
      },
    ),
    { seed: 5, numRuns: runs },
  );
});

describe('sentences', () => {
  const of = (text: string) => sentences(text).map((range) => text.slice(...range));
  test('end with their stops, not with shortened words, wrapped lines or numbers', () => {
    expect(of('Dr. Illing paid 3.50 euros, e.g. for bread.\nIt was\nwrapped. Next!')).toEqual([
      'Dr. Illing paid 3.50 euros, e.g. for bread.',
      'It was\nwrapped.',
      'Next!',
    ]);
    expect(of('# Head\nBody one. Body two\n\n- first\n- second\n| a | b |')).toEqual([
      '# Head',
      'Body one.',
      'Body two',
      '- first',
      '- second',
      '| a | b |',
    ]);
  });

  test('follow each other, have no space around them, and leave out nothing but space', () => {
    fc.assert(
      fc.property(answer, (text) => {
        let at = 0;
        let left = '';
        for (const [from, to] of sentences(text)) {
          expect(from).toBeGreaterThanOrEqual(at);
          expect(to).toBeGreaterThan(from);
          expect(text.slice(from, to)).toBe(text.slice(from, to).trim());
          left += text.slice(at, from);
          at = to;
        }
        expect((left + text.slice(at)).trim()).toBe('');
      }),
      { seed: 6, numRuns: runs },
    );
  });
});

test('forms of a word meet in one stem', () => {
  for (const forms of [
    ['harbour', 'harbours'],
    ['walk', 'walked', 'walking'],
    ['city', 'cities'],
    ['Zürich', 'zurich'],
    ['stopped', 'stops'],
  ])
    expect(new Set(forms.map(stem)).size).toBe(1);
});
