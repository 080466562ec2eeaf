/** Slides, sheets, OpenDocument files and books: what they become, and what hostile ones do not reach. */
import { describe, expect, test } from 'vitest';
import { archive, crowded, epub, odf, pptx, xlsx } from '../../../test/fixtures/office.ts';
import { readDocument } from './read.ts';

const read = (name: string, bytes: Uint8Array) => readDocument({ name, bytes });
const refusal = (name: string, bytes: Uint8Array) =>
  read(name, bytes).then(
    ({ kind }) => Promise.reject(new Error(`it was read: ${kind}`)),
    (fault: unknown) => fault,
  );
/** Page and the first line that stands at each anchor. */
const places = ({ text, anchors = [] }: Awaited<ReturnType<typeof read>>) =>
  anchors.map(({ at, page }) => [page, text.slice(at).split('\n')[0]]);

const SPACES = new Uint8Array(4 << 20).fill(32);
const LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>';

describe('a presentation', () => {
  const talk = pptx([
    {
      title: 'Why tides rise',
      points: [
        ['The moon pulls', 0],
        ['twice a day', 1],
      ],
      notes: 'Ask who has seen one.',
    },
    {
      box: 'A box & its text',
      table: [
        ['Place', 'Height'],
        ['Fundy', '16 m'],
      ],
    },
    {},
    { title: 'Thanks' },
  ]);

  test('has its slides in the order that is shown, each under its title, with tables and notes', async () => {
    const reading = await read('talk.pptx', talk);
    expect(reading).toMatchObject({ kind: 'pptx', title: 'A talk', date: Date.UTC(2025, 2, 4, 5, 6, 7), pages: 4 });
    expect(reading.text).toBe(
      [
        '## Why tides rise\n\n- The moon pulls\n  - twice a day\n\nNotes: Ask who has seen one.',
        '## Slide 2\n\nA box & its text\n\nPlace | Height\nFundy | 16 m',
        '## Slide 3',
        '## Thanks',
      ].join('\n\n'),
    );
    expect(places(reading)).toEqual([
      [1, '## Why tides rise'],
      [2, '## Slide 2'],
      [3, '## Slide 3'],
      [4, '## Thanks'],
    ]);
  });

  test('without a word says so, and one with a missing slide keeps its numbers', async () => {
    expect(await refusal('a.pptx', pptx([{}, {}]))).toMatchObject({ code: 'no-text' });
    const torn = pptx([{ title: 'One' }, { title: 'Two' }, { title: 'Three' }], { 'ppt/slides/slide2.xml': null });
    const reading = await read('a.pptx', torn);
    expect(places(reading)).toEqual([
      [1, '## One'],
      [2, '## Three'],
      [3, '## Three'],
    ]);
    expect(reading.note).toContain('1 of 3 slides');
  });

  test('what older programs should draw instead is not said twice', async () => {
    const t = (text: string) => `<p:sp><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:sp>`;
    const slide = `<p:sld xmlns:p="p" xmlns:a="a" xmlns:mc="m"><mc:AlternateContent><mc:Choice>${t('new')}</mc:Choice><mc:Fallback>${t('old')}</mc:Fallback></mc:AlternateContent>${t('after')}</p:sld>`;
    expect((await read('a.pptx', pptx([{}], { 'ppt/slides/slide1.xml': slide }))).text).toBe(
      '## Slide 1\n\nnew\n\nafter',
    );
  });
});

describe('a workbook', () => {
  test('has each sheet under its name, its rows as lines, and dates as dates', async () => {
    const codes = [
      'yyyy\\-mm\\-dd',
      'dd/mm/yy hh:mm',
      '[$-409]mmmm d, yyyy;@',
      '0.0%',
      '#,##0.00 "days"',
      '[h]:mm',
      'hh:mm:ss',
    ];
    const book = xlsx(
      {
        Plan: [
          ['What', 'When', 'How much', null],
          ['Dig', [45_995, 1], [0.1 + 0.2, 0], true],
          [null, null, [0.125, 4]],
          [],
          ['At', [45_995.75, 2], [45_995, 3]],
          [null, [3, 5], [1.5, 6], [0.5, 7]],
        ],
        'Empty & new': [],
        Last: [['end | of', 'two\nlines']],
      },
      { codes },
    );
    const reading = await read('plan.xlsx', book);
    expect(reading.text).toBe(
      [
        '## Plan\n\nWhat | When | How much\nDig | 2025-12-04 | 0.3 | TRUE\n |  | 12.5%',
        'At | 2025-12-04 18:00 | 2025-12-04\n | 3 | 36:00 | 12:00',
      ].join('\n') + '\n\n## Empty & new\n\n## Last\n\nend | of | two lines',
    );
    expect(reading).toMatchObject({ kind: 'xlsx', title: 'Figures', pages: 3, note: /^6 rows of 3 sheets/ });
    expect(places(reading)).toEqual([
      [1, '## Plan'],
      [2, '## Empty & new'],
      [3, '## Last'],
    ]);
  });

  test('of the old Macintosh calendar counts from 1904', async () => {
    const book = xlsx(
      {
        A: [
          [
            [0, 1],
            [1, 1],
          ],
        ],
      },
      { codes: ['yyyy-mm-dd'], date1904: true },
    );
    expect((await read('a.xlsx', book)).text).toContain('1904-01-01 | 1904-01-02');
  });

  test('a cell in column XFD makes no thousands of bars, and one that is empty says so', async () => {
    const sheet =
      '<worksheet><sheetData><row><c r="XFD1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>';
    const { text, note } = await read('a.xlsx', xlsx({ A: [] }, { more: { 'xl/worksheets/data-0.xml': sheet } }));
    expect([text, note]).toEqual(['## A\n\n2', expect.stringMatching(/^Only the first 1 row/)]);
    expect(await refusal('a.xlsx', xlsx({ A: [], B: [[null]] }))).toMatchObject({ code: 'no-text' });
  });

  test('a binary one is named', async () => {
    expect(await refusal('a.xlsb', archive({ 'xl/workbook.bin': 'x' }))).toMatchObject({ message: /save it as XLSX/ });
  });
});

describe('OpenDocument', () => {
  test('a text keeps headings, lists, tables and notes; what was struck out and remarks go', async () => {
    const body = `<text:tracked-changes><text:p>struck out</text:p></text:tracked-changes>
      <text:h text:outline-level="2">On <text:span>ferns</text:span></text:h>
      <text:p>They<text:s text:c="2"/>grow<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Slowly.</text:p></text:note-body></text:note> in
        shade.<office:annotation><text:p>really?</text:p></office:annotation></text:p>
      <text:list><text:list-item><text:p>moss</text:p><text:list><text:list-item><text:p>peat</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>ivy</text:p></text:list-item></text:list>
      <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell></table:table-row></table:table>`;
    expect(await read('a.odt', odf('text', body))).toMatchObject({
      kind: 'odt',
      title: 'Open & free',
      date: Date.UTC(2024, 1, 3),
      text: '## On ferns\n\nThey  grow[^1] in shade.\n\n- moss\n  - peat\n- ivy\n\na | b | b\n\n[^1]: Slowly.',
    });
  });

  test('a spreadsheet has sheets, a presentation slides', async () => {
    const cell = (text: string) => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`;
    const sheets = ['One', 'Two']
      .map(
        (name) =>
          `<table:table table:name="${name}"><table:table-row>${cell(name)}${cell('2025-01-01')}<table:table-cell table:number-columns-repeated="16000"/></table:table-row><table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row></table:table>`,
      )
      .join('');
    const book = await read('a.ods', odf('spreadsheet', sheets));
    expect(book).toMatchObject({
      kind: 'xlsx',
      pages: 2,
      text: '## One\n\nOne | 2025-01-01\n\n## Two\n\nTwo | 2025-01-01',
    });
    const slides = `<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Hello</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>World</text:p></draw:text-box></draw:frame><presentation:notes><draw:frame><text:p>Wave.</text:p></draw:frame></presentation:notes></draw:page><draw:page><draw:frame><text:p>More</text:p></draw:frame></draw:page>`;
    const talk = await read('a.odp', odf('presentation', slides));
    expect(talk).toMatchObject({
      kind: 'pptx',
      pages: 2,
      text: '## Hello\n\nWorld\n\nNotes: Wave.\n\n## Slide 2\n\nMore',
    });
    expect(places(talk)).toEqual([
      [1, '## Hello'],
      [2, '## Slide 2'],
    ]);
  });

  test('a locked one says so', async () => {
    const manifest = '<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>';
    const locked = odf('text', '', { 'META-INF/manifest.xml': manifest, 'content.xml': new Uint8Array(50).fill(7) });
    for (const bytes of [locked, archive({ mimetype: 'x', 'encrypted-package': 'y' })])
      expect(await refusal('a.odt', bytes)).toMatchObject({ code: 'encrypted-file', message: /password/ });
  });

  test('a pattern of a million rows is not a million lines', async () => {
    const row =
      '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>';
    const { text } = await read(
      'a.ods',
      odf('spreadsheet', `<table:table table:name="A">${row.repeat(50)}</table:table>`),
    );
    expect(text.length).toBeLessThanOrEqual(5_000_000);
  });
});

describe('a book', () => {
  const chapters = [
    ['b one.xhtml', '<h1>Dawn</h1><p>It was <em>early</em>.</p>'],
    ['a.xhtml', '<h2>Noon</h2><p>It was late.<br/>Very late.</p><script>alert(1)</script>'],
  ] as const;

  test('has its chapters in the order of its spine, its title and who wrote it', async () => {
    const reading = await read('book.epub', epub(chapters));
    expect(reading).toMatchObject({ kind: 'epub', title: 'The Book – Ann Author', date: Date.UTC(2001, 1, 3) });
    expect(reading.text).toBe('# Dawn\n\nIt was *early*.\n\n## Noon\n\nIt was late.\nVery late.');
    expect(reading.anchors).toBeUndefined();
  });

  test('locked by its seller says so; scrambled fonts lock nothing', async () => {
    const encryption = (algorithm: string) => ({
      'META-INF/encryption.xml': `<encryption><EncryptedData><EncryptionMethod Algorithm="${algorithm}"/></EncryptedData></encryption>`,
    });
    const aes = 'http://www.w3.org/2001/04/xmlenc#aes128-cbc';
    expect(await refusal('a.epub', epub(chapters, encryption(aes)))).toMatchObject({ code: 'encrypted-file' });
    const fonts = epub(chapters, encryption('http://www.idpf.org/2008/embedding'));
    expect(await read('a.epub', fonts)).toMatchObject({ kind: 'epub' });
  });

  test('with missing chapters keeps the others', async () => {
    const reading = await read('a.epub', epub(chapters, { 'OEBPS/a.xhtml': null }));
    expect([reading.text, reading.note]).toEqual([
      '# Dawn\n\nIt was *early*.',
      expect.stringContaining('1 of 2 chapters'),
    ]);
    expect(await refusal('a.epub', epub([]))).toMatchObject({ code: 'no-text' });
  });
});

describe.each([
  ['a.pptx', 'ppt/slides/slide1.xml', (more: object) => pptx([{ title: 'x' }], more as never)],
  ['a.xlsx', 'xl/worksheets/data-0.xml', (more: object) => xlsx({ A: [['x']] }, { more: more as never })],
  ['a.odt', 'content.xml', (more: object) => odf('text', '', more as never)],
  ['a.epub', 'OEBPS/book.opf', (more: object) => epub([['a.xhtml', '<p>x</p>']], more as never)],
])('a hostile %s', (name, part, build) => {
  test('that unpacks to very much is refused before it is', async () => {
    expect(await refusal(name, build({ [part]: SPACES }))).toMatchObject({ code: 'too-large' });
    const began = performance.now();
    expect(await refusal(name, crowded(60_000))).toMatchObject({ code: 'too-large' });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('that defines entities, nests without end or breaks off is refused', async () => {
    for (const xml of [
      `${LAUGHS}<x>&b;</x>`,
      '<!DOCTYPE x SYSTEM "file:///etc/hostname"><x/>',
      `${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`,
      '<x><y></x></y>',
      '<x a="',
      '',
    ])
      expect(await refusal(name, build({ [part]: xml }))).toMatchObject({
        code: /^(?:unreadable|no-text|unknown-kind)$/,
      });
    const whole = build({});
    expect(await refusal(name, whole.subarray(0, whole.length - 40))).toMatchObject({ code: 'unreadable' });
  });
});
