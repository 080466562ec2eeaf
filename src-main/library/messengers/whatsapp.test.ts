/** WhatsApp's chats: the lines of many languages and both systems, and days that no line says the order of. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWhatsapp, lineOf, messagesOf, orderOf, partsOfWhatsapp } from './whatsapp.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 500;
const seed = 20_261_124;
const NARROW = '\u202f';
const parts = (text: string, name = '_chat.txt') => [...partsOfWhatsapp(Buffer.from(text), name)];

describe('one line', () => {
  test.each([
    ['Android, German', '24.12.23, 18:05 - Anna: Hi', [24, 12, 23], 18, 5],
    ['Android, British', '24/12/2023, 18:05 - Anna: Hi', [24, 12, 2023], 18, 5],
    ['Android, American', `12/24/23, 6:05${NARROW}PM - Anna: Hi`, [12, 24, 23], 18, 5],
    ['Android, Indian', '24/12/23, 6:05 pm - Anna: Hi', [24, 12, 23], 18, 5],
    ['Android, Spanish', `24/12/23, 6:05${NARROW}p.${NARROW}m. - Anna: Hi`, [24, 12, 23], 18, 5],
    ['Android, Dutch', '24-12-2023 18:05 - Anna: Hi', [24, 12, 2023], 18, 5],
    ['Android, Swedish', '2023-12-24 18:05 - Anna: Hi', [2023, 12, 24], 18, 5],
    ['Android, Finnish', '24.12.2023 klo 18.05 - Anna: Hi', [24, 12, 2023], 18, 5],
    ['Android, Hungarian', '2023. 12. 24. 18:05 - Anna: Hi', [2023, 12, 24], 18, 5],
    ['Android, Chinese', '2023/12/24 下午6:05 - Anna: Hi', [2023, 12, 24], 18, 5],
    ['Android, Korean', '2023. 12. 24. 오후 6:05, Anna : Hi', [2023, 12, 24], 18, 5],
    ['iOS, German', '[24.12.23, 18:05:12] Anna: Hi', [24, 12, 23], 18, 5],
    ['iOS, American', `[12/24/23, 6:05:12${NARROW}PM] Anna: Hi`, [12, 24, 23], 18, 5],
    ['iOS, with a mark', '\u200e[24/12/2023, 18:05:12] Anna: Hi', [24, 12, 2023], 18, 5],
    ['iOS, Brazilian', '[24/12/2023 18:05:12] Anna: Hi', [24, 12, 2023], 18, 5],
    ['midnight', '12/24/23, 12:05 AM - Anna: Hi', [12, 24, 23], 0, 5],
    ['noon', '12/24/23, 12:05 PM - Anna: Hi', [12, 24, 23], 12, 5],
  ])('%s', (_, line, numbers, hour, minute) => {
    expect(lineOf(line)).toMatchObject({ numbers, hour, minute, rest: expect.stringMatching(/Anna ?: Hi$/) });
  });

  test.each(['Hello', '24.12.23 is the day', '3 apples - Anna: yes', '[1] a note', '99:99 - x: y', ''])(
    '%j goes on the message before it',
    (line) => expect(lineOf(line)).toBeUndefined(),
  );
});

test('messages keep their lines, and what WhatsApp itself says is left out', () => {
  const text = [
    '24/12/2023, 18:05 - Messages and calls are end-to-end encrypted. Tap to learn more.',
    '24/12/2023, 18:05 - Anna created group "Trip"',
    '24/12/2023, 18:06 - Anna: First line',
    '',
    'third line: with a colon',
    '24/12/2023, 18:07 - Bo: <Media omitted>',
    '24/12/2023, 18:07 - Bo: \u200eimage omitted',
    '24/12/2023, 18:07 - Bo: <Medien ausgeschlossen>',
    '24/12/2023, 18:07 - Bo: This message was deleted',
    '24/12/2023, 18:08 - ~\u202f+49 170 1234567: Hello: there',
  ].join('\n');
  expect(messagesOf(text)).toEqual([
    { who: 'Anna', text: 'First line\n\nthird line: with a colon', at: Date.UTC(2023, 11, 24, 18, 6) },
    { who: '+49 170 1234567', text: 'Hello: there', at: Date.UTC(2023, 11, 24, 18, 8) },
  ]);
});

test('any chat is read as it was written, in every order of day and month', () => {
  const name = fc.stringMatching(/^[A-Za-zÄöü東京 ]{1,12}$/).filter((one) => one.trim() !== '');
  const said = fc
    .array(fc.string({ maxLength: 30 }), { minLength: 1, maxLength: 3 })
    .map((lines) =>
      lines.map((line) => `.${line.replace(/[\r\n\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ')}`).join('\n'),
    );
  const two = (value: number) => String(value).padStart(2, '0');
  const styles: Record<string, (d: Date) => string> = {
    dmy: (d) =>
      `${two(d.getUTCDate())}.${two(d.getUTCMonth() + 1)}.${two(d.getUTCFullYear() % 100)}, ${two(d.getUTCHours())}:${two(d.getUTCMinutes())} - `,
    mdy: (d) =>
      `[${d.getUTCMonth() + 1}/${d.getUTCDate()}/${two(d.getUTCFullYear() % 100)}, ${d.getUTCHours() % 12 || 12}:${two(d.getUTCMinutes())}:00${NARROW}${d.getUTCHours() < 12 ? 'AM' : 'PM'}] `,
    ymd: (d) =>
      `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}, ${two(d.getUTCHours())}:${two(d.getUTCMinutes())} - `,
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(styles)),
      fc.array(fc.record({ name, said, later: fc.integer({ min: 0, max: 3000 }) }), { minLength: 1, maxLength: 12 }),
      (style, chat) => {
        // A 13th is among them, so that the order can be known.
        let at = Date.UTC(2023, 10, 13, 9, 30);
        const messages = chat.map(({ name, said, later }) => ({
          who: name.trim(),
          text: said,
          at: (at += later * 60_000),
        }));
        messages.unshift({ who: 'A', text: '.', at: Date.UTC(2023, 10, 13, 9, 30) });
        const text = messages.map(({ who, text, at }) => `${styles[style]!(new Date(at))}${who}: ${text}`).join('\n');
        expect(messagesOf(text)).toEqual(messages);
      },
    ),
    { numRuns: runs, seed },
  );
});

test('the order of days is the one in which all exist and none goes back', () => {
  const dates = (...all: string[]) => all.map((one) => one.split('/').map(Number) as [number, number, number]);
  expect(orderOf(dates('13/1/24', '14/1/24'), true)).toBe('dmy');
  expect(orderOf(dates('1/13/24', '1/14/24'), false)).toBe('mdy');
  expect(orderOf(dates('3/1/24', '3/2/24', '4/1/24'), false)).toBe('mdy');
  expect(orderOf(dates('1/3/24', '2/3/24', '1/4/24'), true)).toBe('dmy');
  expect(orderOf(dates('2024/1/3'), false)).toBe('ymd');
  expect(orderOf(dates('1/2/24'), true)).toBe('mdy');
  expect(orderOf(dates('1/2/24'), false)).toBe('dmy');
});

test('a chat becomes documents of whole days with about 500 messages, and its name', () => {
  const lines = Array.from({ length: 1300 }, (_, i) => {
    const day = 1 + Math.floor(i / 100);
    return `${day}.12.23, 18:${String(i % 60).padStart(2, '0')} - ${i % 2 ? 'Anna' : 'Bo'}: message ${i}`;
  });
  const told = parts(lines.join('\n'), 'WhatsApp-Chat mit Anna & Bo.txt');
  expect(told).toHaveLength(3);
  const texts = told.map((one) => (one.kind === 'part' ? one.part.text : ''));
  expect(told[1]).toMatchObject({
    part: { title: 'Anna & Bo', kind: 'conversation', date: Date.UTC(2023, 11, 6, 18, 20) },
  });
  expect(texts[1]).toMatch(/^## 2023-12-06\n\nBo: message 500\n\nAnna: message 501/);
  const all = texts.join('\n').match(/message \d+/g)!;
  expect(all).toEqual(Array.from({ length: 1300 }, (_, i) => `message ${i}`));
});

test('a day with thousands of messages is cut, and loses none', () => {
  const lines = Array.from({ length: 1200 }, (_, i) => `24.12.23, 18:05 - Anna: m${i}.`);
  const told = parts(['23.12.23, 18:05 - Anna: before.', ...lines].join('\n'));
  const texts = told.map((one) => (one.kind === 'part' ? one.part.text : ''));
  expect(texts.map((text) => text.match(/Anna: /g)!.length)).toEqual([1, 500, 500, 200]);
  expect(texts.join('\n').match(/m\d+/g)).toEqual(Array.from({ length: 1200 }, (_, i) => `m${i}`));
});

test('other texts are none', () => {
  expect(isWhatsapp('[2024-01-02, 10:00:00] started: yes\nline\n', 'log.txt')).toBe(false);
  expect(isWhatsapp('Dear diary\n24.12.23, 18:05 - Anna: Hi\n', '_chat.txt')).toBe(false);
  expect(isWhatsapp('24.12.23, 18:05 - Anna: Hi\n', '_chat.txt')).toBe(true);
  expect(isWhatsapp('24.12.23, 18:05 - A: 1\n24.12.23, 18:05 - B: 2\n24.12.23, 18:06 - A: 3\n', 'x.txt')).toBe(true);
});
