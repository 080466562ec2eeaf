/** Decodes HTML character references once, without a parser of HTML: numbers, and the names that people write. */
const NAMES: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', reg: '®', trade: '™', hellip: '…',
  mdash: '—', ndash: '–', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»', bull: '•',
  middot: '·', sect: '§', para: '¶', deg: '°', plusmn: '±', times: '×', divide: '÷', minus: '−', frac12: '½',
  frac14: '¼', frac34: '¾', sup2: '²', sup3: '³', micro: 'µ', euro: '€', pound: '£', yen: '¥', cent: '¢',
  larr: '←', uarr: '↑', rarr: '→', darr: '↓', harr: '↔', rArr: '⇒', hArr: '⇔', le: '≤', ge: '≥', ne: '≠',
  asymp: '≈', equiv: '≡', infin: '∞', sum: '∑', prod: '∏', radic: '√', int: '∫', part: '∂', nabla: '∇', isin: '∈',
  forall: '∀', exist: '∃', alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', theta: 'θ', lambda: 'λ',
  mu: 'μ', pi: 'π', rho: 'ρ', sigma: 'σ', tau: 'τ', phi: 'φ', omega: 'ω', Delta: 'Δ', Sigma: 'Σ', Omega: 'Ω',
  Tab: '\t', NewLine: '\n', colon: ':', sol: '/', lpar: '(', rpar: ')', num: '#', excl: '!', shy: '\u00ad',
  thinsp: '\u2009', ensp: '\u2002', emsp: '\u2003', zwj: '\u200d', zwnj: '\u200c',
}); // prettier-ignore

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,8}));/g;

/** CommonMark 6.2: null, surrogates and what is beyond Unicode become U+FFFD; controls are as harmless as typed ones. */
const character = (code: number) =>
  code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);

/** `&amp;lt;` becomes `&lt;` and stays so; unknown names stay as written. */
export const decode = (text: string): string =>
  text.includes('&')
    ? text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) =>
        name !== undefined
          ? (NAMES[name] ?? whole)
          : character(decimal !== undefined ? parseInt(decimal, 10) : parseInt(hex!, 16)),
      )
    : text;
