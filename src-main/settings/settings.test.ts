/** Settings: kept over restarts, strangers' keys untouched, a spoiled file put aside, the switch never forgotten. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fakes/folder.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { systemWrites } from '../base/files.ts';
import { settings as schema, type Settings } from './door.ts';
import { openSettings, parse } from './settings.ts';

const never = new AbortController().signal;
const defaults: Settings = {
  theme: 'system',
  idleMinutes: 10,
  cut: false,
  model: null,
  memoryBudget: 'auto',
  gpu: 'auto',
  contextSize: 'auto',
};

test('a change is on disk when it returns, and others keep their value', async () => {
  using folder = temporaryFolder();
  const open = () => openSettings({ dataFolder: folder.path, log: keptLog() });
  const first = open();
  expect(first.get()).toEqual(defaults);
  expect(existsSync(folder.file('settings.json'))).toBe(false);
  expect(await first.handlers['settings.set']({ theme: 'dark', contextSize: 8192 }, never)).toEqual({
    ...defaults,
    theme: 'dark',
    contextSize: 8192,
  });
  expect(open().get()).toMatchObject({ theme: 'dark', contextSize: 8192, idleMinutes: 10 });
  first.set({ contextSize: 'auto' });
  expect(await open().handlers['settings.get']({}, never)).toEqual({ ...defaults, theme: 'dark' });
  expect(statSync(folder.file('settings.json')).mode & 0o777).toBe(0o600);
});

test('keys of a newer daimon survive', () => {
  using folder = temporaryFolder();
  writeFileSync(folder.file('settings.json'), JSON.stringify({ theme: 'light', voice: { speed: 2 } }));
  openSettings({ dataFolder: folder.path, log: keptLog() }).set({ gpu: 'off' });
  expect(JSON.parse(readFileSync(folder.file('settings.json'), 'utf8'))).toEqual({
    ...defaults,
    theme: 'light',
    gpu: 'off',
    voice: { speed: 2 },
  });
});

test('a spoiled file is put aside with one line in the log; what of it is valid stays', () => {
  for (const [text, known] of [
    ['{"theme":"dark","cut":tr', defaults],
    ['', defaults],
    ['[]', defaults],
    ['{"theme":"dark","idleMinutes":-1}', { ...defaults, theme: 'dark' }],
    // Half a file of somebody who had cut the connections: they stay cut.
    ['{"theme":"dark","cut": true,"mod', { ...defaults, cut: true }],
  ] as const) {
    using folder = temporaryFolder();
    writeFileSync(folder.file('settings.json'), text);
    const log = keptLog();
    const settings = openSettings({ dataFolder: folder.path, log });
    expect(settings.get()).toEqual(known);
    expect(log.lines.map(({ event }) => event)).toEqual(['settings.broken']);
    expect(readFileSync(folder.file('settings.json.broken'), 'utf8')).toBe(text);
    expect(openSettings({ dataFolder: folder.path, log }).get().cut).toBe(known.cut);
  }
});

test('any text is read without a throw, and gives valid settings', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(fc.constantFrom(...Object.keys(defaults), 'x'), fc.jsonValue()).map((o) => JSON.stringify(o)),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(v.is(schema, parse(given).known)).toBe(true);
    }),
    { numRuns: process.env['DAIMON_LONG'] ? 100_000 : 500, seed: 5 },
  );
});

test('a full disk changes nothing', () => {
  using folder = temporaryFolder();
  const files = {
    ...systemWrites,
    write() {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    },
  };
  const settings = openSettings({ dataFolder: folder.path, log: keptLog(), files });
  expect(() => settings.set({ cut: true })).toThrowError(expect.objectContaining({ code: 'disk-full' }));
  expect(settings.get()).toEqual(defaults);
});

test('watchers see the settings now and after each change, until they are closed', async () => {
  using folder = temporaryFolder();
  const settings = openSettings({ dataFolder: folder.path, log: keptLog() });
  const seen: boolean[] = [];
  const watching = (async () => {
    for await (const { cut } of settings.watch()) seen.push(cut);
  })();
  await new Promise(setImmediate);
  settings.set({ cut: true });
  await new Promise(setImmediate);
  settings.close();
  await watching;
  expect(seen).toEqual([false, true]);
});
