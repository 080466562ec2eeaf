/** Makes of what a reader found the parts that are told: tidy, with one line for a title, each small enough for a frame. */
import { cut } from './cut.ts';
import type { Part, Told } from './parts.ts';
import { MOST_PART } from './process-door.ts';
import { languageOf } from './readers/language.ts';
import { tidy } from './readers/tidy.ts';

const MOST_TITLE = 300;
const MOST_NOTE = 1000;
/** What the door lets through; the same as ECMA-262's last time. */
const LAST_TIME = 8.64e15;

/** A title on one line: no control characters, and no marks that turn the writing direction of what stands beside it. */
export const oneLine = (text: string, most = MOST_TITLE): string =>
  cut(
    tidy(text)
      .replace(/[\s\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, ' ')
      .trim(),
    most,
  );

/**
 * One part (none for an empty text), or several for a text that is longer than a frame: each is cut at the end of a line where there is one, and
 * keeps the pages that begin in it, and the one that it begins on. Mails and chats are told the language of here; readers
 * of documents know theirs.
 */
export function* partOf(found: Part, most = MOST_PART): Generator<Told> {
  const { kind, text, pages, anchors, note } = found;
  const language = found.language ?? languageSaid(kind, text);
  const title = oneLine(found.title ?? '');
  const date = dateOf(found.date);
  for (let from = 0; from < text.length;) {
    const to = endOf(text, from, most);
    yield {
      kind: 'part',
      part: {
        kind,
        text: from === 0 && to === text.length ? text : text.slice(from, to),
        ...(title && { title }),
        ...(date !== undefined && { date }),
        ...(pages !== undefined && { pages }),
        ...(anchors && { anchors: within(anchors, from, to) }),
        ...(language && { language }),
        ...(note && { note: cut(note, MOST_NOTE) }),
      },
    };
    from = to;
  }
}

const dateOf = (date: number | undefined) =>
  date !== undefined && Number.isFinite(date) && date >= 0 && date <= LAST_TIME ? Math.round(date) : undefined;

function endOf(text: string, from: number, most: number): number {
  if (text.length - from <= most) return text.length;
  const line = text.lastIndexOf('\n', from + most - 1) + 1;
  // A line without an end is no reason to cut very small pieces.
  return line > from + most / 2 ? line : from + cut(text.slice(from, from + most + 1), most).length;
}

/** Characters of a mail's body: to tell a language took half of the time that a mail takes; of so many it is a third. */
const MAIL_SAMPLE = 250;

/** A mail's headers are names, in no language. */
function languageSaid(kind: Part['kind'], text: string): string | undefined {
  if (kind === 'conversation') return languageOf(text);
  const body = text.indexOf('\n\n') + 2;
  return kind === 'mail' ? languageOf(text.slice(body, body + MAIL_SAMPLE)) : undefined;
}

type Anchors = NonNullable<Part['anchors']>;

function within(anchors: Anchors, from: number, to: number): Anchors {
  const inside = anchors.filter(({ at }) => at >= from && at < to).map(({ at, page }) => ({ at: at - from, page }));
  const before = anchors.findLast(({ at }) => at < from);
  return before && inside[0]?.at !== 0 ? [{ at: 0, page: before.page }, ...inside] : inside;
}
