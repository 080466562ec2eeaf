/** Chats are long: they become documents of some hundred messages each, cut between days where that is possible. */
import type { Told } from '../parts.ts';
import { oneLine, partOf } from '../parts-finish.ts';
import { tidy } from '../readers/tidy.ts';

export interface Message {
  readonly who: string;
  readonly text: string;
  /** Milliseconds since 1970, read as UTC: what the writer's clock showed, where no zone is known. */
  readonly at?: number;
}

const MOST_MESSAGES = 500;
/** UTF-16 units. */
const MOST_TEXT = 500_000;

export interface Days {
  /** Takes the next message; gives the part that was complete before it, if one was. */
  add(message: Message): Generator<Told>;
  end(): Generator<Told>;
}

/**
 * The messages of one chat as Markdown: a heading for each day, and who said what. A part ends with the day in which it
 * reaches `most` messages, or before the day with which it would.
 */
export function daysOf(chat: string, most = MOST_MESSAGES): Days {
  const title = oneLine(chat);
  /** Of the part that is being filled: its closed days, and the lines of the one that is open. */
  let closed: string[] = [];
  let closedCount = 0;
  let open: string[] = [];
  let day: string | undefined;
  let length = 0;
  let first: number | undefined;
  let firstOpen: number | undefined;

  function* tell(lines: readonly string[], date: number | undefined): Generator<Told> {
    const text = tidy(lines.join('\n\n')).trim();
    if (text !== '') yield* partOf({ kind: 'conversation', text, title, ...(date !== undefined && { date }) });
  }
  const dayText = () => (day ? [`## ${day}`, ...open] : open);

  return {
    *add({ who, text, at }) {
      const said = text.trim();
      if (said === '') return;
      const today = at === undefined ? day : new Date(at).toISOString().slice(0, 10);
      if (today !== day && open.length > 0) {
        closed.push(...dayText());
        closedCount += open.length;
        first ??= firstOpen;
        open = [];
        firstOpen = undefined;
      }
      const full = closedCount + open.length >= most || length > MOST_TEXT;
      if (full && closedCount > 0) {
        yield* tell(closed, first);
        closed = [];
        closedCount = 0;
        length = open.reduce((sum, line) => sum + line.length, 0);
        first = undefined;
      }
      if (open.length >= most || length > MOST_TEXT) {
        // One day alone is too long.
        yield* tell(dayText(), firstOpen);
        open = [];
        firstOpen = undefined;
        length = 0;
      }
      day = today;
      firstOpen ??= at;
      const line = `${oneLine(who, 100) || 'Somebody'}: ${said}`;
      open.push(line);
      length += line.length;
    },
    *end() {
      yield* tell([...closed, ...(open.length > 0 ? dayText() : [])], first ?? firstOpen);
    },
  };
}
