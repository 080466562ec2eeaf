/** Formulas are found where people and models write them, prices and shell variables are not, and set as listed nodes. */
import fc from 'fast-check';
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Markdown from '../Markdown.svelte';
import { blocks } from './convert.ts';
import { createDocument } from './document.ts';
import { formulaAt, openFormula } from './formulas.ts';
import { lex } from './lexer.ts';
import { letters } from './letters.ts';
import { mathOf, type MathNode } from './mathml.ts';
import { typesetter } from './maths.ts';
import type { Block, Inline } from './nodes.ts';

const found = (text: string): string[] => {
  const out: string[] = [];
  const walk = (nodes: readonly (Block | Inline | { children: readonly Block[] })[]): void => {
    for (const node of nodes) {
      if ('kind' in node && node.kind === 'formula')
        out.push(('display' in node ? node.display : true) ? `[${node.source}]` : `(${node.source})`);
      if ('children' in node) walk(node.children);
      if ('items' in node) walk(node.items);
      if ('rows' in node) for (const row of [node.head, ...node.rows]) for (const cell of row) walk(cell);
    }
  };
  walk(blocks(lex(text)));
  return out;
};

test.for<[string, string[]]>([
  ['The sum $a + b$ is.', ['(a + b)']],
  ['$x$, $y$ and $z_1$', ['(x)', '(y)', '(z_1)']],
  ['Power \\(a^2\\), and\n\\[ E = mc^2 \\]', ['(a^2)', '[E = mc^2]']],
  ['$$\n\\frac{a}{b}\n$$', ['[\\frac{a}{b}]']],
  ['Before\n$$\nx\n$$\nafter $y$', ['[x]', '(y)']],
  ['Before\n\\[\nx\n\\]\nafter', ['[x]']],
  ['in words $$x$$ on', ['[x]']],
  ['- one $a$\n- two\n\n  $$b$$\n> \\(c\\)', ['(a)', '[b]', '(c)']],
  ['| $a$ | b |\n|---|---|\n| \\(c\\) | $d_1$ |', ['(a)', '(c)', '(d_1)']],
  ['*it is $a_1*b_2$ so*', ['(a_1*b_2)']],
  ['**$n$ is even**', ['(n)']],
  ['$n \\text{ is even and greater}$', ['(n \\text{ is even and greater})']],
  ['$\\$5$ in a formula', ['(\\$5)']],
  ['It is $5 and $6.', []],
  ['From $5 to 10$ a day', []],
  ['$5-$6, US$5, A$7 and 5$', []],
  ['between $1,000/month and $2,000/month', []],
  ['I paid $20 for it, and $30 for $x$.', ['(x)']],
  ['echo $HOME and $PATH', []],
  ['a \\$b\\$ c', []],
  ['`$a$` and ``\\(b\\)``', []],
  ['```\n$a$\n$$b$$\n```', []],
  ['    $$a$$', []],
  ['\\\\(a\\\\)', []],
  ['$$', []],
  ['$$ $$', []],
  ['$a\n\nb$', []],
  ['\\[a\n\nb\\]', []],
  ['$ a$ and $a $', []],
  ['[link](https://example.org/$a$)', []],
])('%j', ([text, formulas]) => {
  expect(found(text)).toEqual(formulas);
});

test('a formula is what its marks enclose, whatever stands around it', () => {
  const source = fc.stringMatching(/^[a-z](?:[a-z0-9+=^_ ]{0,12}[a-z])?$/);
  fc.assert(
    fc.property(source, fc.constantFrom('$$', '\\['), fc.constantFrom('', ' ', '\n'), (text, open, space) => {
      const close = open === '$$' ? '$$' : '\\]';
      expect(formulaAt(`${open}${space}${text}${space}${close} rest`, ' ')?.source).toBe(text);
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('whatever the text, lexing keeps all of it and opening marks cost no more than their reach', () => {
  const piece = fc.constantFrom('$', '$$', '\\(', '\\)', '\\[', '\\]', '\\', 'a', ' ', '\n', '1', '`', '*', '_', '|');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
      const text = parts.join('');
      expect(
        lex(text)
          .map(({ raw }) => raw)
          .join('').length,
      ).toBeGreaterThanOrEqual(text.replace(/\s/g, '').length);
      expect(openFormula(text)).toBeLessThan(text.length + 1);
    }),
    { numRuns: 500, seed: 9 },
  );
  for (const open of ['\\[ ', '\\( ', '$$ x', '$a ', '\n$$', '\\[\n']) {
    const begun = performance.now();
    lex(open.repeat(16_000 / open.length));
    openFormula(open.repeat(16_000 / open.length));
    expect(performance.now() - begun, JSON.stringify(open)).toBeLessThan(400);
  }
});

const SET = [
  '\\frac{a}{b}', '\\sum_{i=1}^n i^2', '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}', 'f(x)=\\begin{cases}1&x>0\\\\0\\end{cases}',
  '\\begin{aligned}a&=b\\\\c&=d\\end{aligned}', '\\hat x\\vec v\\overline{AB}', '\\mathbb R\\mathcal L\\mathbf x\\mathfrak g',
  '\\int_0^\\infty e^{-x^2}\\,dx', '\\sqrt[3]{x}\\underbrace{a+b}_c', '\\begin{array}{l|c}a&b\\\\\\hline c&d\\end{array}',
  '\\boxed{E=mc^2}\\cancel{x}', '\\left(\\frac12\\right]', '\\lim_{x\\to0}\\sin x', '\\text{if } x \\neq 0', '\\xrightarrow[a]{b}',
]; // prettier-ignore

test('formulas that people write are set, and others are left as code', async () => {
  const set = await typesetter();
  for (const source of SET) expect(set({ source, display: true })?.tag, source).toBe('math');
  for (const source of [
    '\\bad{x}', '\\frac{a}', '\\href{https://a.example}{b}', '\\url{https://a.example}', '\\includegraphics{https://a.example/p.png}',
    '\\htmlData{a=b}{x}', '\\htmlStyle{color:red}{x}', '\\htmlClass{a}{x}', '\\htmlId{a}{x}', '\\def\\a{\\a\\a}\\a',
    '\\def\\a{\\b\\b}\\def\\b{\\c\\c}\\def\\c{\\d\\d}\\def\\d{\\e\\e}\\def\\e{\\f\\f}\\def\\f{\\g\\g}\\def\\g{\\h\\h}\\def\\h{\\i\\i}\\def\\i{xxxxxxxxxx}\\a',
    'x'.repeat(100_000), '{'.repeat(1000) + '}'.repeat(1000), '{}', '\\frac{1}{'.repeat(200) + '1' + '}'.repeat(200), 'a \\\\ #1', '$',
  ]) expect(set({ source, display: true }), source.slice(0, 60)).toBeUndefined();
}); // prettier-ignore

test('a macro ends with its formula', async () => {
  const set = await typesetter();
  expect(set({ source: '\\gdef\\mine{x}\\mine', display: false })).toBeDefined();
  expect(set({ source: '\\mine', display: false })).toBeUndefined();
});

test('no formula moves or stretches its boxes over what stands beside it', async () => {
  const set = await typesetter();
  const sizes: string[] = [];
  const walk = (node: MathNode | string): void => {
    if (typeof node === 'string') return;
    for (const [name, value] of node.attributes)
      if (/^(?:width|height|depth|voffset|lspace)$/.test(name)) sizes.push(`${name} ${value}`);
    node.children.forEach(walk);
  };
  for (const source of [
    '\\kern-50em x', '\\raisebox{50em}{x}', '\\rule{500em}{500em}', '\\hspace{-9em}x', '\\rule[9em]{1em}{1em}',
  ]) {
    const node = set({ source, display: false });
    expect(node, source).toBeDefined();
    walk(node!);
  }
  expect(sizes.sort()).toEqual([
    'height 0em', 'height 10em', 'height 9em', 'height 1em', 'voffset 0em', 'voffset 1em', 'voffset 1em', 'width -1em',
    'width -1em', 'width 1em', 'width 20em',
  ].sort());
}); // prettier-ignore

test('only listed elements and attributes come through, whatever the markup says', () => {
  const math = (inner: string) => mathOf(`<span class="katex"><math>${inner}</math></span>`, '#000');
  expect(math('<mi>a</mi>')).toEqual({
    tag: 'math',
    attributes: [],
    children: [{ tag: 'mi', attributes: [], children: ['a'] }],
  });
  for (const bad of [
    '<script>x</script>', '<a href="https://a.example">x</a>', '<img src="x"></img>', '<mglyph src="x"></mglyph>',
    '<maction>x</maction>', '<annotation-xml>x</annotation-xml>', '<mi>a', '<mi>a</mn>', '<mi>&nbsp;</mi>', '<style>x</style>',
    '<mstyle mathcolor="#000"><mi>a</mi></mstyle>', '<svg></svg>', '<foreignobject></foreignobject>', '<MI>a</MI>', '<mi a=b>a</mi>',
  ]) expect(math(bad), bad).toBeUndefined();
  expect(
    math(
      '<mi href="javascript:a" onclick="a" style="a" class="a" id="a" xlink:href="a" mathcolor="red" dir="rtl" width="99999em">a</mi>',
    ),
  ).toEqual(math('<mi>a</mi>'));
  expect(math('text <mrow>text<mi>a</mi></mrow>')).toEqual(math('<mrow><mi>a</mi></mrow>'));
}); // prettier-ignore

test('styled letters', () => {
  expect(letters('xR9', 'double-struck')).toBe('𝕩ℝ𝟡');
  expect(letters('Lh', 'script')).toBe('ℒ𝒽');
  expect(letters('αΩ', 'bold')).toBe('𝛂𝛀');
  expect(letters('h+é', 'italic')).toBe('ℎ+é');
  expect(letters('x', 'constructor')).toBe('x');
});

test('on the page: MathML with its own names, the source as code where it cannot be set', async () => {
  await typesetter();
  const { container, rerender } = await render(Markdown, { text: 'So $\\frac12$ and $\\bad$.\n\n$$x^2$$' });
  await expect.poll(() => container.querySelectorAll('math').length).toBe(2);
  expect(container.querySelector('math')!.namespaceURI).toBe('http://www.w3.org/1998/Math/MathML');
  expect(container.querySelector('mfrac')!.textContent).toBe('12');
  expect(container.querySelector('code')!.textContent).toBe('$\\bad$');
  expect(container.querySelector('.formula math')!.getAttribute('display')).toBe('block');
  await rerender({ text: 'So $\\frac12$ and $y$.' });
  await tick();
  await expect.poll(() => container.querySelectorAll('math').length).toBe(2);
  expect(container.textContent).toContain('So 12 and y.');
});

test('while a formula is being written its source stands as code, and no sign of it jumps', () => {
  const shown = (text: string): Block[] => {
    const doc = createDocument();
    doc.set(text, false);
    while (doc.read(5));
    return doc.parts.flatMap((part) => part.blocks);
  };
  expect(shown('So $\\frac{1}{2')).toEqual([
    { kind: 'paragraph', tight: false, children: [{ kind: 'text', text: 'So ' }, { kind: 'code', text: '$\\frac{1}{2' }] },
  ]);
  expect(shown('$$\nx = *y*')).toMatchObject([{ children: [{ kind: 'code', text: '$$ x = *y*' }] }]);
  expect(shown('So \\(a_1')).toMatchObject([{ children: [{ kind: 'text' }, { kind: 'code', text: '\\(a_1' }] }]);
  expect(shown('It costs $5 and')).toMatchObject([{ children: [{ kind: 'text', text: 'It costs $5 and' }] }]);
  expect(shown('So $a$ and')).toMatchObject([{ children: [{}, { kind: 'formula' }, {}] }]);
}); // prettier-ignore
