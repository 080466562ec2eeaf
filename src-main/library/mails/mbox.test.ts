/** Mail archives: any mails survive the round trip, however the bytes come; separators of every program are known. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envelopeDate, isMbox, mailsOf, type Piece } from './mbox.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 500;
const ENVELOPE = 'anna@example.org Sun Dec 24 18:05:12 2023';

async function* cutInto(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    // In memory that is used again, as a careless sender would.
    yield Uint8Array.from(bytes.subarray(at, at + size));
    at += size;
  }
}
const read = async (bytes: Buffer, sizes: readonly number[] = [1 << 20], most = 1 << 20) => {
  const pieces: Piece[] = [];
  for await (const piece of mailsOf(cutInto(bytes, sizes), most)) pieces.push(piece);
  return pieces;
};
const texts = (pieces: readonly Piece[]) =>
  pieces.map((piece) => (piece.kind === 'mail' ? Buffer.from(piece.bytes).toString() : piece.kind));
/** As mboxrd has it. */
const archive = (mails: readonly string[], end = '\n') =>
  mails.map((mail) => `From ${ENVELOPE}${end}${mail.replace(/^(>*From )/gm, '>$1')}${end}`).join('');

const line = fc.oneof(
  fc.constantFrom('', 'From ', `From ${ENVELOPE}`, 'From me to you', '>From here', '>>From there', ' From', 'from x'),
  fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ' ')),
);
const mail = fc
  .tuple(fc.constantFrom('Subject: x', 'Received: from y'), fc.array(line, { maxLength: 8 }))
  .map(([header, body]) => `${header}\n\n${body.map((one) => `${one}\n`).join('')}`);

test('any mails come out as they went in, cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(mail, { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      async (mails, sizes) => {
        const pieces = await read(Buffer.from(archive(mails)), sizes);
        expect(texts(pieces)).toEqual(mails);
        for (const piece of pieces) expect(piece).toMatchObject({ envelope: ENVELOPE });
      },
    ),
    { numRuns: runs, seed: 20_261_124 },
  );
});

test('any bytes at all end, and nothing of them is lost but separators and marks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constantFrom('\n', '\r\n', 'From ', '>From ', ENVELOPE, 'A: b'), fc.string())),
      fc.integer({ min: 1, max: 50 }),
      async (parts, size) => {
        const whole = Buffer.from(parts.join(''));
        const bytes = (await read(whole, [size])).map((piece) => (piece.kind === 'mail' ? piece.bytes.length : 0));
        const got = bytes.reduce((sum, one) => sum + one, 0);
        expect(got).toBeLessThanOrEqual(whole.length);
        expect(texts(await read(whole))).toEqual(texts(await read(whole, [size])));
      },
    ),
    { numRuns: runs, seed: 20_261_124 },
  );
});

describe('separators', () => {
  test('with line ends of Windows', async () => {
    const mails = ['Subject: a\r\n\r\nFrom me\r\n\r\n', 'Subject: b\r\n\r\n>From me\r\nx\r\n'];
    expect(texts(await read(Buffer.from(archive(mails, '\r\n')), [7]))).toEqual(mails);
  });

  test.each([
    'From - Sun Dec 24 18:05:12 2023',
    'From 1785618230@xxx Sun Dec 24 18:05:12 +0000 2023',
    'From MAILER-DAEMON Sun Dec 24 18:05:12 2023',
    'From anna berg@example.org  Sun Dec 24 18:05 CET 2023',
    'From nobody',
  ])('%s', async (separator) => {
    const one = `${separator}\nX-Gmail-Labels: a\n\nHello\n`;
    expect(isMbox(one)).toBe(true);
    expect(texts(await read(Buffer.from(`${one}\n${one}\n${one}`)))).toHaveLength(3);
  });

  test('a sentence that was not quoted is no separator', async () => {
    const body = 'Subject: x\n\nHello\n\nFrom now on we meet at 18:05 in 2024.\nSee you\n\nFrom\n';
    expect(texts(await read(Buffer.from(`From ${ENVELOPE}\n${body}`)))).toEqual([body]);
    expect(isMbox('From now on: nothing\nis as it was\n')).toBe(false);
  });

  test('without an empty line before them, when they say when', async () => {
    const two = `From ${ENVELOPE}\nA: b\n\nx\nFrom ${ENVELOPE}\nC: d\n\ny\n`;
    expect(texts(await read(Buffer.from(two)))).toEqual(['A: b\n\nx\n', 'C: d\n\ny\n']);
  });
});

test('a mail that is too large is passed over, and the others stand', async () => {
  const mails = ['Subject: a\n\nx\n', `Subject: b\n\n${'y'.repeat(5000)}\n`, 'Subject: c\n\nz\n'];
  expect(texts(await read(Buffer.from(archive(mails)), [100], 1000))).toEqual([mails[0], 'too-large', mails[2]]);
});

test('a separator says when its mail came', () => {
  const at = Date.UTC(2023, 11, 24, 18, 5, 12);
  expect(envelopeDate(ENVELOPE)).toBe(at);
  expect(envelopeDate('1785618230@xxx Sun Dec 24 18:05:12 +0100 2023')).toBe(at - 3_600_000);
  expect(envelopeDate('- Sun Dec  4 18:05:12 2023')).toBe(Date.UTC(2023, 11, 4, 18, 5, 12));
  for (const none of ['', 'nobody', 'x Sun Foo 24 18:05:12 2023', 'x Sun Dec 24 18:05:12'])
    expect(envelopeDate(none)).toBeUndefined();
});
