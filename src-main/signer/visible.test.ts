/** Hidden characters are named in place; nothing of the message is lost or invented. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible, visibleText } from './visible.ts';

const hidden = (message: string) => visible(message).flatMap((segment) => segment.hidden ?? []);

test('direction marks, controls, blanks and tags are named', () => {
  expect(hidden('a\u202eb')).toEqual(['U+202E right-to-left override']);
  expect(hidden('\u200b\u200b\u200b')).toEqual(['U+200B zero-width space × 3']);
  expect(hidden('\u001b[31m')).toEqual(['U+001B escape']);
  expect(hidden('a\u00a0b')).toEqual(['U+00A0 no-break space']);
  expect(hidden('\u{e0041}')).toEqual(['U+E0041']);
  expect(hidden('\u3164')).toEqual(['U+3164']);
  expect(hidden('line\r\nline')).toEqual(['U+000D carriage return']);
});

test('letters of every script, line feeds and emoji are left alone', () => {
  expect(hidden('Straße שלום مرحبا 日本語 é\nनमस्ते')).toEqual([]);
  expect(hidden('👩‍👩‍👧 ❤️ 👍🏽 🇩🇪')).toEqual([]);
  expect(hidden('a\u200db')).toEqual(['U+200D zero-width joiner']);
});

test('joined, the segments are the message; the terminal text has no control character', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '\u202e', '\u200b', '\u0007', 'é', '👍', '\u001b', '\ufe0f'),
    maxLength: 200,
  });
  fc.assert(
    fc.property(text, (message) => {
      expect(
        visible(message)
          .map((segment) => segment.text)
          .join(''),
      ).toBe(message);
      expect(visibleText(message)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069\u200b]/);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('a message of nothing but hidden characters does not become a page of marks', () => {
  const message = '\u200b\u202e'.repeat(50_000);
  expect(visible(message).length).toBeLessThan(2100);
  expect(
    visible(message)
      .map((segment) => segment.text)
      .join(''),
  ).toBe(message);
});
