/** Makes invisible characters harmless: controls become visible, and text that would reorder its surroundings cannot. */

const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Overrides turn letters round, which prose never needs: "moc.knab" could read as "bank.com". */
const OVERRIDES = /[\u202d\u202e]/g;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Half an emoji, which marks where a token was cut. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const picture = (unit: string) => {
  const code = unit.charCodeAt(0);
  // U+2400… are pictures of the first 32 controls.
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
};

/** Text as it goes to the lexer: carriage returns dropped, controls as their pictures. Safe to apply piece by piece. */
export const clean = (text: string): string => text.replaceAll('\r', '').replace(CONTROLS, picture);

/** Prose: embeddings and isolates stay (they end with their block), overrides become U+FFFD. */
export const prose = (text: string): string => text.replace(OVERRIDES, '\ufffd').replace(LONE, '\ufffd');

/** Code and addresses: every direction mark is spelt out, against source that reads otherwise than it runs (CVE-2021-42574). */
export const literal = (text: string): string =>
  text
    .replace(BIDI, (mark) => `[U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(LONE, '\ufffd');
