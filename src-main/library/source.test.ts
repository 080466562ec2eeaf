/** Opening files: what is told of their size, and what happens when they change under us. */
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fakes/folder.ts';
import { human, refuseLarger } from './size.ts';
import { openFile } from './source.ts';

const most = { bytes: 4 << 20, what: 'documents' };

test('a file is read as it was when it was opened, in chunks of at most 1 MiB', async () => {
  using folder = temporaryFolder();
  const path = folder.file('a');
  writeFileSync(path, Buffer.alloc(2_500_000, 'ab'));
  const file = await openFile(path, most);
  appendFileSync(path, 'later');
  const chunks = [];
  for await (const chunk of file.chunks()) chunks.push(chunk);
  await file.close();
  expect(chunks.map(({ length }) => length)).toEqual([1 << 20, 1 << 20, 2_500_000 - (2 << 20)]);
  expect(Buffer.concat(chunks).equals(Buffer.alloc(2_500_000, 'ab'))).toBe(true);
});

test('a file that shrinks while it is read is refused', async () => {
  using folder = temporaryFolder();
  const path = folder.file('a');
  writeFileSync(path, Buffer.alloc(3 << 20));
  const file = await openFile(path, most);
  const chunks = file.chunks()[Symbol.asyncIterator]();
  await chunks.next();
  truncateSync(path, 100);
  await expect(chunks.next()).rejects.toMatchObject({ code: 'unreadable', message: /shorter/ });
  await file.close();
});

test('a size over the limit is refused with both figures', () => {
  expect(() => refuseLarger(most.bytes, most)).not.toThrow();
  expect(() => refuseLarger(most.bytes + 1, most)).toThrowError(
    expect.objectContaining({ code: 'too-large', details: { size: most.bytes + 1, limit: most.bytes } }),
  );
  expect(() => refuseLarger(5 << 20, most)).toThrow('This file has 5 MB; documents of at most 4 MB are read.');
});

test('sizes are said as people say them', () => {
  expect([0, 1023, 1024, 1_572_864, 2 ** 40, 2 ** 60].map(human)).toEqual([
    '0 bytes',
    '1,023 bytes',
    '1 KB',
    '1.5 MB',
    '1 TB',
    '1,048,576 TB',
  ]);
});
