/** Pages of the web, data, notebooks, manuals, markup and subtitles: what is read of them, and what is left out. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pdf } from '../../../test/fixtures/pdf.ts';
import { languageOf } from './language.ts';
import { paragraphs, type Run } from './lines.ts';
import { joinPages } from './pages.ts';
import { pdfDate } from './pdf-about.ts';
import { readDocument } from './read.ts';
import { tidy } from './tidy.ts';
import { readXml } from './xml.ts';

const runs = process.env['DAIMON_LONG'] ? 10_000 : 300;
const read = (name: string, content: string | Uint8Array) =>
  readDocument({ name, bytes: typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content });
const refusal = (name: string, content: string | Uint8Array) =>
  read(name, content).then(
    ({ kind }) => Promise.reject(new Error(`it was read: ${kind}`)),
    (fault: unknown) => fault,
  );
const FERNS = 'Ferns grow where other plants do not get enough light, and they are older than flowers by far. ';

describe('a page of the web', () => {
  const page = `<!DOCTYPE html><html><head><title> On
    ferns </title><meta property="article:published_time" content="2020-05-06"><style>p{}</style></head><body>
    <nav><a href="/">Home</a></nav><script>steal()</script><main><article><h1>All about ferns</h1><p>${FERNS.repeat(5)}</p>
    <h2>Where <em>they</em> grow</h2><ul><li>shade<ul><li>deep</li></ul></li><li>moss</li></ul><ol start="3"><li>c</li><li>d</li></ol>
    <p>See <a href="https://evil.example/?q=1">this page</a>.<img src="x.png" alt="a frond"></p>
    <pre><code>grow(fern_a)</code></pre><table><tr><th>Kind</th><th>Height</th></tr><tr><td>Tree</td><td>20 m</td></tr></table>
    <p>${FERNS.repeat(4)}</p></article></main><footer>Cookies</footer></body></html>`;

  test('becomes Markdown, with its title and date, without menus and scripts', async () => {
    const reading = await read('ferns.html', page);
    expect(reading).toMatchObject({ kind: 'html', title: 'On ferns', date: Date.UTC(2020, 4, 6) });
    for (const said of [
      '# All about ferns\n',
      '\n## Where *they* grow\n',
      '\n- shade\n  - deep\n- moss\n',
      '\n3. c\n4. d\n',
      'See this page.',
      '[picture: a frond]',
      '```\ngrow(fern_a)\n```',
      'Kind | Height\nTree | 20 m',
    ])
      expect(reading.text).toContain(said);
    expect(reading.text).not.toMatch(/steal|Home|Cookies|evil|color|\{/);
  });

  test('that names no main part loses the lists of links around its article', async () => {
    const links = Array.from({ length: 40 }, (_, n) => `<li><a href="/${n}">Menu entry ${n}</a></li>`).join('');
    const html = `<title>Moss</title><body><div class="sidebar"><ul>${links}</ul></div><div class="content"><h1>Moss</h1>${`<p>${FERNS.repeat(3)}</p>`.repeat(6)}</div></body>`;
    const { text } = await read('a.html', html);
    expect(text).toMatch(/^# Moss\n\nFerns grow/);
    expect(text).not.toContain('Menu entry');
  });

  test('without an article is read whole', async () => {
    expect((await read('a.htm', '<h1>Prices</h1><p>Moss: 3<p>Peat: 4')).text).toBe('# Prices\n\nMoss: 3\n\nPeat: 4');
    expect(await refusal('a.html', '<script>draw()</script><div id=app></div>')).toMatchObject({ code: 'no-text' });
  });

  test('is known under a name that says nothing; a program that writes pages is none', async () => {
    expect(await read('page', page)).toMatchObject({ kind: 'html' });
    expect(await read('page.php', page)).toMatchObject({ kind: 'code' });
  });

  test.each([
    ['its head', Buffer.from('<meta charset="iso-8859-2"><p>\xb3\xf3d\xbc', 'latin1'), 'łódź'],
    [
      'its head, the old way',
      Buffer.from('<meta http-equiv=Content-Type content="text/html; charset=windows-1251"><p>\xcc\xee\xf5', 'latin1'),
      'Мох',
    ],
    ['its mark', Buffer.from('\ufeff<meta charset="koi8-r"><p>łódź'), 'łódź'],
    ['nothing', Buffer.from('<p>Zo\xeb', 'latin1'), 'Zoë'],
    ['a name that nobody knows', Buffer.from('<meta charset="klingon"><p>łódź'), 'łódź'],
  ])('is decoded by %s', async (_by, bytes, text) => {
    expect((await read('a.html', bytes)).text).toBe(text);
  });

  test('of any depth and size is read soon', async () => {
    const hostile = [
      `${'<div>'.repeat(10_000)}deep${'</div>'.repeat(10_000)}<p>flat`,
      `${'<ul><li>'.repeat(5_000)}deep</ul><p>flat`,
      `<p>deep</p>${'<i>x</i>'.repeat(600_000)}<p>flat</p>`,
      `<p>deep &amp; ${'<'.repeat(2_000_000)}<p>flat</p>`,
      `<p>deep${`<p>${FERNS}</p>`.repeat(40_000)}<p>flat`,
    ];
    for (const html of hostile) {
      const began = performance.now();
      const { text } = await read('a.html', html);
      expect([text.includes('deep'), text.includes('flat')]).toEqual([true, true]);
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });
});

describe('data', () => {
  test('of JSON stands under the keys that lead to it', async () => {
    const data = {
      name: 'Fern',
      sizes: [1, 2],
      parts: [{ leaf: 'frond', note: 'two\nlines' }, {}],
      none: null,
      '': true,
    };
    expect(await read('a.json', JSON.stringify(data))).toMatchObject({
      kind: 'json',
      text: 'name: Fern\nsizes: 1, 2\nparts[0].leaf: frond\nparts[0].note:\ntwo\nlines\n\ntrue',
    });
  });

  test('a record a line stand apart; a broken one is left out and noted', async () => {
    const lines = Array.from({ length: 12 }, (_, n) => JSON.stringify({ n, of: 'moss' }));
    const { text, note } = await read('a.jsonl', [...lines, '{"n":'].join('\n'));
    expect(text).toMatch(/^n: 0\nof: moss\n\nn: 1\n/);
    expect(note).toMatch(/^1 of 13 lines/);
  });

  test('that is no JSON, or nests without end, is text as it stands or lines', async () => {
    expect(await read('tsconfig.json', '{ // remark\n}')).toMatchObject({ kind: 'code', text: '{ // remark\n}' });
    const deep = `${'['.repeat(50_000)}"x"${']'.repeat(50_000)}`;
    expect((await read('a.json', deep)).text).toContain('x');
  });

  test('notebooks are their words, their code and what it printed', async () => {
    const book = {
      metadata: { language_info: { name: 'python' } },
      cells: [
        { cell_type: 'markdown', source: ['# Moss\n', 'It grows.'] },
        {
          cell_type: 'code',
          source: 'grow()',
          outputs: [
            { output_type: 'stream', text: ['3 cm\n'] },
            { output_type: 'display_data', data: { 'image/png': 'AAAA', 'text/plain': '<Figure>' } },
            { output_type: 'error', ename: 'DryError', evalue: 'no rain' },
          ],
        },
        7,
      ],
    };
    expect(await read('a.ipynb', JSON.stringify(book))).toMatchObject({
      kind: 'markdown',
      text: '# Moss\nIt grows.\n\n```python\ngrow()\n```\n\n```\n3 cm\n\n<Figure>\nDryError: no rain\n```',
    });
    expect(await read('a.ipynb', '{"cells": 3}')).toMatchObject({ kind: 'json' });
  });
});

describe('a manual', () => {
  const page = `.\\" remark
.TH FERN 1 2021-02-03 "Garden"
.SH NAME
fern \\- grow \\fBferns\\fR
.SH "SEE ALSO"
.de XX
hidden
..
.if n \\{\\
.ad l
.\\}
.TP
.BR \\-h ", " \\-\\-help
Say \\(lqhelp\\(rq.
.PP
Use
.I shade
for it.
.nf
  fern   \\-\\-all
.fi
.TS
l l.
Kind	Height
T{
Tree
T}	20 m
.TE
.IX "moss"
Last.
`;
  test('has headings, items and plain words, packed or not', async () => {
    const text =
      '## NAME\n\nfern - grow ferns\n\n## SEE ALSO\n\n- -h, --help\nSay “help”.\n\nUse shade for it.\n\n  fern   --all\n\nKind | Height\nTree | 20 m\n\nLast.';
    const expected = { kind: 'markdown', title: 'FERN(1)', date: Date.UTC(2021, 1, 3) };
    const { text: got, ...rest } = await read('fern.1', page);
    expect(rest).toMatchObject(expected);
    expect(got.replace(/\n+/g, '\n')).toBe(text.replace(/\n+/g, '\n'));
    expect(await read('fern.1.gz', gzipSync(page))).toMatchObject(expected);
  });

  test('of BSD is read too', async () => {
    const bsd = `.Dd $Mdocdate: March 4 2019 $
.Dt MOSS 8
.Os
.Sh NAME
.Nm moss
.Nd grow moss
.Sh SYNOPSIS
.Nm
.Op Fl v
.Ar file ...
.Sh DESCRIPTION
See
.Xr fern 1 ,
or
.Dq peat .
.Bl -tag
.It Fl v
Says more.
.El
`;
    const { text, title } = await read('moss.8', bsd);
    expect(title).toBe('MOSS(8)');
    expect(text).toContain('moss – grow moss');
    expect(text).toContain('moss [-v] file ...');
    expect(text).toContain('See fern(1), or “peat”.');
    expect(text).toContain('- -v\nSays more.');
  });

  test('a version number is no manual, and packed text is read for what is in it', async () => {
    expect(await read('notes-0.1', 'Release 0.1\n.hidden file')).toMatchObject({ kind: 'text' });
    expect(await read('CHANGES.md.gz', gzipSync('# New\n'))).toMatchObject({ kind: 'markdown', text: '# New\n' });
    expect(await refusal('a.gz', gzipSync(Buffer.alloc(80 << 20)))).toMatchObject({ code: 'too-large' });
    expect(await refusal('a.gz', gzipSync('hello').subarray(0, 15))).toMatchObject({ code: 'unreadable' });
  });
});

test('headings of other markup become those of Markdown', async () => {
  const kinds = {
    'a.rst': 'Top\n===\n\nSub\n---\n\ntext\n===',
    'a.adoc': '= Top\n\n== Sub\n\ntext',
    'a.org': '* Top\n\n** TODO Sub :tag:\n\ntext',
    'a.tex': '\\part{Top}\n\n\\chapter{Sub}\n\ntext',
  };
  for (const [name, markup] of Object.entries(kinds)) {
    const { kind, text } = await read(name, markup);
    expect([kind, text.split('\n').filter((line) => line.startsWith('#'))[0]]).toEqual(['markdown', '# Top']);
    expect(text).toContain('\n## Sub\n');
  }
});

test('subtitles are what is said', async () => {
  const srt =
    '1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Look,</i>\r\na fern.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nWhere?\r\n';
  expect(await read('a.srt', srt)).toMatchObject({ kind: 'text', text: 'Look,\na fern.\nWhere?' });
  expect((await read('a.vtt', 'WEBVTT\n\n00:01.000 --> 00:02.000 line:0\nHi.\n')).text).toBe('Hi.');
  expect((await read('a.srt', 'no times')).text).toBe('no times');
});

describe('a language', () => {
  test.each([
    ['eng', FERNS],
    ['deu', 'Farne wachsen dort, wo andere Pflanzen nicht genug Licht bekommen, und sie sind älter als alle Blumen.'],
    [
      'fra',
      'Les fougères poussent là où les autres plantes ne reçoivent pas assez de lumière, et elles sont anciennes.',
    ],
    [
      'jpn',
      'シダは他の植物が十分な光を得られない場所で育ち、花よりもはるかに古いものです。森の中でよく見られる植物です。',
    ],
  ])('%s is told', (language, text) => {
    expect(languageOf(text)).toBe(language);
  });
  test('is not guessed of little text, of tables or of code', async () => {
    expect(languageOf('Ferns.')).toBeUndefined();
    expect(languageOf('1 | 2 | 3\n'.repeat(50))).toBeUndefined();
    expect((await read('a.py', `# ${FERNS}`)).language).toBeUndefined();
  });
});

describe('pages', () => {
  test('each anchor stands where its page begins, whatever the pages say', () => {
    const page = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '\r', '\f', '\u0007', '\ud83c', '🌊', '\x1b[1m', '\u{e0041}'),
    });
    fc.assert(
      fc.property(fc.array(page, { maxLength: 8 }), (pages) => {
        const { text, anchors } = joinPages(pages);
        expect(anchors.map((anchor) => anchor.page)).toEqual(pages.map((_, index) => index + 1));
        for (const [index, { at }] of anchors.entries()) {
          expect(at).toBeGreaterThanOrEqual(anchors[index - 1]?.at ?? 0);
          expect(text.slice(at).startsWith(tidy(pages[index]!).trim())).toBe(true);
        }
        expect(tidy(text)).toBe(text);
      }),
      { numRuns: runs, seed: 5 },
    );
  });

  test('have no rows of dots before a number', () => {
    const { text, anchors } = joinPages(['1. Ferns . . . . . . . . 4\n2. Moss........ 9', 'Wait ... and see.']);
    expect(text).toBe('1. Ferns … 4\n2. Moss … 9\n\nWait ... and see.');
    expect(text.slice(anchors[1]!.at)).toBe('Wait ... and see.');
  });

  test('of a PDF begin where its anchors say, after all that was joined', async () => {
    const lines = fc.array(
      fc.constantFrom('Ferns grow', 'in deep shade and man-', 'ulate', 'UTF-', '8', 'Jean-', 'Paul'),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(lines, { minLength: 1, maxLength: 5 }), async (pages) => {
        fc.pre(pages.some((page) => page.length > 0));
        const { text, anchors } = await read('a.pdf', pdf({ pages }));
        for (const [index, { at }] of anchors!.entries())
          expect(text.slice(at).startsWith(pages[index]![0]?.slice(0, 4) ?? '')).toBe(true);
      }),
      { numRuns: Math.min(runs, 500) / 10, seed: 6 },
    );
  });

  test('have paragraphs where the eye sees them, and words whole', () => {
    const line = (text: string, y: number, size = 10): Run => ({ text, x: 72, y, size, ends: true });
    const set = [
      line('Moss', 700, 16),
      line('Moss grows in damp and sha-', 680),
      line('dowy places; UTF-', 668),
      line('8 is none of them.', 656),
      line('A new paragraph of Jean-', 630),
      line('Paul.', 618),
    ];
    expect(paragraphs(set)).toBe(
      'Moss\n\nMoss grows in damp and shadowy\nplaces; UTF-\n8 is none of them.\n\nA new paragraph of Jean-\nPaul.',
    );
    expect(paragraphs([])).toBe('');
  });

  test('a PDF tells its title and date, unless they are a program’s', async () => {
    const info = (title: string) =>
      pdf({ trailer: `/Info << /Title (${title}) /ModDate (D:20180110135959+01'00') /CreationDate (D:2001) >>` });
    expect(await read('a.pdf', info('On moss'))).toMatchObject({
      title: 'On moss',
      date: Date.UTC(2018, 0, 10, 12, 59, 59),
    });
    expect((await read('a.pdf', info('Microsoft Word - a.doc'))).title).toBeUndefined();
    expect([pdfDate('D:2001'), pdfDate('20010203'), pdfDate('yesterday'), pdfDate('D:20019999')]).toEqual([
      Date.UTC(2001),
      Date.UTC(2001, 1, 3),
      undefined,
      undefined,
    ]);
  });
});

describe('XML', () => {
  const events = (xml: string) => {
    const all: string[] = [];
    readXml(xml, {
      open: (name, attributes) => all.push(`<${name} ${JSON.stringify(attributes)}`),
      text: (text) => all.push(text),
      close: (name) => all.push(`>${name}`),
    });
    return all;
  };
  test('comes as events, prefixes off, references resolved', () => {
    expect(
      events(
        '<?xml version="1.0"?><!-- > --><a:b id="1" r:id=\'x&amp;&#x41;\'>t&lt;&#66;&unknown;<![CDATA[<c>]]><d/></a:b>',
      ),
    ).toEqual(['<b {"id":"1",":id":"x&A"}', 't<B&unknown;', '<c>', '<d {}', '>d', '>b']);
  });
  test('whatever was written into it comes out', () => {
    const escape = (text: string) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, value) => {
        const got = events(`<a v="${escape(value)}">${escape(text)}</a>`);
        expect(got).toEqual([`<a ${JSON.stringify({ v: value })}`, ...(text ? [text] : []), '>a']);
      }),
      { numRuns: runs, seed: 7 },
    );
  });
  test.each(['<a>', '<a></b>', '</a>', '<a b=c/>', '<a', '<a><!-- </a>', '<a>&</a', '<!DOCTYPE a><a/>'])(
    '%s is refused',
    (xml) => {
      expect(() => events(xml)).toThrow();
    },
  );
});
