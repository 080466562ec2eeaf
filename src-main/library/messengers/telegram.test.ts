/** Telegram's exports: one chat or all of them, of any size, cut anywhere. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Told } from '../parts.ts';
import { nested, type Nested } from './nested.ts';
import { partsOfTelegram } from './telegram.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 500;
const seed = 20_261_124;

async function* cutInto(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
};
const read = (value: unknown, size = 1 << 20): Promise<Told[]> =>
  all(partsOfTelegram(cutInto(typeof value === 'string' ? value : JSON.stringify(value, undefined, 1), size)));

const message = (id: number, from: string, text: unknown, more: object = {}) => ({
  id,
  type: 'message',
  date: '2023-12-24T18:05:12',
  date_unixtime: '1703437512',
  from,
  from_id: `user${id}`,
  text,
  text_entities: [],
  ...more,
});
const chat = (name: string, messages: readonly unknown[]) => ({ name, type: 'personal_chat', id: 7, messages });

test('one chat, with entities, files and what was forwarded; calls and pictures say nothing', async () => {
  const value = chat('Anna', [
    { id: 1, type: 'service', action: 'phone_call', date: '2023-12-24T18:00:00', text: '' },
    message(2, 'Anna', 'Hello'),
    message(3, 'Bo', ['See ', { type: 'link', text: 'example.org' }, '!']),
    message(4, 'Bo', '', { photo: 'photos/1.jpg' }),
    message(5, 'Anna', '', { file: 'files/a.pdf', file_name: 'a.pdf' }),
    message(6, 'Anna', 'News', { forwarded_from: 'Cora' }),
  ]);
  for (const size of [1, 13, 1 << 20])
    expect(await read(value, size)).toMatchObject([
      {
        kind: 'part',
        part: {
          kind: 'conversation',
          title: 'Anna',
          date: Date.UTC(2023, 11, 24, 18, 5, 12),
          text: '## 2023-12-24\n\nAnna: Hello\n\nBo: See example.org!\n\nAnna: [file: a.pdf]\n\nAnna: (forwarded from Cora) News',
        },
      },
    ]);
});

test('all chats, whatever stands around them; a broken message costs itself', async () => {
  const text = JSON.stringify({
    about: 'Here is the data',
    personal_information: { first_name: 'Bo "[{', messages: 'none' },
    contacts: { list: [{ name: 'x', deep: [[[{}]]] }] },
    chats: {
      list: [chat('Anna', [message(1, 'Anna', 'a')]), chat('Bo', [message(2, 'Bo', 'BROKEN'), message(3, 'Bo', 'c')])],
    },
    left_chats: { list: [chat('', [message(4, 'Cora', 'd')])] },
  }).replace('"BROKEN"', '"x" "y"');
  expect(await read(text, 50)).toMatchObject([
    { part: { title: 'Anna', text: expect.stringContaining('Anna: a') } },
    { part: { title: 'Bo', text: expect.stringMatching(/Bo: c$/) } },
    { kind: 'refused', why: expect.stringMatching(/^1 message/) },
    { part: { title: 'Telegram chat' } },
  ]);
});

test('a file that was cut off gives what it has, and says so', async () => {
  const text = JSON.stringify(chat('Anna', [message(1, 'Anna', 'a'), message(2, 'Anna', 'b')]));
  expect(await read(text.slice(0, -30))).toMatchObject([
    { part: { text: expect.stringContaining('Anna: a') } },
    { kind: 'refused', why: expect.stringMatching(/ends in the middle/) },
  ]);
  await expect(read('{"name": "x", "type": "personal_chat"}')).rejects.toMatchObject({ code: 'not-an-export' });
});

test('any JSON is cut as JSON.parse would see it', async () => {
  const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' });
  await fc.assert(
    fc.asyncProperty(
      fc.array(value),
      value,
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      async (list, other, size, spaces) => {
        const text = JSON.stringify({ a: { other, name: 'n"\\', messages: list }, z: 1 }, undefined, spaces ? 2 : 0);
        const found = await all(nested(cutInto(text, size), 'messages', { most: 1 << 20, deepest: 100 }));
        const elements = (items: readonly Nested[]) =>
          items.flatMap((one) => (one.kind === 'element' ? [JSON.parse(one.text) as unknown] : []));
        // `other` may have an array of that name as well.
        const start = found.findLastIndex(({ kind }) => kind === 'begin');
        expect((found[start] as Extract<Nested, { kind: 'begin' }>).fields.get('name')).toBe('n"\\');
        expect(elements(found.slice(start))).toEqual(JSON.parse(JSON.stringify(list)));
        expect(found.at(-1)).toEqual({ kind: 'end' });
      },
    ),
    { numRuns: runs, seed },
  );
});

test('an element over the limit is passed over; brackets without end find nothing', async () => {
  const text = JSON.stringify({ messages: ['a', 'b'.repeat(1000), 'c'] });
  const kinds = (await all(nested(cutInto(text, 10), 'messages', { most: 100, deepest: 10 }))).map(({ kind }) => kind);
  expect(kinds).toEqual(['begin', 'element', 'too-large', 'element', 'end']);
  expect(await all(nested(cutInto('['.repeat(100_000), 1000), 'messages', { most: 100, deepest: 10 }))).toEqual([]);
});
