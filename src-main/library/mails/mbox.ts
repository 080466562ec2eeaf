/** Cuts a mail archive (mbox) into its mails as it streams by: RFC 4155, and what Thunderbird, Google, mutt and others write. */

/** One mail with its separator's words ("anna@example.org Sun Dec 24 18:05:12 2023"), unquoted; or one that was passed over. */
export type Piece =
  { readonly kind: 'mail'; readonly bytes: Uint8Array; readonly envelope: string } | { readonly kind: 'too-large' };

const LF = 0x0a;
const CR = 0x0d;
const GREATER = 0x3e;
const SEPARATOR = '\nFrom ';
const QUOTED = '>From ';
/** A separator and the line after it; addresses have at most 320 characters. */
const LOOK = 4096;
/** A separator says when: a time, and somewhere a year. Thunderbird, Google and RFC 4155 agree on that much. */
const WHEN = /^From (?=.*\b\d{1,2}:\d\d(?::\d\d)?\b).*\b(?:19|20)\d\d\b/;
/** As the C library writes a date: no sentence does, so what comes next need not be a header. */
const EXACT =
  /^From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d.* \d{4}\s*$/;
const HEADER = /^>?[\x21-\x39\x3b-\x7e]+[ \t]*:|^>?From /;

/** Whether a file's beginning is that of an mbox: a separator, then a header. */
export const isMbox = (head: string): boolean => head.startsWith('From ') && isSeparator(head, true);

/**
 * Where the next mail begins is a guess in every dialect but mboxrd: in the others a line of the body may look so too. Such
 * a line is believed when it says when, as separators do, and a header comes next; without a date only after an empty line;
 * and without a header when it says so exactly.
 */
function isSeparator(lines: string, afterEmpty: boolean): boolean {
  const end = lines.indexOf('\n');
  if (end < 0) return false;
  const first = lines.slice(0, end);
  const next = lines.slice(end + 1);
  if (afterEmpty && EXACT.test(first)) return true;
  // The last mail of an archive may be empty, or the archive cut off.
  return (next === '' || HEADER.test(next)) && (WHEN.test(first) || (afterEmpty && next !== ''));
}

/**
 * The mails in order, each with ">From " lines unquoted as mboxrd has it (one mark less). Holds one mail, of at most `most`
 * bytes; a larger one is passed over.
 */
export async function* mailsOf(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Piece> {
  let held = Buffer.alloc(0);
  /** Of the mail that is being read. */
  let pieces: Buffer[] = [];
  let size = 0;
  let skipping = false;
  let last = '';

  const keep = (part: Buffer) => {
    size += part.length;
    if (part.length > 0) last = (last + part.subarray(-3).toString('latin1')).slice(-3);
    if (size > most) {
      skipping = true;
      pieces = [];
    } else if (part.length > 0) pieces.push(part);
  };
  const close = (): Piece | undefined => {
    const whole = skipping ? undefined : Buffer.concat(pieces, size);
    const empty = size === 0;
    pieces = [];
    size = 0;
    last = '';
    if (empty) return undefined;
    if (!whole) {
      skipping = false;
      return { kind: 'too-large' };
    }
    const mail = opened(whole);
    return mail.bytes.length === 0 && mail.envelope === '' ? undefined : mail;
  };

  /** What lies before `at` belongs to the mail that is being read. */
  const take = (at: number) => {
    keep(held.subarray(0, at));
    held = held.subarray(at);
  };
  /** Cuts at every separator that is known for sure; `ended`: nothing comes after what is held. */
  function* cutAll(ended: boolean): Generator<Piece> {
    let from = 0;
    for (;;) {
      const found = held.indexOf(SEPARATOR, from, 'latin1');
      if (found < 0) break;
      const at = found + 1;
      const ahead = held.subarray(at, at + LOOK);
      if (!ended && ahead.length < LOOK && !hasTwoLines(ahead)) {
        take(found);
        return;
      }
      const before = last.slice(-2) + held.subarray(Math.max(0, found - 2), found).toString('latin1');
      if (!isSeparator(ahead.toString('latin1'), /\n\r?$/.test(before))) {
        from = at;
        continue;
      }
      take(at);
      const piece = close();
      if (piece) yield piece;
      from = 0;
    }
    // A separator may have begun at the end of what is held.
    if (!ended) take(Math.max(0, held.length - SEPARATOR.length));
  }

  for await (const chunk of chunks) {
    // Always a copy: the chunk's memory may be used again for the next one.
    held = Buffer.concat([held, chunk]);
    yield* cutAll(false);
  }
  yield* cutAll(true);
  take(held.length);
  const piece = close();
  if (piece) yield piece;
}

function hasTwoLines(bytes: Buffer): boolean {
  const first = bytes.indexOf(LF);
  return first >= 0 && bytes.indexOf(LF, first + 1) >= 0;
}

/** Takes the separator off, and the empty line that the archive adds after each mail. */
function opened(whole: Buffer): Extract<Piece, { kind: 'mail' }> {
  let start = 0;
  let envelope = '';
  if (whole.subarray(0, 5).toString('latin1') === 'From ') {
    const end = whole.indexOf(LF);
    start = end < 0 ? whole.length : end + 1;
    envelope = whole.subarray(5, Math.min(start, LOOK)).toString('latin1').trim();
  }
  let end = whole.length;
  if (whole[end - 1] === LF) {
    const before = whole[end - 2] === CR ? end - 2 : end - 1;
    if (before === start || whole[before - 1] === LF) end = before;
  }
  return { kind: 'mail', bytes: unquoted(whole.subarray(start, Math.max(start, end))), envelope };
}

/** `>From ` → `From `, `>>From ` → `>From `, at the beginning of lines. */
function unquoted(mail: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = mail.indexOf(QUOTED, 0, 'latin1'); at >= 0; at = mail.indexOf(QUOTED, at + 1, 'latin1')) {
    let line = at;
    while (line > 0 && mail[line - 1] === GREATER) line--;
    if (line > 0 && mail[line - 1] !== LF) continue;
    parts.push(mail.subarray(from, line));
    from = line + 1;
  }
  return parts.length === 0 ? mail : Buffer.concat([...parts, mail.subarray(from)]);
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** When a separator says that its mail came, in milliseconds since 1970; without a zone it is taken for UTC. */
export function envelopeDate(envelope: string): number | undefined {
  const found = /\b([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}):(\d\d)(?::(\d\d))?(.*)$/.exec(envelope);
  if (!found) return undefined;
  const [, name, day, hour, minute, second = '0', rest] = found as unknown as string[];
  const year = /\b((?:19|20)\d\d)\b/.exec(rest!.replace(/[+-]\d{4}/, ' '))?.[1];
  const month = MONTHS.indexOf(name!);
  if (year === undefined || month < 0 || month % 3 !== 0) return undefined;
  const [, sign, hours, minutes] = /([+-])(\d\d)(\d\d)/.exec(rest!) ?? [];
  const zone = sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
  return Date.UTC(Number(year), month / 3, Number(day), Number(hour), Number(minute) - zone, Number(second));
}
