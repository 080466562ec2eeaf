/** Whatever the text, the answer fits into a message; and what fits is left alone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_FRAME } from '../wire/index.ts';
import { encodeFrame } from '../wire/text.ts';
import type { Document } from './door.ts';
import { fitting } from './fitting.ts';

const document = (text: string): Document => ({ name: 'a', kind: 'text', text, characters: text.length });
const frame = (value: unknown) => encodeFrame({ t: 'done', id: 1, value });
const bytes = (text: string) => new TextEncoder().encode(text).length;

test('a text of any letters is cut to fit, and no further than need be', () => {
  const letters = fc.constantFrom(
    'a',
    'é',
    '東',
    '🌊',
    '<',
    '"',
    '\\',
    '\n',
    '\t',
    '\u2028',
    '\u2029',
    '\x7f',
    '\u0085',
  );
  fc.assert(
    fc.property(fc.array(letters, { minLength: 100, maxLength: 2000 }), (given) => {
      const text = given.join('');
      const { text: kept, characters, note } = fitting(document(text), 1000);
      expect(text.startsWith(kept)).toBe(true);
      expect(kept.isWellFormed()).toBe(true);
      expect(characters).toBe(kept.length);
      const empty = bytes(frame(''));
      expect(bytes(frame(kept)) - empty).toBeLessThanOrEqual(1000);
      if (kept === text) expect(note).toBeUndefined();
      // A wave counts two bytes more than it takes.
      else expect(bytes(frame(kept)) - empty).toBeGreaterThan(1000 - 6 - 2 * (kept.match(/🌊/gu)?.length ?? 0));
    }),
    { seed: 11 },
  );
});

test.each(['x', '<', '東', '"\n'])('five million characters of %j can be sent', (letters) => {
  const whole = document(letters.repeat(5_000_000 / letters.length));
  const fit = fitting(whole);
  expect(bytes(frame(fit))).toBeLessThanOrEqual(MAX_FRAME);
  if (letters === 'x') expect(fit).toBe(whole);
  else expect(fit.note).toMatch(/^Only the first [\d,]+ characters are shown here\.$/);
});
