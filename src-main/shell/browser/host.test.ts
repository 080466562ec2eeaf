/** The plain-Node host with real children: what they are given, how they end, and what is opened. */
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../../wire/index.ts';
import { childEnvironment } from './environment.ts';
import { childDoor } from './fixtures/child-door.ts';
import { nodeHost, opener } from './host.ts';
import { removeRedirect, writeRedirect } from './redirect.ts';

const entry = new URL('./fixtures/child.ts', import.meta.url);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daimon-host-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const surroundings = {
  PATH: process.env['PATH'],
  HOME: '/home/anna',
  LANG: 'de_DE.UTF-8',
  XDG_CACHE_HOME: '/home/anna/.cache',
  NODE_OPTIONS: '--trace-warnings',
  NODE_EXTRA_CA_CERTS: '/home/anna/evil.pem',
  LD_PRELOAD: '',
  AWS_SECRET_ACCESS_KEY: 'secret',
  DAIMON_PASSWORD: 'secret',
  DAIMON_PHRASE: 'secret',
};
const makeHost = () =>
  nodeHost({ name: 'browser', dataFolder: folder, entries: { signer: entry, engine: entry }, env: surroundings });
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('children', () => {
  test('get a minimal environment, no flags of ours, no secrets, and write no core dumps', async () => {
    const child = makeHost().start('signer', {
      env: { DAIMON_KDF: 'fast', NODE_OPTIONS: '--inspect', LD_PRELOAD: '/x.so' },
    });
    const core = connect(childDoor, child.wire);
    const { env, argv, flags, cores, pid } = await core['x.surroundings']({});
    const {
      NODE_CHANNEL_FD,
      NODE_CHANNEL_SERIALIZATION_MODE,
      PWD: _pwd,
      OLDPWD: _old,
      SHLVL: _level,
      _: _last,
      ...rest
    } = env;
    expect(rest).toEqual({
      PATH: surroundings.PATH,
      HOME: '/home/anna',
      LANG: 'de_DE.UTF-8',
      XDG_CACHE_HOME: '/home/anna/.cache',
      DAIMON_DATA: folder,
      DAIMON_KDF: 'fast',
    });
    expect([NODE_CHANNEL_FD === undefined, NODE_CHANNEL_SERIALIZATION_MODE ?? 'advanced']).toEqual([true, 'advanced']);
    expect(argv).toEqual([]);
    expect(flags).toEqual([]);
    expect(cores).toBe('0');
    expect(pid).toBe(child.pid);
    child.wire.close();
    await child.exited;
  });

  test('speak with bytes and bigint', async () => {
    const child = makeHost().start('engine');
    const value = { bytes: Uint8Array.of(0, 255), big: 2n ** 70n, map: new Map([['a', 1]]) };
    expect(await connect(childDoor, child.wire)['x.bytes']({ value })).toStrictEqual(value);
    child.wire.close();
    await child.exited;
  });

  test('exit when their wire closes', async () => {
    const child = makeHost().start('engine');
    await connect(childDoor, child.wire)['x.bytes']({ value: 1 });
    expect(isAlive(child.pid)).toBe(true);
    child.wire.close();
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(isAlive(child.pid)).toBe(false);
  });

  test('that are killed resolve exited, and end their callers with closed', async () => {
    const child = makeHost().start('engine');
    const core = connect(childDoor, child.wire);
    await core['x.bytes']({ value: 1 });
    process.kill(child.pid, 'SIGKILL');
    const late = core['x.bytes']({ value: 2 });
    await expect(late).rejects.toMatchObject({ code: 'closed' });
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const other = makeHost().start('engine');
    other.kill();
    expect(await other.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  test('whose file is missing end at once', async () => {
    const host = nodeHost({
      name: 'terminal',
      dataFolder: folder,
      entries: { engine: new URL('./none.ts', import.meta.url) },
    });
    const child = host.start('engine');
    await expect(connect(childDoor, child.wire)['x.bytes']({ value: 1 })).rejects.toMatchObject({ code: 'closed' });
    expect((await child.exited).code).not.toBe(0);
    expect(host.lastWords('engine')).toContain('none.ts');
  });

  test('leave at most 16 KB of last words', async () => {
    const host = makeHost();
    const child = host.start('engine');
    await connect(childDoor, child.wire)['x.talk']({ n: 100_000 });
    await vi.waitFor(() => expect(host.lastWords('engine')).toMatch(/xend$/));
    expect(host.lastWords('engine')).toHaveLength(16_384);
    expect(host.lastWords('signer')).toBe('');
    child.wire.close();
    await child.exited;
  });
});

test('an environment of ours overrides the person’s, but injects nothing', () => {
  expect(
    childEnvironment(
      { LANG: 'C', LC_ALL: 'C', EDITOR: 'vi', PATH: undefined },
      { LANG: 'de', NODE_PATH: 'x', DYLD_X: 'x' },
    ),
  ).toEqual({
    LANG: 'de',
    LC_ALL: 'C',
  });
});

describe('opening', () => {
  test('happens only where somebody would see it', () => {
    expect(opener({}, 'linux')).toBeUndefined();
    expect(opener({ DISPLAY: ':0' }, 'linux')).toEqual(['xdg-open']);
    expect(opener({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toEqual(['xdg-open']);
    expect(opener({ DISPLAY: ':0', CI: 'true' }, 'linux')).toBeUndefined();
    expect(opener({ DISPLAY: ':0', DAIMON_OPEN: '0' }, 'linux')).toBeUndefined();
    expect(opener({}, 'darwin')).toEqual(['open']);
    expect(opener({}, 'win32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler']);
  });

  test.runIf(process.platform === 'linux')('hands the system’s opener a path, and never an address', async () => {
    const opened = join(folder, 'opened');
    await writeFile(join(folder, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$*" > '${opened}'\n`);
    await chmod(join(folder, 'xdg-open'), 0o700);
    const host = nodeHost({
      name: 'browser',
      dataFolder: folder,
      platform: 'linux',
      env: { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0' },
    });
    expect(await host.open('http://127.0.0.1:1/#key=secret')).toBe(false);
    expect(await host.open('open.html')).toBe(false);
    await expect(stat(opened)).rejects.toThrow();
    const page = join(folder, 'a file.html');
    expect(await host.open(page)).toBe(true);
    expect(await readFile(opened, 'utf8')).toBe(page);
    const none = nodeHost({
      name: 'browser',
      dataFolder: folder,
      platform: 'linux',
      env: { PATH: '/nonexistent', DISPLAY: ':0' },
    });
    expect(await none.open(page)).toBe(false);
    await writeFile(join(folder, 'xdg-open'), '#!/bin/sh\nexit 3\n');
    expect(await host.open(page)).toBe(false);
  });
});

describe('the redirect file', () => {
  const address = 'http://127.0.0.1:4321/#key=abc-DEF_123';

  test('is its owner’s alone, sends the browser on, and goes when its key has run out', async () => {
    const path = await writeRedirect({ folder, name: 'open', address, lasts: 150 });
    expect(path).toBe(join(folder, 'open.html'));
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
    const page = await readFile(path, 'utf8');
    expect(page).toContain(`location.replace("${address}")`);
    expect(page).toContain('no-referrer');
    await vi.waitFor(() => expect(stat(path)).rejects.toThrow('ENOENT'), { timeout: 2000 });
  });

  test('replaces an older one and follows no link', async () => {
    const victim = join(folder, 'victim');
    await writeFile(victim, 'mine');
    await symlink(victim, join(folder, 'link.html'));
    await writeRedirect({ folder, name: 'link', address });
    expect(await readFile(victim, 'utf8')).toBe('mine');
    expect(await readFile(join(folder, 'link.html'), 'utf8')).toContain(address);
    await writeRedirect({ folder, name: 'link', address: 'http://127.0.0.1:1/#key=other' });
    expect(await readFile(join(folder, 'link.html'), 'utf8')).not.toContain(address);
    await removeRedirect({ folder, name: 'link' });
    await removeRedirect({ folder, name: 'link' });
    await expect(stat(join(folder, 'link.html'))).rejects.toThrow('ENOENT');
  });

  test.each([
    'https://evil.example/',
    'javascript:alert(1)',
    `${address}"</script><script>`,
    `${address}\n`,
    'http://127.0.0.1:1/?key=x#key=x',
  ])('holds addresses of ours only: %s', async (other) => {
    await expect(writeRedirect({ folder, name: 'evil', address: other })).rejects.toThrow('Only an address');
  });
});
