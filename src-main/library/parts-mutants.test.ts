/** Broken mails, exports and chats: parts, refusals and Faults, and nothing else. `DAIMON_LONG` breaks ten times as many. */
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { mail, mbox } from '../../test/fixtures/mail.ts';
import { mutants } from '../../test/fixtures/mutants.ts';
import { isFault } from '../wire/index.ts';
import { readParts } from './parts-read.ts';
import { FAULTS, MOST_PART } from './process-door.ts';
import { readDocument } from './readers/read.ts';

const runs = process.env['DAIMON_LONG'] ? 5000 : 500;
const LONGEST_MS = 2000;

const html =
  '<html><body><h1>News</h1><p>Some <b>words</b> &amp; <a href="https://example.org">a link</a></p></body></html>';
const note = { name: 'Notiz für Bo.txt', type: 'text/plain', bytes: Buffer.from('A note that hangs on it') };
const whole = mail({ subject: 'Grüße', text: 'Über\r\n> quoted\r\n', html, attached: [note] });
const turn = (sender: string, text: string, uuid: string) => ({
  uuid,
  sender,
  text,
  created_at: '2024-05-01T10:00:00Z',
});
const claude = JSON.stringify([
  { uuid: 'u', name: 'Boats', chat_messages: [turn('human', 'Why?', 'a'), turn('assistant', 'It floats.', 'b')] },
  { uuid: 'v', name: 'Rain', chat_messages: [turn('human', 'When?', 'c')] },
]);
const telegram = JSON.stringify({
  chats: {
    list: ['Anna', 'Bo'].map((name, id) => ({
      name,
      type: 'personal_chat',
      id,
      messages: [
        { id: 1, type: 'message', date: '2023-12-24T18:05:12', from: name, text: ['a ', { type: 'bold', text: 'b' }] },
        { id: 2, type: 'message', date: '2023-12-25T18:05:12', from: name, text: 'c' },
      ],
    })),
  },
  about: 'Here is the data',
  personal_information: {},
});
const whatsapp = [
  '24.12.23, 18:05 - Anna: Hi',
  '24.12.23, 18:06 - Bo: Hello',
  'again',
  '[25.12.23, 9:00:00] Bo: Bye',
].join('\n');

const SOUND: [string, Uint8Array][] = [
  ['a.eml', whole],
  ['a.mbox', mbox([mail({ text: 'From here\r\n' }), whole, mail({ html })])],
  ['conversations.json', Buffer.from(claude)],
  ['result.json', Buffer.from(telegram)],
  ['_chat.txt', Buffer.from(whatsapp)],
  [
    'export.zip',
    zipSync({ 'conversations.json': strToU8(claude), '_chat.txt': strToU8(whatsapp), 'm.mbox': mbox([mail()]) }),
  ],
];

async function* inPieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 500) yield bytes.slice(at, at + 500);
}
async function outcome(name: string, bytes: Uint8Array): Promise<'parts' | 'refused' | 'fault'> {
  let parts = 0;
  try {
    const file = { bytes: inPieces(bytes), name, size: bytes.length, ocr: false, attached: true, readDocument };
    for await (const told of readParts(file)) {
      if (told.kind === 'refused') {
        expect(told.why).toMatch(/^\S[^]{5,400}\.$/);
        continue;
      }
      const { text, title = '', date = 0 } = told.part;
      expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
      expect(text.isWellFormed()).toBe(true);
      expect(text.length).toBeLessThanOrEqual(MOST_PART);
      expect(title).not.toMatch(/[\0-\x1f\x7f]/);
      expect(date).toBeGreaterThanOrEqual(0);
      parts++;
    }
  } catch (error) {
    if (!isFault(error)) throw error;
    expect(FAULTS).toContain(error.code);
    return 'fault';
  }
  return parts > 0 ? 'parts' : 'refused';
}

test.each(SOUND)('%s', async (name, sound) => {
  expect(await outcome(name, sound)).toBe('parts');
  const counts = { parts: 0, refused: 0, fault: 0 };
  for (const bytes of mutants(sound, runs, 20_261_124)) {
    const began = performance.now();
    counts[await outcome(name, bytes)]++;
    expect(performance.now() - began).toBeLessThan(LONGEST_MS);
  }
  // Most of a broken file is still there.
  expect(counts.parts).toBeGreaterThan(runs / 4);
});
