/** Text as people read it: line feeds only, no control characters, no torn surrogates, no colour codes, a bounded length. */
import { cut } from '../cut.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import type { Anchor, Raw, Reading } from './reading.ts';

const COLOURS = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;
const CONTROLS = /[\0-\x08\x0b\x0e-\x1f\x7f]/g;

/**
 * Tags spell any ASCII text, show nothing on any screen, and are read by models: a way to put orders into a file that
 * its reader cannot see. Only flags use them honestly (Scotland's is a black flag and six tags; UTS 51, annex C).
 */
const TAGS = /\u{1f3f4}[\u{e0020}-\u{e007f}]{1,16}|[\u{e0000}-\u{e007f}]+/gu;

/** Idempotent: tidy text stays as it is. A form feed becomes a line of its own end. */
export const tidy = (text: string): string =>
  text
    .replace(COLOURS, '')
    .replace(/\r\n?|\f/g, '\n')
    .replace(CONTROLS, '')
    .replace(TAGS, (found) => (found.startsWith('\u{1f3f4}') ? found : ''))
    .toWellFormed();

/** At most `MOST_CHARACTERS`, not through a surrogate pair; the note says what was cut. Notes what language it is in. */
export function finish(
  { kind, text, title, date, pages, anchors, note }: Raw,
  languageOf: (text: string) => string | undefined,
): Reading {
  const kept = cut(text, MOST_CHARACTERS);
  const notes = [
    note,
    kept.length < text.length
      ? `Only the first ${MOST_CHARACTERS.toLocaleString('en')} characters were read.`
      : undefined,
  ].filter((one) => one !== undefined);
  const called = cut(
    tidy(title ?? '')
      .replace(/\s+/g, ' ')
      .trim(),
    MOST_TITLE,
  );
  const language = kind === 'code' || kind === 'csv' ? undefined : languageOf(kept);
  return {
    kind,
    text: kept,
    characters: kept.length,
    ...(called !== '' && { title: called }),
    ...(date !== undefined && date >= 0 && date <= LAST_DATE && { date }),
    ...(pages !== undefined && { pages }),
    ...(anchors && { anchors: anchors.filter(({ at }: Anchor) => at <= kept.length) }),
    ...(language !== undefined && { language }),
    ...(notes.length > 0 && { note: notes.join(' ') }),
  };
}
const MOST_TITLE = 300;
/** Of JavaScript's calendar. */
const LAST_DATE = 8.64e15;
