/** Model text is hostile: 500 payloads in a real Chromium run nothing, ask for nothing and make no unlisted element. */
import { tick } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { CANARY, HOST, xss } from '../../../test/fixtures/xss.ts';
import Markdown from '../Markdown.svelte';
import { typesetter } from './maths.ts';

/** Every tag that the renderer makes, and the attributes it may carry beside those of every tag. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  DIV: ['role', 'aria-label', 'tabindex'], P: [], SPAN: ['role', 'tabindex', 'aria-label'], BDI: [], BR: [], HR: [],
  EM: [], STRONG: [], DEL: [], CODE: [], PRE: ['tabindex', 'role', 'aria-label'], HEADER: [], BUTTON: ['type'],
  H3: [], H4: [], H5: [], H6: [], UL: [], OL: ['start'], LI: [], BLOCKQUOTE: [],
  TABLE: [], THEAD: [], TBODY: [], TR: [], TH: ['scope'], TD: [],
}; // prettier-ignore
const EVERYWHERE = ['class', 'dir'];
/** Elements of formulas, and all that they may say: no address, no name, no style. */
const MATHS =
  /^m(?:ath|row|i|n|o|text|space|frac|sqrt|root|sub|sup|subsup|under|over|underover|style|padded|phantom|enclose|table|tr|td)$/;
const SAYS = [
  'class', 'accent', 'accentunder', 'display', 'displaystyle', 'fence', 'largeop', 'linethickness', 'lspace', 'maxsize',
  'minsize', 'movablelimits', 'rspace', 'scriptlevel', 'separator', 'stretchy', 'symmetric', 'width', 'height', 'depth',
  'voffset', 'mathvariant',
]; // prettier-ignore

const flawsOf = (root: Element) =>
  [...root.querySelectorAll('*')].flatMap((element) => {
    if (element.namespaceURI === 'http://www.w3.org/1998/Math/MathML' && MATHS.test(element.tagName))
      return element
        .getAttributeNames()
        .filter((name) => !SAYS.includes(name))
        .map((name) => `<${element.tagName} ${name}>`);
    const attributes = ALLOWED[element.tagName];
    if (!attributes) return [`<${element.tagName}>`];
    return element
      .getAttributeNames()
      .filter((name) => !EVERYWHERE.includes(name) && !attributes.includes(name))
      .map((name) => `<${element.tagName} ${name}>`);
  });

test('500 payloads run no script, ask for nothing, and make only listed elements and attributes', async () => {
  let ran = 0;
  Object.assign(window, { [CANARY]: () => ran++ });
  const asked: string[] = [];
  const observer = new PerformanceObserver((list) => asked.push(...list.getEntries().map(({ name }) => name)));
  observer.observe({ type: 'resource', buffered: true });
  const refused: string[] = [];
  document.addEventListener('securitypolicyviolation', (event) => refused.push(event.blockedURI));

  const payloads = xss(500);
  expect(new Set(payloads).size).toBe(500);
  const { container, rerender } = await render(Markdown, { text: '', writing: true });
  const flaws: string[] = [];
  let words = 0;
  let formulas = 0;
  await typesetter();
  for (const payload of payloads) {
    await rerender({ text: payload, writing: false });
    await tick();
    // Formulas and colours come when there is time for them.
    if (/^(?:\$|```)/.test(payload)) await new Promise((resolve) => setTimeout(resolve, 50));
    const found = flawsOf(container);
    if (found.length > 0) flaws.push(`${payload}: ${found.join(' ')}`);
    words += container.textContent.length;
    formulas += container.querySelectorAll('math').length;
    // Everything a person or a script could touch: press, focus, hover, toggle.
    for (const element of container.querySelectorAll<HTMLElement>('*')) {
      if (element.closest('button, [role=link]')) continue;
      for (const type of ['click', 'pointerover', 'mouseover', 'focus', 'toggle'])
        element.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  observer.disconnect();
  expect(flaws).toEqual([]);
  expect(ran).toBe(0);
  expect(asked.filter((name) => name.includes(HOST) || /good\.example|^(data|blob|file):/.test(name))).toEqual([]);
  expect(refused).toEqual([]);
  // The test would pass on an empty page; the payloads are there as text.
  expect(formulas).toBeGreaterThan(5);
  expect(words).toBeGreaterThan(payloads.join('').length * 0.8);
});

test('the canary and the observer do notice what a careless renderer would do', async () => {
  let ran = 0;
  Object.assign(window, { [CANARY]: () => ran++ });
  const careless = document.createElement('div');
  document.body.append(careless);
  careless.append(
    document.createRange().createContextualFragment(`<img src="https://${HOST}/seen.png" onerror=${CANARY}()>`),
  );
  await expect.poll(() => ran).toBe(1);
  await expect
    .poll(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('seen.png')))
    .toBe(true);
  expect(flawsOf(careless)).toEqual(['<IMG>']);
  careless.remove();
});
