/** The library with a real reader process: what it reads, how it fails, and that the core never does. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, ftruncateSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { docx, heading } from '../../test/fixtures/docx.ts';
import { pdf } from '../../test/fixtures/pdf.ts';
import { temporaryFolder, type TemporaryFolder } from '../../test/fakes/folder.ts';
import { shellHost, testLibrary, type TestLibrary } from '../../test/fakes/reader.ts';
import type { Document } from './door.ts';

const EVIL = new URL('./evil-closed.fixture.ts', import.meta.url);
const ORPHAN = new URL('../../test/fixtures/orphan.ts', import.meta.url);
const never = new AbortController().signal;

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(folder.file(name), content);
  return folder.file(name);
};
const upload = async (library: TestLibrary, name: string, content: Uint8Array) => {
  const { upload } = await library.handlers['library.offer']({ name, size: content.length }, never);
  for (let at = 0; at < content.length; at += 1 << 20)
    await library.handlers['library.give']({ upload, bytes: content.slice(at, at + (1 << 20)) }, never);
  return upload;
};
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
/** A process takes its time on a busy machine. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('it was read')),
    (fault: unknown) => fault,
  );

describe('reading', () => {
  test('a path and an upload give the same document, from one process', async () => {
    await using library = testLibrary();
    for (const [name, content, expected] of [
      ['a.txt', Buffer.from('Plain text'), { kind: 'text', text: 'Plain text', characters: 10 }],
      [
        'a.csv',
        Buffer.from('a;b\n1;2\n'),
        { kind: 'csv', text: 'a | b\n1 | 2', characters: 11, note: '2 rows and 2 columns.' },
      ],
      [
        'a.pdf',
        pdf({ pages: [['One'], ['Two']] }),
        { kind: 'pdf', text: 'One\n\nTwo', characters: 8, pages: 2, note: 'Pictures and layout are left out.' },
      ],
      [
        'a.docx',
        docx(heading(2, 'Part')),
        { kind: 'docx', text: '## Part', characters: 7, note: 'Layout is left out.' },
      ],
    ] as const) {
      const path = file(name, content);
      expect(await library.read({ path })).toEqual({ name, ...expected });
      expect(await library.handlers['library.read']({ upload: await upload(library, name, content) }, never)).toEqual({
        name,
        ...expected,
      });
    }
    expect(library.pids).toHaveLength(1);
  });

  test('a file of many chunks arrives whole', async () => {
    await using library = testLibrary();
    const text = Array.from({ length: 300_000 }, (_, i) => `line ${i}`).join('\n');
    expect(text.length).toBeGreaterThan(3 << 20);
    expect((await library.read({ path: file('long.txt', text) })).text).toBe(text);
  });

  test('exactly one of path and upload', async () => {
    await using library = testLibrary();
    const id = await upload(library, 'a.txt', Buffer.from('x'));
    for (const source of [{}, { path: file('a.txt', 'x'), upload: id }])
      expect(await refusal(library.read(source))).toMatchObject({ code: 'bad-source' });
    expect(await refusal(library.read({ path: 'a.txt' }))).toMatchObject({ code: 'bad-source' });
    expect(library.pids).toEqual([]);
  });
});

describe('what is no file', () => {
  test('is refused by the core, before any process starts', async () => {
    await using library = testLibrary();
    symlinkSync('/dev/zero', folder.file('zero.txt'));
    symlinkSync('circle', folder.file('circle'));
    const sparse = openSync(folder.file('sparse.txt'), 'w');
    ftruncateSync(sparse, 2 ** 30);
    closeSync(sparse);
    const cases: [string, string, RegExp][] = [
      [folder.file('none.txt'), 'file-missing', /no file/],
      [`${file('plain', 'x')}/under`, 'file-missing', /no file/],
      [`${folder.path}/a\0b`, 'file-missing', /no file/],
      [folder.path, 'unknown-kind', /folder/],
      [folder.file('sparse.txt'), 'too-large', /1 GB; documents of at most 64 MB/],
    ];
    if (process.platform !== 'win32')
      cases.push(
        ['/dev/zero', 'unknown-kind', /device/],
        [folder.file('zero.txt'), 'unknown-kind', /device/],
        [folder.file('circle'), 'file-missing', /no file/],
      );
    if (spawnSync('mkfifo', [folder.file('pipe.txt')]).status === 0)
      cases.push([folder.file('pipe.txt'), 'unknown-kind', /pipe/]);
    for (const [path, code, message] of cases)
      expect(await refusal(library.read({ path })), path).toMatchObject({ code, message });
    expect(library.pids).toEqual([]);
  });

  // Root may read every file, and Windows has no such permission: nothing would be refused there.
  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a file without permission', async () => {
    await using library = testLibrary();
    const path = file('mine.txt', 'x');
    chmodSync(path, 0o000);
    expect(await refusal(library.read({ path }))).toMatchObject({ code: 'unreadable', message: /does not let/ });
  });

  test('a link to a file is followed', async () => {
    await using library = testLibrary();
    symlinkSync(file('real.txt', 'behind a link'), folder.file('link.txt'));
    expect(await library.read({ path: folder.file('link.txt') })).toMatchObject({
      name: 'link.txt',
      text: 'behind a link',
    });
  });
});

describe('a hostile document', () => {
  /** Reads an order to the evil parser. */
  const order = (library: TestLibrary, text: string, signal?: AbortSignal): Promise<Document> =>
    upload(library, 'x.txt', Buffer.from(text)).then((id) => library.read({ upload: id }, signal));
  const evil = (options: Parameters<typeof testLibrary>[0] = {}) =>
    testLibrary({ host: shellHost(EVIL), limits: { documentMs: 1500 }, ...options });

  test.each(['loop', 'wait'])('that never ends (%s) is ended, and the core answers meanwhile', async (how) => {
    await using library = evil();
    let longest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const hung = refusal(order(library, how));
    await expect(upload(library, 'y', Buffer.from('z'))).resolves.toBeDefined();
    expect(await hung).toMatchObject({ code: 'reader-timeout', message: /2 seconds/ });
    clearInterval(ticks);
    expect(longest).toBeLessThan(1000);
    await soon(() => expect(alive(library.pids[0]!)).toBe(false));
    await expect(order(library, 'hello')).resolves.toMatchObject({ text: 'read' });
    expect(library.pids).toHaveLength(2);
  });

  test.each(['heap', 'buffers'])('that takes all memory (%s) ends its process and nothing else', async (how) => {
    await using library = evil({ limits: { documentMs: 60_000 } });
    const before = process.memoryUsage.rss();
    const code = expect.stringMatching(/^(reader-crashed|unreadable)$/);
    expect(await refusal(order(library, how))).toMatchObject({ code });
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20);
    await expect(order(library, 'hello')).resolves.toMatchObject({ text: 'read' });
  });

  test.runIf(process.platform === 'linux')('that grows is ended from outside at its limit', async () => {
    await using library = evil({ limits: { documentMs: 60_000 }, process: { mostMemory: 300 << 20 } });
    expect(await refusal(order(library, 'memory'))).toMatchObject({ code: 'reader-crashed', message: /memory/ });
  });

  test('that ends its process, or answers nonsense, is refused, and the next one is read', async () => {
    await using library = evil();
    for (const how of ['exit', 'nonsense']) {
      expect(await refusal(order(library, how))).toMatchObject({ code: 'reader-crashed' });
      await expect(order(library, 'hello')).resolves.toMatchObject({ text: 'read' });
    }
    expect(library.pids).toHaveLength(3);
  });

  test('is read by a fresh process after one that was refused', async () => {
    await using library = testLibrary();
    expect(await refusal(library.read({ path: file('bad.pdf', pdf().subarray(0, 30)) }))).toMatchObject({
      code: 'unreadable',
    });
    await soon(() => expect(alive(library.pids[0]!)).toBe(false));
    await expect(library.read({ path: file('good.pdf', pdf()) })).resolves.toMatchObject({ text: 'Hello' });
    expect(library.pids).toHaveLength(2);
  });

  test('that unpacks to 100 MB of drawing ends at its process', async () => {
    await using library = testLibrary({ limits: { pdfMs: 2000 } });
    const bomb = pdf({ content: Buffer.alloc(100 << 20, '0 0 m '), deflate: true });
    expect(bomb.length).toBeLessThan(2 << 20);
    const outcome = await library.read({ path: file('bomb.pdf', bomb) }).catch((fault: unknown) => fault);
    expect(outcome).toMatchObject({ code: expect.stringMatching(/^(no-text|unreadable|reader-(timeout|crashed))$/) });
  });

  test('can be stopped: the process is ended, and the reason is the person’s', async () => {
    await using library = evil({ limits: { documentMs: 60_000 } });
    const stop = new AbortController();
    const hung = refusal(order(library, 'loop', stop.signal));
    await soon(() => expect(library.pids).toHaveLength(1));
    const reason = new Error('stopped');
    stop.abort(reason);
    expect(await hung).toBe(reason);
    await soon(() => expect(alive(library.pids[0]!)).toBe(false));
    expect(await refusal(order(library, 'x', AbortSignal.abort(reason)))).toBe(reason);
  });
});

describe('the process', () => {
  test('takes one document at a time, in order; who stops waiting loses nobody else their turn', async () => {
    await using library = testLibrary({ host: shellHost(EVIL), limits: { documentMs: 800 } });
    const stop = new AbortController();
    const orders = ['pid', 'wait', 'pid', 'pid', 'pid'].map(async (text, i) =>
      library.read({ upload: await upload(library, 'x', Buffer.from(text)) }, i === 2 ? stop.signal : undefined),
    );
    const outcomes = Promise.allSettled(orders);
    await soon(() => expect(library.pids).toHaveLength(1));
    stop.abort(new Error('stopped'));
    const [first, hung, left, third, fourth] = await outcomes;
    expect(first).toMatchObject({ value: { text: String(library.pids[0]) } });
    expect(hung).toMatchObject({ reason: { code: 'reader-timeout' } });
    expect(left).toMatchObject({ reason: { message: 'stopped' } });
    for (const one of [third, fourth]) expect(one).toMatchObject({ value: { text: String(library.pids[1]) } });
    expect(library.pids).toHaveLength(2);
  });

  test('ends when nobody has come for a while, when daimon sleeps, and when it closes', async () => {
    const library = testLibrary({ process: { idleMs: 300 } });
    const read = () => library.read({ path: file('a.txt', 'x') });
    await read();
    expect(alive(library.pids[0]!)).toBe(true);
    await soon(() => expect(alive(library.pids[0]!)).toBe(false));
    await read();
    library.rest();
    await soon(() => expect(alive(library.pids[1]!)).toBe(false));
    await read();
    await library.close();
    expect(alive(library.pids[2]!)).toBe(false);
    expect(await refusal(read())).toMatchObject({ code: 'closed' });
    expect(library.log.errors).toEqual([]);
  });

  test.runIf(spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0)(
    'dies with a core that was killed, even from an endless loop',
    async () => {
      const core = spawn(process.execPath, [fileURLToPath(ORPHAN), file('loop.txt', 'loop')]);
      let said = '';
      core.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await soon(() => expect(said).toContain('reader.started'));
      const pid = Number(said.split('\n')[0]);
      // In its loop by now, or soon; it does not hear the wire close.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(alive(pid)).toBe(true);
      core.kill('SIGKILL');
      await soon(() => expect(alive(pid)).toBe(false));
    },
  );

  test('closing in the middle of a document ends both', async () => {
    const library = testLibrary({ host: shellHost(EVIL) });
    const hung = refusal(library.read({ path: file('x.txt', 'wait') }));
    await soon(() => expect(library.log.lines).toHaveLength(1));
    const waiting = refusal(library.read({ path: file('y.txt', 'pid') }));
    await library.close();
    expect(await hung).toMatchObject({ code: 'closed' });
    expect(await waiting).toMatchObject({ code: 'closed' });
    expect(library.pids).toHaveLength(1);
  });
});
