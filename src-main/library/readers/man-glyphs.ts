/** troff's escapes to the characters they mean (groff_char(7), groff(7)). */

const GLYPHS: Readonly<Record<string, string>> = {
  ...{ aq: "'", dq: '"', lq: '“', rq: '”', oq: '‘', cq: '’', Fo: '«', Fc: '»', em: '—', en: '–', hy: '-', mi: '−' },
  ...{ bu: '•', ci: '○', co: '©', rg: '®', tm: '™', de: '°', ha: '^', ti: '~', ga: '`', aa: '´', rs: '\\', sl: '/' },
  ...{ ba: '|', br: '|', ul: '_', at: '@', sh: '#', Do: '$', Eu: '€', Po: '£', lB: '[', rB: ']', lC: '{', rC: '}' },
  ...{
    la: '⟨',
    ra: '⟩',
    '<-': '←',
    '->': '→',
    '<=': '≤',
    '>=': '≥',
    '!=': '≠',
    '==': '≡',
    '+-': '±',
    mu: '×',
    di: '÷',
  },
  ...{
    sq: '□',
    ss: 'ß',
    ':a': 'ä',
    ':o': 'ö',
    ':u': 'ü',
    ':A': 'Ä',
    ':O': 'Ö',
    ':U': 'Ü',
    "'e": 'é',
    '`e': 'è',
    "'a": 'á',
  },
  ...{
    "'o": 'ó',
    ',c': 'ç',
    '~n': 'ñ',
    oA: 'Å',
    oa: 'å',
    '/o': 'ø',
    '/O': 'Ø',
    ae: 'æ',
    AE: 'Æ',
    sc: '§',
    dg: '†',
    pl: '+',
  },
};
/** Strings that the macro packages define. */
const STRINGS: Readonly<Record<string, string>> = {
  lq: '“',
  rq: '”',
  // What DocBook's pages define for an apostrophe.
  Aq: "'",
  dq: '"',
  R: '®',
  Tm: '™',
  'L"': '“',
  'R"': '”',
  "C'": "'",
  '--': '—',
};

/** Two letters, or any number in brackets. */
const NAME = String.raw`(?:\((..)|\[([^\]]*)\]|(.))`;
const ESCAPE = new RegExp(
  [
    String.raw`\\(?:`,
    // Fonts, sizes, colours, registers: how it looks. Motion and lines: quoted.
    String.raw`[fgkmMnFY]${NAME}|s(?:[+-]?\d{1,2}|\([+-]?..|\[[^\]]*\]|'[^']*')|[hvwDlLbxXZRNHSoA]'[^']*'|`,
    String.raw`\*${NAME}|\((..)|\[([^\]]*)\]|(["#].*)|(.))`,
  ].join(''),
  'g',
);

export const glyphs = (text: string): string =>
  text.includes('\\')
    ? text.replace(ESCAPE, (_whole, ...groups: (string | undefined)[]) => {
        const [, , , two, more, one, name, named, remark, single] = groups;
        const string = two ?? more ?? one;
        if (string !== undefined) return STRINGS[string] ?? '';
        const glyph = name ?? named;
        if (glyph !== undefined) return GLYPHS[glyph] ?? unicode(glyph);
        if (remark !== undefined) return '';
        return SINGLE[single ?? ''] ?? (/[&^|%:{}acdeptuz/,)!?]/.test(single ?? '&') ? '' : single!);
      })
    : text;
const SINGLE: Readonly<Record<string, string>> = {
  '-': '-',
  e: '\\',
  ' ': ' ',
  '0': ' ',
  '~': ' ',
  E: '\\',
  t: '\t',
  '\\': '\\',
  "'": '´',
  '`': '`',
};

/** `u2014`, or `u0041_0301`. */
function unicode(name: string): string {
  const codes = /^u([\dA-F]{4,6}(?:_[\dA-F]{4,6})*)$/
    .exec(name)?.[1]
    ?.split('_')
    .map((hex) => parseInt(hex, 16));
  return codes?.every((code) => code <= 0x10ffff) ? String.fromCodePoint(...codes) : '';
}
