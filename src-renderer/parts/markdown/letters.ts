/** Styled letters of formulas as characters of their own: Chromium draws no `mathvariant` but `normal` (MathML Core 2.2). */

/** First capital, small letter, digit, Greek capital and Greek small letter of each alphabet in Unicode's block 1D400. */
const ALPHABETS: Readonly<Record<string, readonly (number | undefined)[]>> = {
  bold: [0x1d400, 0x1d41a, 0x1d7ce, 0x1d6a8, 0x1d6c2],
  italic: [0x1d434, 0x1d44e, undefined, 0x1d6e2, 0x1d6fc],
  'bold-italic': [0x1d468, 0x1d482, 0x1d7ce, 0x1d71c, 0x1d736],
  script: [0x1d49c, 0x1d4b6],
  'bold-script': [0x1d4d0, 0x1d4ea],
  fraktur: [0x1d504, 0x1d51e],
  'bold-fraktur': [0x1d56c, 0x1d586],
  'double-struck': [0x1d538, 0x1d552, 0x1d7d8],
  'sans-serif': [0x1d5a0, 0x1d5ba, 0x1d7e2],
  'bold-sans-serif': [0x1d5d4, 0x1d5ee, 0x1d7ec, 0x1d756, 0x1d770],
  'sans-serif-italic': [0x1d608, 0x1d622],
  'sans-serif-bold-italic': [0x1d63c, 0x1d656, undefined, 0x1d790, 0x1d7aa],
  monospace: [0x1d670, 0x1d68a, 0x1d7f6],
};
/** Letters that Unicode had before the block, and left holes for. */
const HOLES: Readonly<Record<string, string>> = {
  '\u{1d455}': 'ℎ', '\u{1d49d}': 'ℬ', '\u{1d4a0}': 'ℰ', '\u{1d4a1}': 'ℱ', '\u{1d4a3}': 'ℋ', '\u{1d4a4}': 'ℐ',
  '\u{1d4a7}': 'ℒ', '\u{1d4a8}': 'ℳ', '\u{1d4ad}': 'ℛ', '\u{1d4ba}': 'ℯ', '\u{1d4bc}': 'ℊ', '\u{1d4c4}': 'ℴ',
  '\u{1d506}': 'ℭ', '\u{1d50b}': 'ℌ', '\u{1d50c}': 'ℑ', '\u{1d515}': 'ℜ', '\u{1d51d}': 'ℨ', '\u{1d53a}': 'ℂ',
  '\u{1d53f}': 'ℍ', '\u{1d545}': 'ℕ', '\u{1d547}': 'ℙ', '\u{1d548}': 'ℚ', '\u{1d549}': 'ℝ', '\u{1d551}': 'ℤ',
}; // prettier-ignore

/** `text` in the letters of a MathML `mathvariant`; what the alphabet lacks stays as it is. */
export function letters(text: string, variant: string): string {
  if (!Object.hasOwn(ALPHABETS, variant)) return text;
  const [capital, small, digit, greekCapital, greekSmall] = ALPHABETS[variant]!;
  const styled = (sign: string) => {
    const code = sign.codePointAt(0)!;
    const to = (first: number | undefined, from: number) =>
      first === undefined ? sign : String.fromCodePoint(first + code - from);
    if (code >= 0x41 && code <= 0x5a) return to(capital, 0x41);
    if (code >= 0x61 && code <= 0x7a) return to(small, 0x61);
    if (code >= 0x30 && code <= 0x39) return to(digit, 0x30);
    if (code >= 0x391 && code <= 0x3a9) return to(greekCapital, 0x391);
    if (code >= 0x3b1 && code <= 0x3c9) return to(greekSmall, 0x3b1);
    return sign;
  };
  return [...text].map((sign) => HOLES[styled(sign)] ?? styled(sign)).join('');
}
