/** ZIP files as they stream by: every way in which writers say how long an entry is, however the bytes are cut. */
import fc from 'fast-check';
import { Zip, ZipDeflate, ZipPassThrough, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isFault } from '../../wire/index.ts';
import { pullFrom } from './pull.ts';
import { entriesOf } from './zip.ts';

const runs = process.env['DAIMON_LONG'] ? 5_000 : 120;
async function* pieces(bytes: Uint8Array, sizes: readonly number[]) {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
async function read(
  bytes: Uint8Array,
  sizes: readonly number[] = [1000],
  wanted = (name: string) => name.startsWith('+'),
) {
  const found: [string, string][] = [];
  for await (const { name, bytes: data } of entriesOf(pullFrom(pieces(bytes, sizes)), wanted)) {
    const parts: Uint8Array[] = [];
    for await (const part of data) parts.push(part.slice());
    found.push([name, Buffer.concat(parts).toString('latin1')]);
  }
  return found;
}
/** A writer that learns an entry's length only after it: sizes stand behind the data. */
function streamed(entries: readonly (readonly [string, Uint8Array, boolean])[]): Uint8Array {
  const out: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    out.push(chunk);
  });
  for (const [name, data, packed] of entries) {
    const entry = packed ? new ZipDeflate(name) : new ZipPassThrough(name);
    zip.add(entry);
    entry.push(data, true);
  }
  zip.end();
  return Buffer.concat(out);
}

const name = fc.stringMatching(/^[+-][a-z/.]{0,6}$/);
const data = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  // What looks like the archive's own marks.
  fc
    .constantFrom('PK\x03\x04', 'PK\x07\x08', 'PK\x01\x02', 'PK\x07\x08PK\x03\x04')
    .map((mark) => new Uint8Array(Buffer.from(mark.repeat(40), 'latin1'))),
);
const entries = fc.uniqueArray(fc.tuple(name, data, fc.boolean()), { selector: ([one]) => one, maxLength: 5 });
const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 });
const expected = (list: readonly (readonly [string, Uint8Array, boolean])[]) =>
  list.filter(([one]) => one.startsWith('+')).map(([one, bytes]) => [one, Buffer.from(bytes).toString('latin1')]);

test('lengths before the data', async () => {
  await fc.assert(
    fc.asyncProperty(entries, sizes, async (list, cuts) => {
      const zip = zipSync(
        Object.fromEntries(list.map(([one, bytes, packed]) => [one, [bytes, { level: packed ? 6 : 0 }]])),
      );
      // The library sorts nothing, but an object's own order puts numbers first; names here never are numbers.
      expect(await read(zip, cuts)).toEqual(expected(list));
    }),
    { numRuns: runs, seed: 1 },
  );
});

test('lengths behind the data, packed or as they are, with marks inside', async () => {
  await fc.assert(
    fc.asyncProperty(entries, sizes, async (list, cuts) => {
      expect(await read(streamed(list), cuts)).toEqual(expected(list));
    }),
    { numRuns: runs, seed: 2 },
  );
});

test('an entry that was not read to its end is passed over', async () => {
  const zip = streamed([
    ['+a', new Uint8Array(100_000).fill(7), true],
    ['+b', Buffer.from('end'), false],
  ]);
  const names: string[] = [];
  for await (const { name: one, bytes } of entriesOf(pullFrom(pieces(zip, [50])), () => true)) {
    names.push(one);
    for await (const piece of bytes) if (piece.length > 0) break;
  }
  expect(names).toEqual(['+a', '+b']);
});

test('lengths above 4 GiB stand in a field of their own', async () => {
  const body = Buffer.from('hello');
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt32LE(0xffffffff, 18);
  header.writeUInt32LE(0xffffffff, 22);
  header.writeUInt16LE(2, 26);
  header.writeUInt16LE(4 + 20, 28);
  const extra = Buffer.alloc(24);
  extra.writeUInt16LE(0x7777, 0);
  extra.writeUInt16LE(0, 2);
  extra.writeUInt16LE(1, 4);
  extra.writeUInt16LE(16, 6);
  extra.writeBigUInt64LE(5n, 8);
  extra.writeBigUInt64LE(5n, 16);
  const zip = Buffer.concat([header, Buffer.from('+x'), extra, body, Buffer.from('PK\x05\x06'.padEnd(22, '\0'))]);
  expect(await read(zip)).toEqual([['+x', 'hello']]);
});

test('a password, an unknown method and a cut are said', async () => {
  const code = (bytes: Uint8Array) =>
    read(bytes).then(
      () => 'read',
      (error: unknown) => (isFault(error) ? error.code : error),
    );
  const zip = zipSync({ '+a': Buffer.from('some words, some words, some words'), '-b': Buffer.from('x') });
  const changed = (at: number, value: number) => {
    const copy = zip.slice();
    copy[at] = value;
    return copy;
  };
  expect(await code(changed(6, 1))).toBe('encrypted-file');
  expect(await code(changed(8, 93))).toBe('unreadable');
  for (let length = 1; length < 70; length++) expect(await code(zip.slice(0, length)), `${length}`).toBe('unreadable');
});
