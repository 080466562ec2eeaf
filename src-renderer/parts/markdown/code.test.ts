/** Coloured code is the same text: whatever the source, its growth and its slices, nothing is added, lost or moved. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { literal } from './clean.ts';
import { createCode } from './code.ts';
import { colourOf, runsOf, type Colour } from './colour.ts';
import { languageOf } from './languages.ts';
import { linesOf } from './lines.ts';
import { readMarkup } from './markup.ts';

const textOf = (code: ReturnType<typeof createCode>) =>
  code.pieces.map(({ runs }) => runs.map(({ text }) => text).join(''));
const kindsOf = (code: ReturnType<typeof createCode>) =>
  code.pieces.flatMap(({ runs }) =>
    runs.flatMap(({ kind, text }) => [...text].filter((sign) => sign.trim()).map((sign) => sign + kind)),
  );
const finish = (code: ReturnType<typeof createCode>, colour: Colour) => {
  while (code.colour(colour, true));
};

const SAMPLES = {
  Python: 'def f(x):\n    """doc\n\n    more"""\n    return x + 1  # one\n\nclass A(B):\n    pass\n',
  TypeScript: '/* a\n b */\nconst a: string = `x ${1 + f("y")}\n`;\nfunction f(b: number) { return <p>{b}</p>; }\n',
  HTML: '<!-- x -->\n<p class="a">&amp; <b>x</b></p>\n<script>\nlet a = "</b>";\n</script>\n<style>\np { color: red }\n</style>\n',
  Shell: '#!/bin/sh\ncat <<EOF\n$HOME "a"\nEOF\nfor f in *; do echo "$f"; done\n',
  'C++': '#include <a>\ntemplate <typename T> class A { int b = 0x1F; };\n// c\n',
};
const source = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Object.values(SAMPLES)),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('<span class="hljs-string">', '</span>', '&lt;', '&#x27;', '"', "'", '`', '/*', '\n', '\u202e', '\ud83d'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('')); // prettier-ignore

test('random code in every language: the text stays exactly the source, in whatever pieces it came', async () => {
  const languages = ['Python', 'TypeScript', 'HTML', 'Shell', 'C++', 'CSS', 'SQL', 'PHP', 'YAML', 'Markdown', 'Diff'];
  const colours = await Promise.all(languages.map(colourOf));
  fc.assert(
    fc.property(
      source,
      fc.nat(languages.length - 1),
      fc.array(fc.nat(400), { maxLength: 4 }),
      (text, language, cuts) => {
        const colour = colours[language]!;
        expect(
          colour(text)
            .runs.map((run) => run.text)
            .join(''),
        ).toBe(text);
        const grown = createCode();
        for (const at of cuts.sort((a, b) => a - b)) {
          grown.set(text.slice(0, at));
          grown.colour(colour, at % 2 === 0);
          expect(textOf(grown).join('')).toBe(literal(text.slice(0, at)));
        }
        grown.set(text);
        finish(grown, colour);
        expect(textOf(grown).join('')).toBe(literal(text));
        // The last slice of a growing block is coloured again from a safe place: the colours are those of one reading.
        const whole = createCode();
        whole.set(text);
        finish(whole, colour);
        if (cuts.length === 0) expect(kindsOf(grown)).toEqual(kindsOf(whole));
      },
    ),
    { numRuns: 400, seed: 7 },
  );
});

test('colours are those that people expect, also across slices and while the block grows', async () => {
  const colour = (await colourOf('Python'))!;
  const text = SAMPLES.Python.repeat(245);
  const whole = colour(text).runs.flatMap(({ kind, text: run }) => [...run].filter((s) => s.trim()).map((s) => s + kind));
  expect(colour(SAMPLES.Python).runs.slice(0, 6)).toEqual([
    { kind: 'k', text: 'def' },
    { kind: '', text: ' ' },
    { kind: 'f', text: 'f' },
    { kind: '', text: '(x):\n    ' },
    { kind: 's', text: '"""doc\n\n    more"""' },
    { kind: '', text: '\n    ' },
  ]);
  const sliced = createCode();
  sliced.set(text);
  let steps = 0;
  while (sliced.colour(colour, true)) steps++;
  expect(steps).toBeGreaterThan(2);
  expect(kindsOf(sliced)).toEqual(whole);
  const grown = createCode();
  for (let at = 0; at < text.length; at += 37) {
    grown.set(text.slice(0, at));
    if (at % 5 === 0) grown.colour(colour, false);
  }
  grown.set(text);
  finish(grown, colour);
  expect(kindsOf(grown)).toEqual(whole);
}); // prettier-ignore

test('pieces are cut as they always were, and finished ones stay the same objects', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('', 'a', 'some code', '\n\n'), fc.nat(9000).map((n) => 'x'.repeat(n))), { maxLength: 300 }),
      fc.nat(4000),
      (lines, at) => {
        const text = lines.join('\n');
        const code = createCode();
        code.set(text.slice(0, at));
        const before = code.pieces.slice(0, -1);
        code.set(text);
        expect(code.pieces.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
        before.slice(0, -1).forEach((piece, i) => expect(code.pieces[i]).toBe(piece));
        expect(textOf(code).join('').replaceAll('\n', '')).toBe(linesOf(text).join('').replaceAll('\n', ''));
        expect(Math.max(...textOf(code).map((piece) => piece.length))).toBeLessThanOrEqual(8000 * 101);
      },
    ),
    { numRuns: 60, seed: 11 },
  );
}); // prettier-ignore

test('half a closing fence that looked like code is taken back; another text begins anew', () => {
  const code = createCode();
  code.set('a\nb\n``');
  code.set('a\nb');
  expect(textOf(code)).toEqual(['a\nb']);
  code.set('quite another');
  expect(textOf(code)).toEqual(['quite another']);
  code.set('x \ud83d');
  code.set('x \ud83d\ude00');
  expect(textOf(code)).toEqual(['x 😀']);
});

test('a long block is plain, also when it grew too long while it was written', async () => {
  const colour = (await colourOf('JavaScript'))!;
  const code = createCode();
  code.set('let a = "b";\n'.repeat(2000));
  finish(code, colour);
  expect(code.long).toBe(false);
  expect(code.pieces[0]!.runs.length).toBeGreaterThan(100);
  code.set('let a = "b";\n'.repeat(2001));
  expect(code.long).toBe(true);
  expect(code.pieces.every(({ runs }) => runs.every(({ kind }) => kind === ''))).toBe(true);
  expect(code.colour(colour, true)).toBe(false);
});

test('a line too long for a grammar stays plain, and the lines round it have their colours', async () => {
  const colour = (await colourOf('JavaScript'))!;
  for (const before of ['let a;\n', '', '/* open\n']) {
    const code = createCode();
    code.set(`${before}${'_'.repeat(3000)}\nlet b;\n`);
    finish(code, colour);
    const runs = code.pieces.flatMap((piece) => piece.runs);
    expect(runs.some(({ kind, text }) => kind === '' && text.includes('_'.repeat(3000)))).toBe(true);
    expect(runs.slice(-2)[0]).toEqual({ kind: 'k', text: 'let' });
  }
});

test('a grammar that is slow with a text is given up, and the rest stays plain', () => {
  let time = 0;
  const code = createCode(() => (time += 200));
  code.set('a\n'.repeat(4000).slice(0, 3990));
  expect(code.colour((text) => ({ runs: [{ kind: 'k', text }], safe: 0 }), true)).toBe(false);
});

test('hostile lines take no slice over 50 ms', async () => {
  const hostile = ['"', '<', '{', '(', '/', '\\', '`', '$(', 'a.', '<a ', '/*', '#', '-- ', '0x', '_'].map((part) =>
    `${part.repeat(990 / part.length)}\n`.repeat(4),
  );
  for (const language of ['TypeScript', 'HTML', 'Markdown', 'C++', 'PHP', 'Shell', 'Swift', 'Ruby', 'SQL', 'CSS', 'YAML']) {
    const colour = (await colourOf(language))!;
    colour('warm');
    for (const text of hostile) {
      // The best of some: other programs use the machine as well.
      let best = Infinity;
      for (let i = 0; i < 8 && best >= 50; i++) {
        const begun = performance.now();
        colour(text);
        best = Math.min(best, performance.now() - begun);
      }
      expect(best, `${language} ${text.slice(0, 10)}`).toBeLessThan(50);
    }
  }
}); // prettier-ignore

test('only spans with one class and five references are read; anything else gives plain text', () => {
  const source_ = 'a<b>&"\'';
  const good = 'a<span class="hljs-string">&lt;b&gt;</span>&amp;&quot;&#x27;';
  expect(runsOf(source_, good).runs).toEqual([
    { kind: '', text: 'a' },
    { kind: 's', text: '<b>' },
    { kind: '', text: '&"\'' },
  ]);
  for (const bad of [
    good.replace('span class', 'span id'), good.replace('<span', '<span style="x"'), good.replaceAll('span', 'b'),
    `${good}</span>`, good.replace('</span>', ''), `${good}<img src=x>`, `${good}&nbsp;`, `${good}x`, `<!-- -->${good}`,
    good.replace('class="hljs-string"', "class='x'"), `<SPAN class="a">${good}</SPAN>`,
  ]) expect(runsOf(source_, bad).runs).toEqual([{ kind: '', text: source_ }]);
  expect(readMarkup('<a><b>x</a></b>', { open: () => true, close: () => {}, text: () => {} })).toBe(false);
}); // prettier-ignore

test('every language that is named has a grammar, or is named only', async () => {
  expect(languageOf('ts title="x"')).toBe('TypeScript');
  expect(languageOf('constructor')).toBe('constructor');
  expect(await colourOf(languageOf('rust'))).toBeTypeOf('function');
  expect(await colourOf('constructor')).toBeUndefined();
  expect(await colourOf('')).toBeUndefined();
});
