/** A code block on the page: it gains colour and stays its text, in few tints that can be read in both themes. */
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../base.css';
import '../../tokens.css';
import Code from './Code.svelte';

const PYTHON = 'def f(x):\n    # a comment\n    return "text" + 12\n';
const ROOT = document.documentElement;

/** Relative luminance and contrast after WCAG 2.2. */
const luminance = (colour: string) => {
  const [r, g, b] = colour.match(/[\d.]+/g)!.map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: string, b: string) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
};

test('a block gains colour when it is idle, and its text never changes', async () => {
  const { container, rerender } = await render(Code, { language: 'Python', text: PYTHON });
  const code = container.querySelector('code')!;
  expect(code.textContent).toBe(PYTHON);
  await expect.poll(() => container.querySelector('.c')?.textContent).toBe('# a comment');
  expect([...container.querySelectorAll('.k')].map((node) => node.textContent)).toEqual(['def', 'return']);
  expect(code.textContent).toBe(PYTHON);
  await rerender({ language: 'Python', text: `${PYTHON}x = 'fi` });
  expect(code.textContent).toBe(`${PYTHON}x = 'fi`);
  // The line that grows keeps still; what stands above it keeps its nodes.
  const first = container.querySelector('.k');
  await rerender({ language: 'Python', text: `${PYTHON}x = 'five'` });
  await expect.poll(() => [...container.querySelectorAll('.s')].at(-1)?.textContent).toBe("'five'");
  expect(container.querySelector('.k')).toBe(first);
  expect(code.textContent).toBe(`${PYTHON}x = 'five'`);
});

test('a block that is being written is coloured at most four times a second', async () => {
  const { container, rerender } = await render(Code, { language: 'JavaScript', text: 'let a;\n' });
  await expect.poll(() => container.querySelectorAll('.k').length).toBe(1);
  let text = 'let a;\n';
  let coloured = 0;
  let before = 1;
  const begun = performance.now();
  while (performance.now() - begun < 1000) {
    text += 'let a;\n';
    await rerender({ language: 'JavaScript', text });
    await new Promise(requestAnimationFrame);
    const now = container.querySelectorAll('.k').length;
    if (now !== before) coloured++;
    before = now;
  }
  expect(coloured).toBeGreaterThan(1);
  expect(coloured).toBeLessThanOrEqual(5);
});

test('a language without a grammar, and a block too long, stay plain, with a word for the second', async () => {
  const { container, rerender } = await render(Code, { language: 'Solidity', text: 'contract A {}' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(container.querySelectorAll(':is(.k, .s, .c, .f, .n)').length).toBe(0);
  expect(container.querySelector('header span')!.textContent).toBe('Solidity');
  await rerender({ language: 'Python', text: 'x = 1\n'.repeat(2001) });
  await tick();
  expect(container.querySelector('header span')!.textContent).toBe('Python, too long to colour');
});

test.for(['light', 'dark'])('every tint reads at 4.5 to 1 on the block and on a selection: %s', (theme) => {
  ROOT.dataset['theme'] = theme;
  const block = document.createElement('div');
  block.className = 'code';
  document.body.append(block);
  const wash = document.createElement('div');
  wash.style.background = 'var(--wash)';
  block.append(wash);
  const grounds = [block, wash].map((node) => getComputedStyle(node).backgroundColor);
  const tints = new Set<string>();
  for (const kind of ['', 'k', 's', 'c', 'f', 'n']) {
    const span = document.createElement('span');
    span.className = kind;
    block.append(span);
    const { color } = getComputedStyle(span);
    tints.add(color);
    for (const ground of grounds) expect(contrast(color, ground), `${kind} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  }
  expect(tints.size).toBe(5);
  block.remove();
  delete ROOT.dataset['theme'];
});
