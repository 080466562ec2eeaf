/** Atomic writes on bad days, the log's silence about content, lifecycles, latest values, and where files lie. */
import { readdirSync, readFileSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settableClock } from '../../test/fakes/clock.ts';
import { temporaryFolder } from '../../test/fakes/folder.ts';
import { Fault } from '../wire/index.ts';
import { asset, loadable, sibling } from './asset.ts';
import { systemWrites, writeAtomic, type WritePort } from './files.ts';
import { latest } from './latest.ts';
import { lifecycle } from './lifecycle.ts';
import { openLog } from './log.ts';

const full = () => Object.assign(new Error('no space'), { code: 'ENOSPC' });

test('a write replaces the whole file, for the owner only, and leaves nothing beside it', () => {
  using folder = temporaryFolder();
  const file = folder.file('a');
  writeAtomic(file, Buffer.from('one'));
  writeAtomic(file, Buffer.from('two'));
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.path)).toEqual(['a']);
});

test.each(['open', 'write', 'sync', 'close', 'rename'] as const)(
  'a disk that is full at %s leaves the old file',
  (step) => {
    using folder = temporaryFolder();
    const file = folder.file('a');
    writeAtomic(file, Buffer.from('old'));
    const port: WritePort = {
      ...systemWrites,
      [step]: () => {
        throw full();
      },
    };
    expect(() => writeAtomic(file, Buffer.from('new'), port)).toThrowError(
      expect.objectContaining({ code: 'disk-full' }),
    );
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder.path)).toEqual(['a']);
  },
);

test('a write that stops half way leaves the old file', () => {
  using folder = temporaryFolder();
  const file = folder.file('a');
  writeAtomic(file, Buffer.from('old'));
  const port: WritePort = {
    ...systemWrites,
    write(handle, bytes) {
      systemWrites.write(handle, bytes.subarray(0, 1));
      throw Object.assign(new Error('cable'), { code: 'EIO' });
    },
  };
  expect(() => writeAtomic(file, Buffer.from('new'), port)).toThrow('cable');
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(folder.path)).toEqual(['a']);
});

test('the order is write, sync, rename, sync of the folder', () => {
  using folder = temporaryFolder();
  const steps: string[] = [];
  const port = Object.fromEntries(
    Object.entries(systemWrites).map(([name, does]) => [
      name,
      (...given: never[]) => {
        steps.push(name);
        return (does as (...all: never[]) => unknown)(...given);
      },
    ]),
  ) as unknown as WritePort;
  writeAtomic(folder.file('a'), Buffer.from('x'), port);
  expect(steps).toEqual(['open', 'write', 'sync', 'close', 'rename', 'open', 'sync', 'close']);
});

test('the log tells where an error was, never what it said', () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.log');
  const log = openLog({ file, clock: settableClock() });
  const secret = 'my diary of May';
  class OddError extends Error {
    readonly code = 'odd-code';
  }
  const errors: unknown[] = [
    new OddError(secret),
    new Error('', { cause: new Fault('some-fault', secret) }),
    // A message that looks like a stack.
    new Error(`x\n    at ${secret} (file:///home/me/${secret}.txt:1:1)\n    at file:///etc/${secret}.ts:1:1`),
    Object.assign(new Error('short'), { message: secret, code: `code ${secret}` }),
    secret,
    { secret },
    null,
  ];
  const ids = errors.map((error) => log.unexpected(error, 'test.verb'));
  log.info('event', { count: 3, ok: true, text: 'y'.repeat(1000) });
  log.close();
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('diary');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.slice(0, -1).map(({ id }) => id)).toEqual(ids);
  expect(lines[0]).toMatchObject({
    class: 'OddError',
    code: 'odd-code',
    where: 'test.verb',
    at: '2026-01-01T00:00:00.000Z',
  });
  expect((lines[0]!['frames'] as string[])[0]).toMatch(/^src-main\/base\/files\.test\.ts:\d+:\d+$/);
  expect(lines[1]).toMatchObject({ cause: { class: 'Fault', code: 'some-fault' } });
  expect(lines.slice(4, 7).map((line) => line['class'])).toEqual(['string', 'object', 'null']);
  expect(lines[7]).toMatchObject({ event: 'event', count: 3, ok: true, text: 'y'.repeat(200) });
  expect(text).not.toContain(process.cwd());
});

test('the log keeps two files of its size for the owner, also over restarts, and never throws', () => {
  using folder = temporaryFolder();
  const file = folder.file('daimon.log');
  for (let start = 0; start < 4; start++) {
    const log = openLog({ file, clock: settableClock(), limit: 2000 });
    for (let i = 0; i < 60; i++) log.info('event', { start, i });
    log.close();
  }
  expect(readdirSync(folder.path).sort()).toEqual(['daimon.log', 'daimon.log.1']);
  for (const name of ['daimon.log', 'daimon.log.1']) {
    expect(statSync(folder.file(name)).size).toBeLessThanOrEqual(2000);
    expect(statSync(folder.file(name)).mode & 0o777).toBe(0o600);
  }
  expect(readFileSync(file, 'utf8')).toContain('"start":3,"i":59');
  const nowhere = openLog({ file: folder.file('no/such/folder/log'), clock: settableClock() });
  nowhere.info('event');
  expect(nowhere.unexpected(new Error('x'), 'here')).toMatch(/^[0-9a-f]{10}$/);
});

test('a lifecycle closes in reverse, each in its turn, also when one fails', async () => {
  const closed: string[] = [];
  const thing = (name: string, error?: Error) => ({
    async close() {
      await Promise.resolve();
      closed.push(name);
      if (error) throw error;
    },
  });
  const life = lifecycle();
  for (const one of [thing('a'), thing('b', new Error('b')), thing('c')]) expect(life.add(one)).toBe(one);
  const both = [life.close(), life.close()];
  await expect(both[0]).rejects.toThrow('b');
  await expect(both[1]).rejects.toThrow('b');
  expect(closed).toEqual(['c', 'b', 'a']);
  expect(() => life.add(thing('late'))).toThrow('closing');
  const two = lifecycle();
  two.add(thing('x', new Error('x')));
  two.add(thing('y', new Error('y')));
  await expect(two[Symbol.asyncDispose]()).rejects.toMatchObject({ errors: [{ message: 'y' }, { message: 'x' }] });
});

test('a follower sees the value now, the newest after each change, and the end', async () => {
  const value = latest(1);
  const seen: number[] = [];
  const following = (async () => {
    for await (const one of value.follow()) seen.push(one);
  })();
  await Promise.resolve();
  value.set(2);
  value.set(3);
  await new Promise(setImmediate);
  value.set(4);
  value.end();
  await following;
  expect(seen).toEqual([1, 3, 4]);
  expect(() => value.set(5)).toThrow('ended');
  const late: number[] = [];
  for await (const one of value.follow()) late.push(one);
  expect(late).toEqual([4]);
  const leaving = new AbortController();
  const open = latest('a').follow(leaving.signal);
  expect((await open.next()).value).toBe('a');
  const next = open.next();
  leaving.abort();
  expect((await next).done).toBe(true);
});

test('assets and entries are found from the source, and what the system must load lies outside the archive', () => {
  expect(existsSync(asset('package.json'))).toBe(true);
  expect(existsSync(sibling('./store/worker', import.meta.url))).toBe(true);
  expect(sibling('./process', 'file:///a/b/room.js').href).toBe('file:///a/b/process.js');
  expect(loadable('/opt/daimon/resources/app.asar/native/x.node')).toBe(
    '/opt/daimon/resources/app.asar.unpacked/native/x.node',
  );
  expect(loadable('C:\\daimon\\app.asar\\x.wasm')).toBe('C:\\daimon\\app.asar.unpacked\\x.wasm');
  expect(loadable('/home/app.asar.unpacked/x')).toBe('/home/app.asar.unpacked/x');
});

test('a text that is read back is the one that was written, byte for byte', () => {
  using folder = temporaryFolder();
  const file = folder.file('big');
  const big = Buffer.alloc(3 << 20, 'abc');
  writeAtomic(file, big);
  expect(readFileSync(file).equals(big)).toBe(true);
  writeFileSync(file, '');
});
