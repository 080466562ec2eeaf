/** Finished sentences of an answer that is being written, as a screen reader should hear them: words, not marks. */

const MARKS = /[*_~`#>|]+|\]\([^)]*\)|!?\[/g;
const FENCE = /^ {0,3}(?:```|~~~)/;

export interface Speaker {
  /** The whole text so far; gives the sentences that have ended since the last call. */
  read(text: string, ended: boolean): string[];
}

/** @param code what to say in place of a block of code of so many lines */
export function openSpeaker({ code, locale }: { code: (lines: number) => string; locale?: string }): Speaker {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' });
  let spoken = 0;
  let codeLines: number | undefined;
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
        if (whole && FENCE.test(line)) {
          if (codeLines === undefined) codeLines = 0;
          else {
            out.push(code(codeLines));
            codeLines = undefined;
          }
        } else if (codeLines !== undefined) {
          if (whole && (line || end >= 0)) codeLines++;
        } else if (whole) {
          for (const { segment } of segmenter.segment(line)) say(segment);
        } else if (!FENCE.test(line)) {
          const parts = [...segmenter.segment(line)];
          // The last segment may still grow: "3." may become "3.5".
          for (const { segment } of parts.slice(0, -1)) {
            say(segment);
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
