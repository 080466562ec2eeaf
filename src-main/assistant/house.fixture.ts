/** The assistant's room over a real encrypted store and a scripted model, for its tests. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scripted, type Script } from '../../test/fakes/script.ts';
import { systemClock } from '../base/clock.ts';
import { idFactory } from '../base/id.ts';
import { openJobs } from '../base/jobs/jobs.ts';
import type { Store } from '../base/ports.ts';
import { openStore } from '../base/store/store.ts';
import type { Document, Hit } from '../library/door.ts';
import type { Library, SearchRequest, TakenOut } from '../library/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import { openAssistant, type AssistantNeeds } from './assistant.ts';
import type { Sent } from './door.ts';

const log = { info() {}, unexpected: () => 'none' };
const folders: string[] = [];
const open: { close(): Promise<void> }[] = [];
/** Closes and removes what the tests of a file opened; for `afterEach`. */
export async function tidy() {
  for (const one of open.splice(0).reverse()) await one.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

export const key = randomBytes(32);
export async function database(maxPages?: number): Promise<Store & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'daimon-'));
  folders.push(folder);
  const store = await openStore({
    file: join(folder, 'daimon.db'),
    key,
    clock: systemClock,
    log,
    ...(maxPages && { maxPages }),
  });
  open.push(store);
  return { ...store, folder };
}

/** A library of these files; one that it does not have is missing. */
export const shelf = (files: Record<string, string | Document>): Library => ({
  async read({ path = '' }) {
    const file = files[path];
    if (file === undefined) throw new Fault('file-missing', 'That file is not there.');
    return typeof file === 'string'
      ? { name: path.split('/').at(-1)!, kind: 'text', text: file, characters: file.length }
      : file;
  },
  conversations() {
    throw new Error('not asked for in this test');
  },
  search: async () => [],
  async *passages() {},
  forgetting: () => () => {},
});

export const PLACE = '01ARZ3NDEKTSV4RRFFQ69G5FAA' as Id;
/** A passage as the library finds it; its first sentence fits best. */
export const found = (file: string, text: string, more: Partial<Hit> = {}): Hit => ({
  passage: 1,
  document: 1,
  place: PLACE,
  file,
  name: file.split('/').at(-1)!,
  kind: 'text',
  text,
  score: 0.9,
  by: 'both',
  words: [],
  sentence: [0, text.indexOf('.') + 1 || text.length],
  ...more,
});
/** A library that finds what the test says, and can take things out. */
export function findable(
  find: (request: SearchRequest) => Hit[] | Promise<Hit[]>,
  files: Record<string, string | Document> = {},
): Library & { readonly asked: SearchRequest[]; remove(what: TakenOut): Promise<void> } {
  const asked: SearchRequest[] = [];
  const listeners = new Set<(what: TakenOut) => Promise<void>>();
  return {
    ...shelf(files),
    asked,
    async search(request) {
      asked.push(request);
      return find(request);
    },
    forgetting(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async remove(what) {
      for (const listener of listeners) await listener(what);
    },
  };
}

/** A room; several over one store are what a restart after kill -9 sees. */
export async function house(
  script: Script,
  {
    store,
    files = {},
    ...more
  }: { store?: Store; files?: Record<string, string | Document> } & Partial<AssistantNeeds> = {},
) {
  const there = store ?? (await database());
  const generator = scripted(script);
  const ids = idFactory(systemClock);
  const { jobs } = await openJobs({ store: there, clock: systemClock, log, ids });
  const assistant = await openAssistant({
    store: there,
    clock: systemClock,
    ids,
    generator,
    scorer: { score: () => Promise.reject(new Error('not asked for in this test')) },
    defaultModel: () => 'm',
    hasModel: (id) => id === 'm',
    warmUp: () => false,
    modelName: (id) => id,
    library: shelf(files),
    jobs,
    name: () => 'Wren',
    ...more,
  });
  open.push(assistant);
  return { store: there, generator, assistant, do: assistant.handlers };
}

export const never = new AbortController().signal;
export async function collect(items: AsyncIterable<Sent>) {
  const all: Sent[] = [];
  for await (const item of items) all.push(item);
  const done = all.find((item) => item.kind === 'done');
  return { all, done: done!, text: all.map((item) => (item.kind === 'token' ? item.text : '')).join('') };
}
export const words = (text: string) => text.match(/\S+\s*/g) ?? [];
export async function* slowly(text: string, ms: number, signal: AbortSignal) {
  for (const word of words(text)) {
    await sleep(ms, undefined, { signal });
    yield word;
  }
}
