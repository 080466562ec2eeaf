/** A name of another direction stays inside its own isolate, in every sentence of both windows. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { say as confirm } from '../confirm/messages.en.ts';
import { say } from './index.ts';
import { isolate, isolating } from './isolate.ts';

const ARABIC = 'القارب القديم';

test('an Arabic name stands in an isolate of its own, a Latin one as it was typed', () => {
  expect(say.lock.title('Wren')).toBe('Wren is asleep.');
  expect(say.lock.title(ARABIC)).toBe(`\u2068${ARABIC}\u2069 is asleep.`);
  expect(say.shell.title('Own', ARABIC)).toBe(`Own · \u2068${ARABIC}\u2069`);
  expect(say.shell.title(ARABIC, 'Wren')).toBe(`\u2068${ARABIC}\u2069 · Wren`);
  expect(confirm.wordsTitle(ARABIC)).toBe(`The 24 words of \u2068${ARABIC}\u2069`);
});

test('a mixed name and names in a list are isolated too; numbers and sentences without a name are left alone', () => {
  expect(say.lock.wake(`Wren ${ARABIC} 2`)).toBe(`Wake \u2068Wren ${ARABIC} 2\u2069`);
  expect(say.welcome.model.found([ARABIC, 'Ollama'], 2)).toContain(`\u2068${ARABIC}\u2069 and Ollama`);
  expect(say.settings.minutes(5)).toBe('After 5 minutes');
  expect(say.welcome.hello.starts).toHaveLength(3);
});

test('a mark left open in a name cannot swallow the end of the isolate', () => {
  expect(isolate(`\u2067${ARABIC}`)).toBe(`\u2068${ARABIC}\u2069`);
  expect(isolate('\u202eWren')).toBe('Wren');
});

test('whatever the name, marks pair up, and isolating twice is isolating once', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', '1', ' ', '!', 'ا', 'ש', '\u{1e900}', '\u2067', '\u2068', '\u2069', '\u202e'),
  });
  const { of } = isolating({ of: (one: string) => one });
  fc.assert(
    fc.property(name, (text) => {
      const once = of(text);
      expect(once).toMatch(/^(?:\u2068[^\u202a-\u202e\u2066-\u2069]+\u2069|[^\u202a-\u202e\u2066-\u2069]*)$/);
      expect(of(once)).toBe(once);
    }),
    { numRuns: 500, seed: 3 },
  );
});
