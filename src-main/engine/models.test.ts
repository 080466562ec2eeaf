/** Taking files in: linked, copied, checked before each load; and finding what other programs keep. */
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settableClock } from '../../test/fakes/clock.ts';
import { temporaryFolder, type TemporaryFolder } from '../../test/fakes/folder.ts';
import { sha256Of } from '../../test/fakes/hub.ts';
import { keptLog } from '../../test/fakes/log.ts';
import { smallModel, writeGguf } from '../../test/fixtures/gguf.ts';
import type { Store } from '../base/ports.ts';
import { openStore } from '../base/store/store.ts';
import { findModels, keeperOf } from './found.ts';
import { openModels, shortId, type Models } from './models.ts';
import { migrations } from './schema.ts';

const MODEL = writeGguf(smallModel({ fill: (i) => i & 255 }));
const SHA = sha256Of(MODEL);
const signal = new AbortController().signal;
let folder: TemporaryFolder;
let store: Store;
let models: Models;
beforeEach(async () => {
  folder = temporaryFolder();
  const clock = settableClock();
  store = await openStore({ file: folder.file('daimon.db'), key: randomBytes(32), clock, log: keptLog() });
  await store.migrate('engine', migrations);
  models = openModels({ store, clock, folder: folder.file('models') });
});
afterEach(async () => {
  await store.close();
  folder[Symbol.dispose]();
});

const put = async (name: string, bytes: Uint8Array = MODEL): Promise<string> => {
  const path = folder.file(name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
};
const take = (path: string, copy = false) =>
  models.take(path, { copy, keeper: 'another folder', progress: async () => {} }, signal);

test('a file is linked where it lies, by its hash, and nothing is copied', async () => {
  const path = await put('a.gguf');
  const kept = await take(path);
  expect(kept).toMatchObject({ id: shortId(SHA), sha256: SHA, path, keeper: 'another folder', size: MODEL.length });
  expect(await models.check(kept.id)).toMatchObject({ path });
  await expect(stat(folder.file(`models/${SHA}.gguf`))).rejects.toThrow();
  // Again is the same model; removing it leaves the file alone.
  await take(path);
  expect(models.list()).toHaveLength(1);
  expect(await models.remove(kept.id)).toBe(0);
  expect(sha256Of(await readFile(path))).toBe(SHA);
});

test('a copy is ours: it stays when the file goes, and is deleted with the model', async () => {
  const path = await put('a.gguf');
  const kept = await take(path, true);
  await rm(path);
  expect(await models.check(kept.id)).toMatchObject({ path: folder.file(`models/${SHA}.gguf`) });
  expect(kept.keeper).toBeUndefined();
  expect(await models.remove(kept.id)).toBe(MODEL.length);
  await expect(stat(folder.file(`models/${SHA}.gguf`))).rejects.toThrow();
});

test('a copy that is here already is used when the same bytes are to be linked', async () => {
  const path = await put('a.gguf');
  await take(path, true);
  expect((await take(path)).path).toBe(folder.file(`models/${SHA}.gguf`));
});

test('before each load a file is checked: gone, cut short, changed, or only touched', async () => {
  const path = await put('a.gguf');
  const { id } = await take(path);
  // Touched: another time, the same bytes.
  await utimes(path, new Date(), new Date(2026, 0, 2));
  expect((await models.check(id)).path).toBe(path);
  await truncate(path, MODEL.length - 1);
  await expect(models.check(id)).rejects.toMatchObject({ code: 'model-changed', message: /conversations are safe/ });
  await writeFile(
    path,
    MODEL.map((byte, i) => (i === MODEL.length - 9 ? byte ^ 1 : byte)),
  );
  await expect(models.check(id)).rejects.toMatchObject({ code: 'model-changed' });
  await rm(path);
  await expect(models.check(id)).rejects.toMatchObject({ code: 'model-missing', message: /another folder keeps/ });
  await expect(models.check('sha256:0000000000000000')).rejects.toMatchObject({ code: 'no-model' });
  // The id is data, never a pattern.
  await expect(models.check('sha256:%')).rejects.toMatchObject({ code: 'no-model' });
});

test('what is no model is refused and not kept', async () => {
  await expect(take(await put('x.gguf', Buffer.from('hello, not a model')))).rejects.toMatchObject({
    code: 'not-a-gguf',
  });
  await expect(take(await put('y.gguf', MODEL.subarray(0, MODEL.length - 200)))).rejects.toMatchObject({
    code: 'gguf-damaged',
  });
  await expect(take('a.gguf')).rejects.toMatchObject({ code: 'model-missing', message: /whole path/ });
  await expect(take(folder.file('none.gguf'))).rejects.toMatchObject({ code: 'model-missing' });
  expect(models.list()).toEqual([]);
});

test('a file that grows while it is read is not taken in', async () => {
  const path = await put('a.gguf');
  const growing = models.take(
    path,
    {
      copy: false,
      keeper: 'x',
      progress: async (bytes) => void (bytes === MODEL.length && (await appendFile(path, 'x'))),
    },
    signal,
  );
  await expect(growing).rejects.toMatchObject({ code: 'model-changed' });
});

test('a fetched file that is no model after all is removed', async () => {
  const junk = Buffer.from('GGUF but not really one');
  await put(`models/${sha256Of(junk)}.gguf`, junk);
  await expect(models.adopt(sha256Of(junk), 'x')).rejects.toMatchObject({ code: 'gguf-unsupported' });
  await expect(stat(folder.file(`models/${sha256Of(junk)}.gguf`))).rejects.toThrow();
});

/** A home with the three programs' models in it. */
async function home(): Promise<string> {
  const big = Buffer.alloc(2 << 20, 1);
  const digest = 'ab'.repeat(32);
  await put(`.ollama/models/blobs/sha256-${digest}`, big);
  const manifest = (layers: unknown) => Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
  const model = { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}`, size: big.length };
  const registry = '.ollama/models/manifests/registry.example/library';
  await put(`${registry}/qwen3/4b`, manifest([{ mediaType: 'application/vnd.ollama.image.license' }, model]));
  await put(`${registry}/evil/latest`, manifest([{ ...model, digest: 'sha256:../../../../etc/passwd' }]));
  await put(`${registry}/odd/latest`, Buffer.from('{"layers":"none"}'));
  await put(`${registry}/broken/latest`, Buffer.from('{'));
  await put('.lmstudio/models/people/Small-GGUF/Small-Q4_K_M.gguf', big);
  await put('.lmstudio/models/people/Small-GGUF/mmproj-Small.gguf', big);
  await put('.lmstudio/models/people/Small-GGUF/tiny.gguf', Buffer.alloc(10));
  const snapshot = '.cache/huggingface/hub/models--people--Other/snapshots/0123';
  await put('.cache/huggingface/hub/models--people--Other/blobs/cd', big);
  await mkdir(folder.file(snapshot), { recursive: true });
  await symlink('../../blobs/cd', folder.file(`${snapshot}/Other-Q8_0.gguf`));
  return folder.path;
}

test('models of Ollama, LM Studio and the Hugging Face cache are found, by their names there', async () => {
  const found = await findModels({ home: await home(), env: {} });
  expect(found.map(({ program, name }) => `${program}: ${name}`).sort()).toEqual([
    'Hugging Face: Other-Q8_0',
    'LM Studio: Small-Q4_K_M',
    'Ollama: qwen3:4b',
  ]);
  expect(found.every(({ size }) => size === 2 << 20)).toBe(true);
  expect(found.map(({ path }) => keeperOf(path)).sort()).toEqual(['Hugging Face', 'LM Studio', 'Ollama']);
});

test('links in circles, links to nothing and very deep folders end the search, not the program', async () => {
  const root = join(await home(), '.lmstudio/models');
  await symlink(root, join(root, 'people/again'));
  await symlink('loop.gguf', join(root, 'loop.gguf'));
  await symlink('nothing', join(root, 'nothing.gguf'));
  await symlink(join(root, 'people/Small-GGUF/Small-Q4_K_M.gguf'), join(root, 'same.gguf'));
  await put(`.lmstudio/models/${'d/'.repeat(40)}deep.gguf`, Buffer.alloc(2 << 20));
  const found = (await findModels({ home: folder.path, env: {} })).filter(({ program }) => program === 'LM Studio');
  // Once, under whichever of its two names comes first.
  expect(found).toHaveLength(1);
  expect(await findModels({ home: folder.file('nobody'), env: {} })).toEqual([]);
});
