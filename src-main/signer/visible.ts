/** Makes visible what a message hides: control characters, direction marks, look-alike blanks, variation selectors. */
import type { Segment } from './door.ts';

/**
 * Everything that draws nothing, or turns the text around: Cc (but line feed), Cf, separators other than the plain space,
 * private use, unassigned, and default-ignorable code points (fillers, variation selectors, tags).
 */
const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{DI}\u2800]|(?! )\p{Zs}/u;
/** Emoji need U+FE0F behind a sign and U+200D between two: there they draw what they seem to. */
const EMOJI = /(?<=\p{Emoji})\ufe0f|(?<=\p{ExtPict}[\p{EMod}\ufe0f]?)\u200d(?=\p{ExtPict})/u;
const RUN = new RegExp(`(?:${EMOJI.source})|(${HIDDEN.source})(?:\\1)*`, 'gu');

const NAMES: Readonly<Record<number, string>> = {
  0x09: 'tab',
  0x0d: 'carriage return',
  0x1b: 'escape',
  0xa0: 'no-break space',
  0xad: 'soft hyphen',
  0x200b: 'zero-width space',
  0x200c: 'zero-width non-joiner',
  0x200d: 'zero-width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'end of direction',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first-strong isolate',
  0x2069: 'end of isolate',
  0xfeff: 'byte order mark',
};
/** A message made of nothing else would make a page of this many marks; what is beyond is written inline. */
const MOST = 2000;

/** "U+202E right-to-left override", "U+200B zero-width space × 40". */
function nameOf(run: string): string {
  const point = run.codePointAt(0)!;
  const times = [...run].length;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return `${code}${NAMES[point] ? ` ${NAMES[point]}` : ''}${times > 1 ? ` × ${times}` : ''}`;
}

/** The message in stretches, every hidden character named in place. Joined `text` is the message again. */
export function visible(message: string): Segment[] {
  const segments: Segment[] = [];
  let plain = 0;
  for (const match of message.matchAll(RUN)) {
    if (match[1] === undefined) continue;
    if (segments.length >= MOST) break;
    if (match.index > plain) segments.push({ text: message.slice(plain, match.index) });
    segments.push({ text: match[0], hidden: nameOf(match[0]) });
    plain = match.index + match[0].length;
  }
  const rest = message.slice(plain);
  if (rest) segments.push({ text: rest, ...(segments.length >= MOST && { hidden: 'more, with hidden characters' }) });
  return segments;
}

/** The message for a terminal: hidden characters as ⟦U+202E …⟧, so that no escape sequence reaches it. */
export const visibleText = (message: string): string =>
  visible(message)
    .map(({ text, hidden }) => (hidden ? `⟦${hidden}⟧` : text))
    .join('');
