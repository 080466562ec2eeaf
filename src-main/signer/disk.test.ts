/** vault.json on a bad day: every step of a write fails in turn, and kill -9 falls into password changes. */
import { fork } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fakes/folder.ts';
import { isFault } from '../wire/index.ts';
import { realFiles, vaultDisk, type FileSystem } from './disk.ts';
import { cheapKdf } from './kdf.fixture.ts';
import { DEFAULT_COST } from './kdf.ts';
import { makeVault, openWithPassword } from './vault-codec.ts';
import { writeVault } from './vault-file.ts';

/** A file system whose nth call (counted over all its functions and handles) fails as a full disk does. */
function failingAt(n: number): { files: FileSystem; reached: () => boolean } {
  let calls = 0;
  const full = () => Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const step =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (++calls === n) throw full();
      return work(...args);
    };
  const files = {
    mkdir: step(realFiles.mkdir as never),
    readFile: step(realFiles.readFile as never),
    rename: step(realFiles.rename as never),
    unlink: realFiles.unlink,
    open: step(async (...args: Parameters<FileSystem['open']>) => {
      const handle = await realFiles.open(...args);
      const writeFile = handle.writeFile.bind(handle);
      const sync = handle.sync.bind(handle);
      handle.writeFile = step(writeFile) as never;
      handle.sync = step(sync) as never;
      return handle;
    }),
  } as unknown as FileSystem;
  return { files, reached: () => calls >= n };
}

describe('a write', () => {
  test('is 0600, keeps the file before it as 0600 backup, and leaves nothing else', async () => {
    using folder = temporaryFolder();
    const disk = vaultDisk(folder.path);
    expect(await disk.read()).toBeUndefined();
    await disk.write(Buffer.from('one'));
    await disk.write(Buffer.from('two'));
    expect(readdirSync(folder.path).sort()).toEqual(['vault.json', 'vault.json.backup']);
    expect(readFileSync(folder.file('vault.json'), 'utf8')).toBe('two');
    expect(readFileSync(folder.file('vault.json.backup'), 'utf8')).toBe('one');
    for (const name of readdirSync(folder.path)) expect(statSync(folder.file(name)).mode & 0o777).toBe(0o600);
  });

  test('that fails at any step leaves the old file whole, no litter, and says so', async () => {
    let failures = 0;
    for (let n = 1; ; n++) {
      using folder = temporaryFolder();
      await vaultDisk(folder.path).write(Buffer.from('old'));
      const { files, reached } = failingAt(n);
      const outcome = await vaultDisk(folder.path, files)
        .write(Buffer.from('new'))
        .then(
          () => 'written',
          (error: unknown) => error,
        );
      const now = readFileSync(folder.file('vault.json'), 'utf8');
      if (outcome === 'written') expect(now).toBe('new');
      else {
        failures++;
        expect(isFault(outcome, 'vault-not-written')).toBe(true);
        expect(now).toBe('old');
        expect(readdirSync(folder.path).filter((name) => !['vault.json', 'vault.json.backup'].includes(name))).toEqual(
          [],
        );
      }
      if (!reached()) break;
    }
    expect(failures).toBeGreaterThan(7);
  });

  test('never puts a file that is not worth keeping over a good backup', async () => {
    using folder = temporaryFolder();
    const disk = vaultDisk(folder.path);
    await disk.write(Buffer.from('good'));
    await disk.write(Buffer.from('good 2'));
    writeFileSync(folder.file('vault.json'), 'damaged');
    await disk.write(Buffer.from('restored'), (before) => before.toString() !== 'damaged');
    expect((await disk.readBackup())?.toString()).toBe('good');
  });
});

test('kill -9 while passwords change: the file always opens with the one before or the one after', async () => {
  const kills = process.env['DAIMON_LONG'] ? 200 : 10;
  let seed = 5;
  const next = (limit: number) => (seed = (seed * 48271) % 2147483647) % limit;
  using folder = temporaryFolder();
  const entropy = Buffer.alloc(32, 3);
  const made = await makeVault({
    name: 'x',
    entropy,
    password: Buffer.from('password 0'),
    kdf: cheapKdf,
    cost: DEFAULT_COST,
    now: 0,
    wordsSeen: true,
  });
  await vaultDisk(folder.path).write(writeVault(made.file));
  let last = 0;
  let moved = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = fork(fileURLToPath(new URL('./changing.fixture.ts', import.meta.url)), [folder.path, String(last)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    let told = last;
    await new Promise<void>((resolve) => {
      child.on('message', (n) => {
        told = n as number;
        resolve();
      });
    });
    await new Promise((resolve) => setTimeout(resolve, next(30)));
    child.kill('SIGKILL');
    await exited;
    const bytes = readFileSync(folder.file('vault.json'));
    const opens: number[] = [];
    // What was told is on disk; the change that was under way is, or is not.
    for (const n of [told, told + 1])
      await openWithPassword(bytes, Buffer.from(`password ${n}`), cheapKdf).then(
        (opened) => {
          expect(opened.dataKey).toEqual(made.dataKey);
          opens.push(n);
        },
        () => {},
      );
    expect(opens).toHaveLength(1);
    moved += opens[0]! - last;
    last = opens[0]!;
  }
  expect(moved).toBeGreaterThan(kills);
});
