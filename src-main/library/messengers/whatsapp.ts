/** A WhatsApp chat as text: its lines are of no one format, but of that of the language and the telephone that wrote it. */
import type { Told } from '../parts.ts';
import { decode } from '../readers/decode.ts';
import { daysOf, type Message } from './days.ts';

/** Marks of writing direction, which WhatsApp puts before dates, names and stand-ins. */
const MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Any space: WhatsApp writes U+202F before AM and PM since 2023. */
const S = '[ \\u00a0\\u202f]';
const DATE = `(\\d{1,4})${S}?[./-]${S}?(\\d{1,2})${S}?[./-]${S}?(\\d{1,4})\\.?`;
/** Morning or evening, before or after the time; the letters that tell which are looked at later. */
const PERIOD = `(?:[ap]\\.?${S}?m\\.?|上午|下午|早上|晚上|凌晨|中午|午前|午後|오전|오후|[صم]|पूर्वाह्न|अपराह्न|SA|CH)`;
const TIME = `(?:klo${S}|kl\\.?${S})?(?:(${PERIOD})${S}?)?(\\d{1,2})[:.](\\d{2})(?:[:.](\\d{2}))?(?:${S}?(${PERIOD}))?`;
/** iOS: `[24.12.23, 18:05:12] Anna: …`; Android: `24/12/2023, 18:05 - Anna: …`; Korean Android: `2023. 12. 24. 오후 6:05, Anna : …`. */
const LINE = new RegExp(`^(?:\\[${DATE},?${S}+${TIME}\\]${S}*|${DATE},?${S}+${TIME}(?:${S}[-–]${S}|,${S}))(.*)$`, 'iu');
/** A name and what was said; names have no colon, and the telephone's number stands for who has none. */
const SAID = /^~?[ \u00a0\u202f]*([^:]{1,100}?) ?: ([^]*)$/;
const EVENING = /^p|下午|晚上|午後|오후|^م$|अपराह्न|CH/iu;
const MORNING = /^a|上午|早上|凌晨|午前|오전|^ص$|पूर्वाह्न|SA/iu;

/** What stands for pictures, sounds and what was taken back; in languages whose exports we know, and any `<… omitted>` alike. */
const LEFT_OUT =
  /^(?:<(?:Media|Medien|Médias?|Multimedia|Arquivo de mídia|Multimedia|Media weggelaten|Без медиафайлов|Mídia)[^>]{0,40}>|<[^<>]{1,40}(?:omitted|ausgeschlossen|weggelaten|omitid[oa]|omesso|omis|oculto|utelatt|uteladdes|udeladt|pominięto)>|(?:image|video|audio|sticker|GIF|document|Contact card|Bild|Video|Audio|Sticker|Dokument|imagen|imagem|immagine|afbeelding) (?:omitted|weggelassen|omitid[oa]|ocultad[oa]|omess[oa]|absente|weggelaten)|This message was deleted|You deleted this message|Diese Nachricht wurde gelöscht|Du hast diese Nachricht gelöscht|Se eliminó este mensaje|Ce message a été supprimé|null)\.?$/iu;

interface Found {
  readonly numbers: readonly [number, number, number];
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly rest: string;
}

/** @param line without its end; undefined for what goes on a message before it */
export function lineOf(line: string): Found | undefined {
  // Most lines that begin no message are told by their first letter.
  const bare = line.replace(MARKS, '');
  if (!/^\[?\d/.test(bare)) return undefined;
  const found = LINE.exec(bare);
  if (!found) return undefined;
  const part = (i: number) => found[i] ?? found[i + 8];
  const period = part(4) ?? part(8) ?? '';
  let hour = Number(part(5));
  const minute = Number(part(6));
  if (hour > 24 || minute > 59) return undefined;
  if (hour < 12 && EVENING.test(period)) hour += 12;
  if (hour === 12 && MORNING.test(period)) hour = 0;
  return {
    numbers: [Number(part(1)), Number(part(2)), Number(part(3))],
    hour,
    minute,
    second: Number(part(7) ?? 0),
    rest: found[17] ?? '',
  };
}

/** Whether a text's beginning is that of a chat: of its first lines at least three are messages, and the first one is. */
export function isWhatsapp(head: string, name: string): boolean {
  const lines = head.replace(/^\ufeff/, '').split(/\r?\n/, 400);
  if (!lines[0] || !lineOf(lines[0])) return false;
  const found = lines.filter((line) => lineOf(line) !== undefined);
  const said = found.filter((line) => SAID.test(lineOf(line)!.rest));
  const named = /^_chat\.txt$|WhatsApp/i.test(name);
  return named ? said.length > 0 : said.length >= 3 && said.length * 2 >= found.length;
}

/** Year, month, day for each order of a date's numbers; undefined where there is no such day. */
const ORDERS = {
  dmy: ([a, b, c]: Found['numbers']) => day(c, b, a),
  mdy: ([a, b, c]: Found['numbers']) => day(c, a, b),
  ymd: ([a, b, c]: Found['numbers']) => day(a, b, c),
};
type Order = keyof typeof ORDERS;

function day(year: number, month: number, date: number): number | undefined {
  const full = year < 100 ? 2000 + year : year;
  if (full < 2005 || full > 2200 || month < 1 || month > 12 || date < 1 || date > 31) return undefined;
  return Date.UTC(full, month - 1, date);
}

/**
 * Dates are written as the telephone's language has them, and no line says which. The order in which all days exist and
 * time never goes back is it; where two are as good, day before month, as most of the world writes; with AM and PM, and
 * slashes, month before day.
 */
export function orderOf(dates: readonly Found['numbers'][], american: boolean): Order {
  const usual: Order[] = american ? ['mdy', 'dmy', 'ymd'] : ['dmy', 'mdy', 'ymd'];
  const faults = usual.map((order) => {
    let wrong = 0;
    let last = -Infinity;
    for (const numbers of dates) {
      const at = ORDERS[order](numbers);
      if (at === undefined) wrong += 10;
      else {
        if (at < last) wrong++;
        last = at;
      }
    }
    return wrong;
  });
  return usual[faults.indexOf(Math.min(...faults))]!;
}

/** The chat's messages in order; what WhatsApp itself says (who came, who left, that it is encrypted) is left out. */
export function messagesOf(text: string): Message[] {
  const found: { head: Found; lines: string[] }[] = [];
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const head = lineOf(line);
    if (head) found.push({ head, lines: [head.rest] });
    else found.at(-1)?.lines.push(line);
  }
  const american = /^[^\n]{0,30}\d[\s\u202f][AP]M\b/.test(text) && /^\W*\d{1,2}\//.test(text);
  const order = orderOf(
    found.map(({ head }) => head.numbers),
    american,
  );
  return found.flatMap(({ head, lines }): Message[] => {
    const said = SAID.exec(lines.join('\n').replace(MARKS, ''));
    if (!said || LEFT_OUT.test(said[2]!.trim())) return [];
    const date = ORDERS[order](head.numbers);
    const at = date === undefined ? undefined : date + ((head.hour * 60 + head.minute) * 60 + head.second) * 1000;
    return [{ who: said[1]!.trim(), text: said[2]!, ...(at !== undefined && { at }) }];
  });
}

/** `WhatsApp Chat with Anna.txt`, `WhatsApp-Chat mit Anna.txt` → Anna; else who speaks in it. */
function titleOf(name: string, messages: readonly Message[]): string {
  const named = /^WhatsApp[ -]Chat (?:with|mit|con|avec|com|met|med|z|с) (.+)\.txt$/iu.exec(name)?.[1];
  if (named) return named;
  const names = [...new Set(messages.map(({ who }) => who))];
  return names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
}

export function* partsOfWhatsapp(bytes: Uint8Array, name: string): Generator<Told> {
  const messages = messagesOf(decode(bytes));
  const days = daysOf(titleOf(name, messages));
  for (const message of messages) yield* days.add(message);
  yield* days.end();
}
