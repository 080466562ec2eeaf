/** A growing document reads only its tail again, reaches what one reading reaches, and bounds hostile input. */
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { blocks, plain } from './convert.ts';
import { createDocument, PART } from './document.ts';
import { lex } from './lexer.ts';
import type { Block, Inline } from './nodes.ts';

const whole = (text: string, steps: readonly number[] = []): readonly Block[] => {
  const doc = createDocument();
  for (const step of [...steps].sort((a, b) => a - b)) {
    doc.set(text.slice(0, step), false);
    while (doc.read(0));
  }
  doc.set(text, true);
  while (doc.read(0));
  return doc.parts.flatMap((part) => part.blocks);
};

const SAMPLE = [
  '# Title', 'A *word* and **more** with `code`.', '- one\n- two\n  - inner\n- three', '1. a\n2. b', '> quoted\n> on',
  '```ts\nconst a = 1;\n\nconst b = 2;\n```', '| a | b |\n|---|--:|\n| 1 | 2 |', '---', 'Set\n===', '- [x] done\n- [ ] open',
  'hard  \nbreak', '~~gone~~', '    indented\n\n    on', '<b>raw</b>', 'https://example.org/x and [w](https://example.org)',
]; // prettier-ignore

test('whatever the cuts, a text that arrived in pieces ends as the text that arrived whole', () => {
  const line = fc.oneof(fc.constantFrom(...SAMPLE), fc.string({ maxLength: 12 }), fc.constantFrom('', '  ', '-', '> '));
  const texts = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n\n'));
  fc.assert(
    fc.property(texts, fc.array(fc.nat(600), { maxLength: 8 }), (text, cuts) => {
      expect(whole(text, cuts)).toEqual(whole(text));
    }),
    { numRuns: 500, seed: 3 },
  );
});

const shown = (text: string) => {
  const doc = createDocument();
  doc.set(text, false);
  while (doc.read(5));
  return doc.parts.flatMap((part) => part.blocks);
};

test('while a text grows, a mark whose other half is still to come never shows', () => {
  const text = 'One **bold and *slanted* on** then `code` and ~~gone~~ and _so_ too';
  for (let i = 1; i <= text.length; i++) {
    const [first] = shown(text.slice(0, i));
    expect(first?.kind === 'paragraph' ? plain(first.children) : '', text.slice(0, i)).not.toMatch(/[*`~_]/);
  }
  expect(shown('- one\n- **tw')).toEqual(whole('- one\n- **tw**'));
  expect(shown('| a |\n|---|\n| **b')).toEqual(whole('| a |\n|---|\n| **b**'));
});

test('signs that are no marks stay as they were written, and code is never touched', () => {
  for (const text of [
    '2 * 3 = 6',
    '2*3',
    'snake_case',
    '\\*no',
    '```ts\na ** b',
    '- x\n  ```ts\n  a **b',
    '* item',
    '    a **b',
  ])
    expect(shown(text), text).toEqual(whole(text));
});

test('marks left open, closed while the text grew, end as they were written', () => {
  const mark = fc.string({
    unit: fc.constantFrom('*', '**', '`', '~~', '_', 'a', ' ', '\n', '- ', '\\', '|'),
    maxLength: 40,
  });
  fc.assert(
    fc.property(mark, fc.array(fc.nat(40), { maxLength: 8 }), (text, cuts) => {
      expect(whole(text, cuts)).toEqual(whole(text));
    }),
    { numRuns: 500, seed: 3 },
  );
});

test('the raw of all tokens is the source, which the reader counts on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...SAMPLE), fc.string({ unit: 'binary' })), { maxLength: 8 }),
      (lines) => {
        const source = lines.join('\n').replaceAll('\r', '');
        expect(
          lex(source)
            .map(({ raw }) => raw)
            .join(''),
        ).toBe(source);
      },
    ),
    { numRuns: 1000, seed: 3 },
  );
});

test('finished blocks stay the same objects while the text grows', () => {
  const doc = createDocument();
  let text = '';
  let before: readonly Block[] = [];
  for (let i = 0; i < PART * 3; i++) {
    text += `paragraph ${i}\n\n`;
    doc.set(text, false);
    while (doc.read(5));
    const now = doc.parts.flatMap((part) => part.blocks);
    expect(now).toHaveLength(i + 1);
    for (let k = 0; k < before.length - 1; k++) expect(now[k]).toBe(before[k]);
    before = now;
  }
});

test('a text of 1 MB is read in slices of a few milliseconds', () => {
  for (const text of [
    'Some words with *marks* and `code`, and more words.\n\n'.repeat(20_000),
    'words '.repeat(170_000),
    '- item with **bold**\n'.repeat(50_000),
    '> quoted words\n'.repeat(70_000),
    'a'.repeat(1_000_000),
  ]) {
    const doc = createDocument();
    doc.set(text, true);
    let longest = 0;
    for (let more = true; more;) {
      const begun = performance.now();
      more = doc.read(6);
      longest = Math.max(longest, performance.now() - begun);
    }
    expect(longest, text.slice(0, 20)).toBeLessThan(500);
    const words = doc.parts.flatMap((part) => part.blocks).length;
    expect(words).toBeGreaterThan(5);
  }
});

test('inputs that make parsers slow or overflow stay bounded', () => {
  const n = 20_000;
  for (const unit of [
    '[',
    '> ',
    '- ',
    '*a ',
    '_a_',
    '**a',
    '`` ',
    '![',
    '[a](',
    '<a ',
    '~~a',
    'a.',
    '|',
    '#',
    '1. ',
    '\\',
    '&',
    '  \n',
    '```\n',
  ]) {
    const begun = performance.now();
    const found = whole(unit.repeat(n) + '@');
    expect(performance.now() - begun, unit).toBeLessThan(3000);
    expect(depthOf(found), unit).toBeLessThanOrEqual(10);
  }
});

const depthOf = (nodes: readonly Block[]): number =>
  Math.max(0, ...nodes.map((node) =>
    node.kind === 'quote' ? 1 + depthOf(node.children)
    : node.kind === 'list' ? 1 + Math.max(0, ...node.items.map((item) => depthOf(item.children)))
    : 0)); // prettier-ignore

const inlineOf = (text: string): readonly Inline[] => {
  const first = blocks(lex(text))[0]!;
  return first.kind === 'paragraph' ? first.children : [];
};
const wordsOf = (text: string) => plain(inlineOf(text));

test('entities are decoded once, and never in code', () => {
  expect(wordsOf('&lt;b&gt; &amp;lt; &#65;&#x42; &nope; &copy; &#0;')).toBe('<b> &lt; AB &nope; © \ufffd');
  expect(wordsOf('`&lt;`')).toBe('&lt;');
  expect(wordsOf('\\&lt; \\*')).toBe('&lt; *');
});

test('only http and https become links, with the host as the browser would read it', () => {
  const linkOf = (text: string) => inlineOf(text).find((node) => node.kind === 'link');
  expect(linkOf('[a](https://EXAMPLE.org/x)')).toMatchObject({ to: { host: 'example.org' }, bare: false });
  expect(linkOf('[https://bank.example](https://evil.example)')).toMatchObject({
    to: { host: 'evil.example' },
    bare: false,
  });
  expect(linkOf('[a](https://bank.example@evil.example/)')).toMatchObject({ to: { host: 'evil.example' } });
  expect(linkOf('[https://аpple.example](https://аpple.example)')).toMatchObject({
    to: { host: 'xn--pple-43d.example' },
    bare: false,
  });
  expect(linkOf('https://example.org/a')).toMatchObject({ bare: true });
  expect(linkOf('www.example.org')).toMatchObject({ to: { href: 'http://www.example.org/' }, bare: true });
  for (const bad of [
    'javascript:x()',
    'data:text/html,x',
    '//example.org',
    'mailto:a@b.c',
    'java&#115;cript:x',
    'file:///x',
  ])
    expect(linkOf(`[a](${bad})`), bad).toBeUndefined();
});

test('direction marks cannot turn a line round: overrides go, code spells them out', () => {
  expect(wordsOf('a\u202eb')).toBe('a\ufffdb');
  expect(wordsOf('`a\u202eb`')).toBe('a[U+202E]b');
  expect(wordsOf('a\u0007b\u0000')).toBe('a␇b␀');
});

test('code and tables of any length read as if they were lexed at once, whatever the cuts', () => {
  const line = fc.constantFrom(
    '| a | b |\n|---|--:|', '| **c** | `d` |', '| 1 |', 'words', '', '  ', '```', '```js', '````', '~~~', 'let a = 1;', '  ```',
    '> q', '- i', '# h', '| a | *b', '$x$', '``` ', ' | e | f |',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), fc.array(fc.nat(120), { maxLength: 10 }), (lines, cuts) => {
      const text = lines.join('\n');
      expect(whole(text, cuts)).toEqual(blocks(lex(text)));
    }),
    { numRuns: 1500, seed: 21 },
  );
}); // prettier-ignore

test('a table of 10,000 rows and code of 5,000 lines cost a row and a line more, not all of them again', () => {
  for (const [head, row] of [
    ['| a | b |\n|---|---|\n', '| one *row* | of `it` |\n'],
    ['```js\n', 'const one = "row of it";\n'],
    ['', '- one *item* of `it`\n'],
    ['', 'words and *words* '],
  ] as const) {
    const doc = createDocument();
    let text = head + row.repeat(5000);
    doc.set(text, false);
    let longest = 0;
    for (let more = true; more;) {
      const begun = performance.now();
      more = doc.read(0);
      longest = Math.max(longest, performance.now() - begun);
    }
    const begun = performance.now();
    for (let i = 0; i < 200; i++) {
      text += row.slice(0, 5);
      doc.set(text, false);
      while (doc.read(5));
    }
    // Milliseconds an update: reading all of it again takes 50 and more.
    expect((performance.now() - begun) / 200, row).toBeLessThan(12);
    // 10 to 20 ms on a machine that does nothing else.
    expect(longest, row).toBeLessThan(300);
  }
});

test('the star of a footnote stays a star once its sentence has ended', () => {
  const words = (text: string) => {
    const [first] = shown(text);
    return first?.kind === 'paragraph' ? first.children : [];
  };
  expect(words('*Without tax')).toMatchObject([{ kind: 'em' }]);
  expect(words('*Without tax. Prices')).toEqual([{ kind: 'text', text: '*Without tax. Prices' }]);
  expect(words('**Note. It')).toMatchObject([{ kind: 'strong' }]);
});
