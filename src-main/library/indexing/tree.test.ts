/** What a walk finds and leaves out; in the thread that walks, and by one path as by all. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/fakes/folder.ts';
import { fromRoot, patternFor } from './paths.ts';
import { leftOut } from './rules.ts';
import { walkTree, type Counted, type Tree } from './tree.ts';
import { openWalker } from './walk.ts';

const zero = (): Counted => ({ files: 0, folders: 0, bytes: 0, left: 0, closed: 0 });
const found = (tree: Omit<Tree, 'ignore' | 'skip'> & Partial<Tree>, counted = zero()) =>
  [...walkTree({ ignore: [], skip: [], ...tree }, counted)]
    .filter((entry) => entry?.kind === 'file')
    .map((entry) => fromRoot(tree.root, entry!.path))
    .sort();
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const write = (root: string, files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
};

test('standing rules leave out what programs keep for themselves, and nothing that a person writes', () => {
  for (const name of ['.git', '.cache', 'node_modules', '__pycache__', 'Caches'])
    expect(leftOut(name, true), name).toBe(true);
  for (const name of ['notes', 'Git', 'vendor', 'temp', 'Kasse', 'データ', 'bin'])
    expect(leftOut(name, true), name).toBe(false);
  for (const name of [
    ...[
      '.env',
      'package-lock.json',
      'yarn.lock',
      'a.mp3',
      'B.EXE',
      'x.tar.gz',
      'jquery.min.js',
      'app.js.map',
      'a.txt~',
    ],
    ...[
      '~$report.docx',
      '.~lock.a.odt#',
      'daimon.db',
      'vault.json',
      'daimon-export-2026.jsonl',
      'model.gguf',
      'Thumbs.db',
    ],
  ])
    expect(leftOut(name, false), name).toBe(true);
  for (const name of [
    ...[
      'a.txt',
      'README',
      'Makefile',
      'a.ts',
      'b.mts',
      'c.pdf',
      'scan.png',
      'x.zip',
      'all.mbox',
      'a.b.c.md',
      'mail.eml',
    ],
    ...['ls.1.gz', 'changelog.gz', 'Steuer 2025.xlsx', 'письмо.docx', '日記.txt', 'new\nline.txt', 'tar', 'exe'],
  ])
    expect(leftOut(name, false), name).toBe(false);
});

test("ignore files hold from their folder on, a place's patterns before them, and ! brings back", () => {
  using folder = temporaryFolder();
  const root = folder.path;
  write(root, {
    '.gitignore': '*.log\n/build\n!keep.log\nsecret/\n',
    'a.txt': '',
    'a.log': '',
    'keep.log': '',
    'build/x.txt': '',
    'sub/build/y.txt': '',
    'sub/.gitignore': '!b.log\nz.*\n',
    'sub/b.log': '',
    'sub/z.md': '',
    'z.md': '',
    'secret/s.txt': '',
    '.notes/n.txt': '',
    'draft/.daimonignore': '*\n!final.txt\n',
    'draft/one.txt': '',
    'draft/final.txt': '',
    'plan.tmp': '',
  });
  expect(found({ root })).toEqual([
    ...['a.txt', 'draft/final.txt', 'keep.log', 'sub/b.log', 'sub/build/y.txt', 'z.md'],
  ]);
  expect(found({ root, ignore: ['!.notes', '!*.tmp', 'z.md', 'sub', '!secret/'] })).toEqual([
    ...['.notes/n.txt', 'a.txt', 'draft/final.txt', 'keep.log', 'plan.tmp', 'secret/s.txt'],
  ]);
  expect(found({ root, skip: [join(root, 'draft'), join(root, 'a.txt')] })).not.toContain('a.txt');
});

test('one path is found by itself exactly when the walk of all finds it', () => {
  using folder = temporaryFolder();
  const root = folder.path;
  write(root, {
    '.gitignore': 'no\n',
    'a/b/c.txt': '',
    'a/no/d.txt': '',
    'a/.h/e.txt': '',
    'a/f.mp3': '',
    'g.txt': '',
  });
  symlinkSync(join(root, 'a'), join(root, 'link'));
  const every = found({ root });
  expect(every).toEqual(['a/b/c.txt', 'g.txt']);
  for (const path of [
    'a/b/c.txt',
    'a/no/d.txt',
    'a/.h/e.txt',
    'a/f.mp3',
    'g.txt',
    'link/b/c.txt',
    'gone',
    'a/b/c.txt/x',
  ])
    expect(found({ root, only: join(root, path) }), path).toEqual(every.filter((one) => one === path));
  expect(found({ root, only: join(root, 'a') })).toEqual(['a/b/c.txt']);
  expect(found({ root, only: dirname(root) })).toEqual([]);
});

test('links are not followed, and a folder that may not be read is told', () => {
  using folder = temporaryFolder();
  const root = folder.path;
  write(root, { 'a/x.txt': '', 'shut/y.txt': '' });
  symlinkSync(root, join(root, 'a/loop'));
  symlinkSync('/etc/passwd', join(root, 'p.txt'));
  execFileSync('mkfifo', [join(root, 'pipe.txt')]);
  const counted = zero();
  expect(found({ root }, counted)).toEqual(['a/x.txt', 'shut/y.txt']);
  expect(counted).toMatchObject({ files: 2, folders: 3, left: 3, closed: 0 });
  if (process.getuid?.() === 0) return;
  chmodSync(join(root, 'shut'), 0);
  expect([...walkTree({ root, ignore: [], skip: [] }, zero())]).toContainEqual({
    kind: 'closed',
    path: join(root, 'shut'),
  });
  chmodSync(join(root, 'shut'), 0o700);
});

// Elsewhere the file system itself refuses names that are no text.
test.skipIf(process.platform !== 'linux')('a name that is no text is told, apart from its look-alikes', () => {
  using folder = temporaryFolder();
  for (const bytes of [[0x61, 0xff], [0x61, 0xfe], [0x62]])
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from(bytes), Buffer.from('.txt')]), 'x');
  writeFileSync(folder.file('\uFFFD.txt'), 'x');
  writeFileSync(folder.file('two\nlines.txt'), 'x');
  const files = [...walkTree({ root: folder.path, ignore: [], skip: [] }, zero())].filter(
    (one) => one?.kind === 'file',
  );
  expect(
    files
      .map((one) => [fromRoot(folder.path, one!.path), 'unreadableName' in one!])
      .sort(([a], [b]) => (a! < b! ? -1 : 1)),
  ).toEqual([
    ['a\\xfe.txt', true],
    ['a\\xff.txt', true],
    ['b.txt', false],
    ['two\nlines.txt', false],
    ['\uFFFD.txt', false],
  ]);
});

test('the pattern of a path leaves out that path and nothing beside it, whatever its name', () => {
  const name = fc
    .string({ unit: fc.constantFrom(...'ab*?[]!#\\ .-\néß'), minLength: 1, maxLength: 8 })
    .filter((text) => !text.startsWith('.') && !leftOut(text, false) && !leftOut(text, true));
  using folder = temporaryFolder();
  let n = 0;
  fc.assert(
    fc.property(name, name, (one, other) => {
      const root = folder.file(String(n++));
      write(root, { [`in/${one}`]: '' });
      if (one !== other) write(root, { [`in/${other}`]: '' });
      const kept = found({ root, ignore: [patternFor(root, join(root, 'in', one))] });
      // A line break is matched as any one character.
      const alike = new RegExp(
        `^${[...one].map((char) => (char === '\n' ? '.' : char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))).join('')}$`,
        's',
      );
      expect(kept).toEqual(one === other || (one.includes('\n') && alike.test(other)) ? [] : [`in/${other}`]);
    }),
    { numRuns: process.env['DAIMON_LONG'] ? 5000 : 300, seed: 5 },
  );
});

test('the thread gives page after page, counts alone when asked, and stops when it is told', async () => {
  using folder = temporaryFolder();
  write(folder.path, Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`${i % 7}/${i}.txt`, 'x'])));
  const walker = openWalker();
  const tree = { root: folder.path, ignore: [], skip: [] };
  const pages = await all(walker.walk(tree));
  expect(pages.flatMap(({ entries }) => entries)).toHaveLength(700);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.at(-1)).toMatchObject({ done: true, counted: { files: 700, folders: 8, bytes: 700 } });
  const counts = await all(walker.walk(tree, { countOnly: true }));
  expect(counts.flatMap(({ entries }) => entries)).toEqual([]);
  expect(counts.at(-1)!.counted.files).toBe(700);
  const stop = new AbortController();
  const walk = walker.walk(tree, {}, stop.signal);
  await walk.next();
  stop.abort(new Error('stopped'));
  await expect(walk.next()).rejects.toThrow('stopped');
  await walker.close();
});

test('a disk that does not answer is given up, and the next walk has a thread of its own', async () => {
  using folder = temporaryFolder();
  write(folder.path, { 'a.txt': 'x' });
  const walker = openWalker({ silentMs: 0 });
  const tree = { root: folder.path, ignore: [], skip: [] };
  await expect(walker.walk(tree).next()).rejects.toMatchObject({ code: 'folder-silent' });
  await walker.close();
  const patient = openWalker();
  expect((await all(patient.walk(tree))).at(-1)!.counted.files).toBe(1);
  await patient.close();
});
