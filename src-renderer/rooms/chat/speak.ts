/** Finished sentences of an answer that is being written, as a screen reader should hear them: words, not marks. */
import { say as catalogue } from '../../messages/index.ts';
import { formulaAt, masked, openFormula, startOf } from '../../parts/markdown/formulas.ts';

const MARKS = /[*_~`#>|]+|\]\([^)]*\)|!?\[/g;
const FENCE = /^ {0,3}(?:```|~~~)/;

export interface Speaker {
  /** The whole text so far; gives the sentences that have ended since the last call. */
  read(text: string, ended: boolean): string[];
}

/** Opens a formula of several lines, and what closes each kind. */
const DISPLAY = /^ {0,3}(\$\$|\\\[)/;
const CLOSES: Readonly<Record<string, string>> = { $$: '$$', '\\[': '\\]' };

/** `text` with `word` in place of its formulas. */
function named(text: string, word: string): string {
  let out = '';
  for (let rest = text; ;) {
    const at = startOf(rest);
    if (at < 0) return out + rest;
    const found = formulaAt(rest.slice(at), rest[at - 1] ?? out.at(-1) ?? ' ');
    const taken = at + (found?.raw.length ?? 1);
    out += found ? `${rest.slice(0, at)}${word}` : rest.slice(0, taken);
    rest = rest.slice(taken);
  }
}

/**
 * @param code what to say in place of a block of code of so many lines
 * @param formula what to say in place of a formula
 */
export function openSpeaker({
  code,
  formula = catalogue.parts.reading.formula,
  locale,
}: {
  code: (lines: number) => string;
  formula?: string;
  locale?: string;
}): Speaker {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' });
  let spoken = 0;
  let codeLines: number | undefined;
  /** What ends the formula of several lines that we are in. */
  let closes: string | undefined;
  return {
    read(text, ended) {
      const out: string[] = [];
      const say = (part: string) => {
        const words = part.replace(MARKS, ' ').replace(/\s+/g, ' ').trim();
        if (/[\p{L}\p{N}]/u.test(words)) out.push(words);
      };
      for (;;) {
        const end = text.indexOf('\n', spoken);
        // A line is finished prose or one line of code; the line that still grows is cut at its sentences.
        const whole = end >= 0 || ended;
        const line = text.slice(spoken, end < 0 ? undefined : end);
        const display = codeLines === undefined ? DISPLAY.exec(line)?.[1] : undefined;
        if (closes !== undefined || (display !== undefined && !formulaAt(line.trimStart(), ' '))) {
          if (!whole) return out;
          if (closes === undefined) {
            closes = CLOSES[display!];
            out.push(formula);
          } else if (line.includes(closes) || !line.trim()) closes = undefined;
        } else if (whole && FENCE.test(line)) {
          if (codeLines === undefined) codeLines = 0;
          else {
            out.push(code(codeLines));
            codeLines = undefined;
          }
        } else if (codeLines !== undefined) {
          if (whole && (line || end >= 0)) codeLines++;
        } else if (whole) {
          for (const { segment } of segmenter.segment(named(line, formula))) say(segment);
        } else if (!FENCE.test(line)) {
          const begun = openFormula(line);
          // A full stop within a formula ends no sentence.
          const parts = [...segmenter.segment(masked(begun < 0 ? line : line.slice(0, begun)))];
          // The last segment may still grow: "3." may become "3.5".
          for (const { segment } of parts.slice(0, -1)) {
            say(named(text.slice(spoken, spoken + segment.length), formula));
            spoken += segment.length;
          }
          return out;
        }
        if (!whole) return out;
        if (end < 0) {
          if (codeLines !== undefined) out.push(code(codeLines));
          codeLines = undefined;
          spoken = text.length;
          return out;
        }
        spoken = end + 1;
      }
    },
  };
}
