/** All documents of one file, through the real reader process: mails, exports, chats, and what goes wrong. */
import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, openSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { docx, heading, paragraph, run } from '../../test/fixtures/docx.ts';
import { mail, mbox } from '../../test/fixtures/mail.ts';
import { pdf } from '../../test/fixtures/pdf.ts';
import { temporaryFolder, type TemporaryFolder } from '../../test/fakes/folder.ts';
import { shellHost, testLibrary, type TestLibrary } from '../../test/fakes/reader.ts';
import type { Delivered, Part } from './parts.ts';

const EVIL = new URL('./evil-closed.fixture.ts', import.meta.url);
const megabytes = process.env['DAIMON_LONG'] ? 2000 : 300;
const never = new AbortController().signal;
let folder: TemporaryFolder;
let library: TestLibrary;
beforeAll(() => {
  folder = temporaryFolder();
  library = testLibrary();
});
afterAll(async () => {
  await library.close();
  folder[Symbol.dispose]();
});

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(folder.file(name), content);
  return folder.file(name);
};
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const all = async (items: AsyncIterable<Delivered>) => {
  const got: Delivered[] = [];
  for await (const item of items) got.push(item);
  return got;
};
/** What a file gives; its end is looked at here. */
async function read(name: string, content: string | Uint8Array): Promise<(Part | string)[]> {
  const items = await all(library.parts({ path: file(name, content) }, { ocr: false }));
  const total = Buffer.byteLength(content);
  expect(items.pop()).toEqual({ kind: 'end', hash: sha256(content), done: total, total });
  return items.map((item) => (item.kind === 'part' ? item.part : item.kind === 'refused' ? item.why : 'end'));
}
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('it was read')),
    (fault: unknown) => fault,
  );
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

describe('one document', () => {
  test('is one part, with the hash of its bytes', async () => {
    expect(await read('a.txt', 'Plain')).toEqual([{ kind: 'text', text: 'Plain' }]);
    expect(await read('a.pdf', pdf({ pages: [['One'], ['Two']] }))).toMatchObject([
      { kind: 'pdf', pages: 2, anchors: [{ page: 1 }, { page: 2 }] },
    ]);
    expect(await read('a.docx', docx(heading(1, 'Title')))).toMatchObject([{ kind: 'docx', text: '# Title' }]);
  });

  test('that only looks like many is still one', async () => {
    const patch = `From ${'a'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A <a@x>\nSubject: [PATCH] x\n\ndiff\n`;
    for (const [name, content] of [
      ['a.patch', patch],
      ['a.md', 'From: me\nDate: today\nSubject: that\n\nText'],
      ['a.txt', 'From: me to you\nwith love'],
      ['a.json', '{"mapping": {"a": 1}, "list": [1]}'],
      ['b.json', '[{"mapping": 1}]'],
      ['log.txt', '[2024-01-02, 10:00:00] started: yes\nno more\nthan that'],
    ] as const)
      expect(await read(name, content), name).toMatchObject([{ kind: expect.not.stringMatching(/mail|conversation/) }]);
  });

  test('is refused as documents are, and larger than 64 MB before it is read', async () => {
    const parts = (name: string, content: string | Uint8Array) =>
      refusal(all(library.parts({ path: file(name, content) }, { ocr: false })));
    expect(await parts('empty.txt', '')).toMatchObject({ code: 'no-text' });
    expect(await parts('bad.pdf', pdf().subarray(0, 30))).toMatchObject({ code: 'unreadable' });
    expect(await parts('a.zip', zipSync({ 'a.txt': strToU8('x') }))).toMatchObject({ code: 'unknown-kind' });
    const large = folder.file('large.txt');
    const handle = openSync(large, 'w');
    writeSync(handle, 'begins\n');
    writeSync(handle, 'x', 200 << 20);
    closeSync(handle);
    expect(await refusal(all(library.parts({ path: large }, { ocr: false })))).toMatchObject({
      code: 'too-large',
      message: /200 MB; documents of at most 64 MB/,
    });
  });

  test('that is longer than a frame comes in several, cut between lines', async () => {
    const line = `${'y'.repeat(99)}\n`;
    const parts = (await read('long.txt', line.repeat(45_000))) as Part[];
    expect(parts.map(({ text }) => text.length)).toEqual([4_000_000, 500_000]);
    expect(parts.every(({ text }) => text.startsWith('y') && text.endsWith('\n'))).toBe(true);
  });
});

describe('mail', () => {
  test('gives headers, text, and the documents that hang on it', async () => {
    const report = docx([heading(1, 'Report'), paragraph(run('Numbers'))].join(''));
    const parts = await read(
      'a.eml',
      mail({
        from: '=?utf-8?Q?J=C3=BCrgen?= <j@example.org>',
        subject: 'Grüße aus Köln',
        text: 'Hello\r\n\r\n> quoted\r\n',
        html: '<p>Hello</p>',
        attached: [
          { name: 'report.docx', type: 'application/octet-stream', bytes: report },
          { name: 'bad.pdf', type: 'application/pdf', bytes: pdf().subarray(0, 40) },
          { name: 'picture.png', type: 'image/png', bytes: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0', 'latin1') },
        ],
      }),
    );
    expect(parts).toMatchObject([
      {
        kind: 'mail',
        title: 'Grüße aus Köln',
        date: Date.UTC(2023, 11, 24, 17, 5, 12),
        text: [
          'From: Jürgen <j@example.org>',
          'To: Bo <bo@example.org>',
          'Date: Sun, 24 Dec 2023 18:05:12 +0100',
          'Subject: Grüße aus Köln',
          'Attachments: report.docx, bad.pdf, picture.png',
          '',
          'Hello',
          '',
          '> quoted',
        ].join('\n'),
      },
      { kind: 'docx', title: 'Grüße aus Köln › report.docx', text: '# Report\n\nNumbers', date: expect.any(Number) },
      expect.stringMatching(/^bad\.pdf, attached to a mail: This file is damaged/),
    ]);
  });

  test('without the documents that hang on it, when asked so', async () => {
    const note = { name: 'note.txt', type: 'text/plain', bytes: Buffer.from('A note') };
    const path = file('d.eml', mail({ attached: [note] }));
    const kinds = async (attached: boolean) =>
      (await all(library.parts({ path }, { ocr: false, attached }))).flatMap((one) =>
        one.kind === 'part' ? [one.part.kind] : [],
      );
    expect(await kinds(true)).toEqual(['mail', 'text']);
    expect(await kinds(false)).toEqual(['mail']);
  });

  test('of HTML alone gives its text, without the addresses of its links', async () => {
    const html =
      '<style>p{}</style><h1>News</h1><p>Read <a href="https://track.example.org/?id=1">this</a> &amp; that</p>';
    const [part] = (await read('b.eml', mail({ html }))) as Part[];
    expect(part!.text).toContain('Read this & that');
    expect(part!.text).not.toMatch(/track|p\{\}/);
  });

  test('of an archive comes mail by mail; a broken one is refused, and the others go on', async () => {
    const inner = mail({ subject: 'Inner', text: 'within' });
    const parts = await read(
      'archive',
      mbox([
        mail({ subject: 'One', text: 'From here to there' }),
        Buffer.from('no header at all\n'),
        mail({ subject: 'Two', date: '' }),
        mail({ subject: 'Three', attached: [{ name: 'm.eml', type: 'message/rfc822', bytes: inner }] }),
      ]),
    );
    expect(parts).toMatchObject([
      { title: 'One', text: expect.stringContaining('From here to there') },
      expect.stringMatching(/damaged/),
      { title: 'Two', date: Date.UTC(2023, 11, 24, 17, 5, 12) },
      { title: 'Three' },
      { title: 'Three › Inner', text: expect.stringContaining('within') },
    ]);
  });

  test('a date that cannot be read is nobody’s, and not today', async () => {
    const [part] = (await read('c.eml', mail({ date: 'soon' }))) as Part[];
    expect(part).not.toHaveProperty('date');
    expect(part!.text).toContain('Date: soon');
  });

  test('of Apple Mail, without what Mail noted about it', async () => {
    const one = mail({ text: 'Hi' });
    const [part] = (await read(
      '1.emlx',
      Buffer.concat([Buffer.from(`${one.length}\n`), one, Buffer.from('<plist/>')]),
    )) as Part[];
    expect(part!.text).toMatch(/\n\nHi$/);
  });
});

const chatgpt = {
  title: 'Bridges',
  create_time: 1_700_000_000,
  conversation_id: 'c1',
  current_node: 'b2',
  mapping: {
    root: { id: 'root', parent: null, message: null, children: ['a'] },
    a: node('a', 'root', 'user', 'What holds a bridge?'),
    b1: node('b1', 'a', 'assistant', 'An older answer'),
    b2: node('b2', 'a', 'assistant', 'Its **cables**.'),
  },
};
function node(id: string, parent: string, role: string, text: string) {
  return {
    id,
    parent,
    children: [],
    message: { id, author: { role }, content: { content_type: 'text', parts: [text] } },
  };
}
const claude = {
  uuid: 'u',
  name: 'Boats',
  created_at: '2024-05-01T10:00:00Z',
  chat_messages: [
    {
      uuid: 'm',
      sender: 'human',
      text: 'Read this',
      attachments: [{ file_name: 'boat.txt', extracted_content: 'A boat floats.' }],
    },
    { uuid: 'n', sender: 'assistant', text: 'It floats.' },
  ],
};

describe('exports', () => {
  const bridges = {
    kind: 'conversation',
    title: 'Bridges',
    text: 'You: What holds a bridge?\n\nAssistant: Its **cables**.',
  };

  test('of ChatGPT and Claude, as JSON and as ZIP, give each conversation', async () => {
    expect(await read('conversations.json', JSON.stringify([chatgpt, 7, chatgpt]))).toMatchObject([
      bridges,
      expect.stringMatching(/not a conversation/),
      bridges,
    ]);
    const zip = zipSync({
      'user.json': strToU8('{}'),
      'conversations.json': strToU8(JSON.stringify([claude])),
    });
    expect(await read('export.zip', zip)).toMatchObject([
      {
        title: 'Boats',
        date: Date.UTC(2024, 4, 1, 10),
        text: 'You: Read this\n\nAttached: boat.txt\n\nAssistant: It floats.',
      },
      { kind: 'text', title: 'Boats › boat.txt', text: 'A boat floats.' },
    ]);
  });

  test('a ZIP with mails and chats gives both', async () => {
    const zip = zipSync({
      'Takeout/Mail/All mail.mbox': mbox([mail({ subject: 'One' }), mail({ subject: 'Two' })]),
      'WhatsApp Chat with Anna.txt': strToU8('24.12.23, 18:05 - Anna: Hello\n24.12.23, 18:06 - Bo: Hi\n'),
      'IMG.jpg': new Uint8Array(100),
    });
    expect(await read('takeout.zip', zip)).toMatchObject([
      { title: 'One' },
      { title: 'Two' },
      { title: 'Anna', text: '## 2023-12-24\n\nAnna: Hello\n\nBo: Hi' },
    ]);
  });
});

describe('an attached archive', () => {
  const attach = async (name: string, content: string | Uint8Array) =>
    library.handlers['library.read']({ path: file(name, content) }, never);

  test('is read as one text under titles, with a note', async () => {
    expect(await attach('two.mbox', mbox([mail({ subject: 'One' }), mail({ subject: 'Two' })]))).toMatchObject({
      name: 'two.mbox',
      kind: 'mail',
      text: expect.stringMatching(/^# One\n\nFrom: [^]*\n\n# Two\n\nFrom: /),
      note: 'All 2 parts of this file.',
    });
    expect(await attach('chat.json', JSON.stringify([chatgpt]))).toMatchObject({
      kind: 'conversation',
      text: 'You: What holds a bridge?\n\nAssistant: Its **cables**.',
    });
    expect(await refusal(attach('broken.mbox', mbox([Buffer.from('nothing\n')])))).toMatchObject({
      code: 'unreadable',
    });
  });

  test('only its beginning, when it is long', async () => {
    const long = mail({ subject: 'Long', text: 'word '.repeat(30_000) });
    const { note, characters } = await attach('long.mbox', mbox(Array.from({ length: 10 }, () => long)));
    expect(characters).toBe(1_000_000);
    expect(note).toMatch(/^Only the first 7 parts of this file\.$/);
  });
});

describe('when things go wrong', () => {
  const evil = (options: Parameters<typeof testLibrary>[0] = {}) => testLibrary({ host: shellHost(EVIL), ...options });

  test('a reader that is killed in the middle is told of, and the next file is read', async () => {
    await using room = testLibrary();
    const path = file('kill.mbox', mbox(Array.from({ length: 3000 }, (_, i) => mail({ subject: String(i) }))));
    const got: Delivered[] = [];
    const reading = refusal(
      (async () => {
        for await (const item of room.parts({ path }, { ocr: false })) {
          if (got.push(item) === 10) process.kill(room.pids[0]!, 'SIGKILL');
        }
      })(),
    );
    expect(await reading).toMatchObject({ code: 'reader-crashed' });
    expect(got.every(({ kind }) => kind === 'part')).toBe(true);
    const items = await all(room.parts({ path: file('next.txt', 'next') }, { ocr: false }));
    expect(items).toMatchObject([{ part: { text: 'next' } }, { kind: 'end' }]);
    expect(room.pids).toHaveLength(2);
  });

  test('a reader that hangs, dies or talks nonsense is ended', async () => {
    await using room = evil({ limits: { silenceMs: 800 } });
    for (const [order, code] of [
      ['hang', 'reader-timeout'],
      ['exit', 'reader-crashed'],
      ['nonsense', 'reader-crashed'],
    ] as const)
      expect(await refusal(all(room.parts({ path: file('x', `one\n${order}\n`) }, { ocr: false })))).toMatchObject({
        code,
      });
    expect(await all(room.parts({ path: file('x', 'one\nrefused\n') }, { ocr: false }))).toMatchObject([
      { part: { text: 'one' } },
      { kind: 'refused' },
      { kind: 'end' },
    ]);
  });

  test.each([
    ['grows', (path: string) => appendFileSync(path, 'more')],
    ['becomes shorter', (path: string) => writeFileSync(path, 'short')],
    ['goes away', (path: string) => unlinkSync(path)],
  ])('a file that %s while it is read is unreadable', async (how, change) => {
    if (how === 'goes away' && process.platform === 'win32') return;
    const path = file('changing.mbox', mbox(Array.from({ length: 4000 }, () => mail({ text: 'x'.repeat(2000) }))));
    let changed = false;
    const reading = (async () => {
      for await (const _ of library.parts({ path }, { ocr: false })) {
        if (!changed) change(path);
        changed = true;
      }
    })();
    expect(await refusal(reading)).toMatchObject({ code: 'unreadable', message: /while it was read/ });
  });

  test('the hash is of all bytes, also of those that no reader asked for', async () => {
    await using room = evil();
    const content = `one\nenough\n${'x'.repeat(5 << 20)}\n`;
    expect((await all(room.parts({ path: file('enough', content) }, { ocr: false }))).at(-1)).toMatchObject({
      hash: sha256(content),
    });
  });

  test('stopping ends it; leaving early too', async () => {
    await using room = evil();
    const stop = new AbortController();
    const path = file('hang', 'one\nhang\n');
    const hung = refusal(all(room.parts({ path }, { ocr: false }, stop.signal)));
    await soon(() => expect(room.pids).toHaveLength(1));
    const reason = new Error('stopped');
    stop.abort(reason);
    expect(await hung).toBe(reason);
    for await (const item of room.parts({ path }, { ocr: false })) {
      expect(item).toMatchObject({ part: { text: 'one' } });
      break;
    }
    expect(await all(room.parts({ path: file('y', 'two\n') }, { ocr: false }))).toHaveLength(2);
  });

  test('a document is attached while a large archive is being read', async () => {
    await using room = evil();
    const archive = room.parts({ path: file('hang', 'one\nhang\n') }, { ocr: false })[Symbol.asyncIterator]();
    await archive.next();
    await expect(room.read({ path: file('z.txt', 'hello') })).resolves.toMatchObject({ text: 'read' });
    await archive.return!();
  });
});

test.runIf(process.platform === 'linux')(
  'an archive of hundreds of megabytes is read in bounded memory',
  { timeout: megabytes * 500 },
  async () => {
    const path = folder.file('large.mbox');
    const handle = openSync(path, 'w');
    const picture = { name: 'p.png', type: 'image/png', bytes: Buffer.alloc(2 << 20, '\x89PNG\r\n\x1a\n', 'latin1') };
    const one = mbox([mail({ subject: 'Photos', text: 'See below', attached: [picture] })]);
    const many = Math.ceil((megabytes * 2 ** 20) / one.length);
    for (let i = 0; i < many; i++) writeSync(handle, one);
    closeSync(handle);
    await using room = testLibrary();
    let most = 0;
    const watch = setInterval(() => {
      try {
        most = Math.max(most, Number(readFileSync(`/proc/${room.pids[0]}/statm`, 'latin1').split(' ')[1]) * 4096);
      } catch {
        // Not yet, or no longer there.
      }
    }, 20);
    const before = process.memoryUsage().rss;
    let mails = 0;
    let core = 0;
    for await (const item of room.parts({ path }, { ocr: false })) {
      if (item.kind === 'part') mails++;
      core = Math.max(core, process.memoryUsage().rss - before);
    }
    clearInterval(watch);
    unlinkSync(path);
    expect(mails).toBe(many);
    expect(core).toBeLessThan(150 << 20);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(400 << 20);
  },
);
