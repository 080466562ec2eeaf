/** Which shell opens, by what is on disk and around it. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseShell, electronBinary, type Circumstances } from './choose.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'daimon-choose-'))));
afterEach(() => rmSync(root, { recursive: true }));

function install(mode = 0o755): string {
  const electron = join(root, 'node_modules', 'electron');
  mkdirSync(join(electron, 'dist'), { recursive: true });
  writeFileSync(join(electron, 'path.txt'), 'electron');
  writeFileSync(join(electron, 'dist', 'electron'), '#!/bin/sh\n');
  chmodSync(join(electron, 'dist', 'electron'), mode);
  mkdirSync(join(root, 'dist', 'preload'), { recursive: true });
  writeFileSync(join(root, 'dist', 'preload', 'preload.cjs'), '');
  return join(electron, 'dist', 'electron');
}
const choose = (more: Partial<Circumstances> = {}) =>
  chooseShell({ argv: [], env: { DISPLAY: ':0' }, platform: 'linux', root, ...more });

test('with Electron on disk and a display it is the desktop window', () => {
  const binary = install();
  expect(choose()).toEqual({ shell: 'electron', binary });
  expect(choose({ env: { WAYLAND_DISPLAY: 'wayland-0' } })).toEqual({ shell: 'electron', binary });
  expect(choose({ env: {}, platform: 'darwin' })).toEqual({ shell: 'electron', binary });
  expect(choose({ argv: ['daimon:chat'] })).toEqual({ shell: 'electron', binary });
});

test('asked for, in CI, headless or without a display it is the browser, and nothing is said', () => {
  install();
  for (const more of [
    { argv: ['--browser'] },
    { env: { DISPLAY: ':0', CI: 'true' } },
    { env: { DISPLAY: ':0', HEADLESS: '1' } },
    { env: {} },
  ])
    expect(choose(more)).toEqual({ shell: 'browser' });
});

test('without the binary it is the browser, and one line says how to get the window', () => {
  expect(choose()).toMatchObject({ shell: 'browser', note: expect.stringContaining('npx install-electron') as string });
});

// Windows has no permission to execute that a file could lack.
test.skipIf(process.platform === 'win32')(
  'a path file without its binary, or a binary that may not run, is none',
  () => {
    install(0o644);
    expect(electronBinary(root)).toBeUndefined();
    rmSync(join(root, 'node_modules', 'electron', 'dist', 'electron'));
    expect(electronBinary(root)).toBeUndefined();
    expect(choose().shell).toBe('browser');
  },
);

test('a window whose preload was not built would have no core: then it is the browser, and the line says so', () => {
  install();
  rmSync(join(root, 'dist'), { recursive: true });
  expect(choose()).toMatchObject({ shell: 'browser', note: expect.stringContaining('npm run build') as string });
});
