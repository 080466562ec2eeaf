/** Subtitles (SubRip, WebVTT) as what is said, line after line, without its times. */
import { decode } from './decode.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

const TIMES = /^\s*(?:\d+:)?\d{1,2}:\d{2}[,.]\d{3}\s+-->\s+(?:\d+:)?\d{1,2}:\d{2}[,.]\d{3}/;

/** Undefined for a file that has no times: then it is shown as it stands. */
export function readSubtitles({ bytes }: Given): Raw | undefined {
  const cues = tidy(decode(bytes)).split(/\n[ \t]*\n/);
  const said: string[] = [];
  for (const cue of cues) {
    const lines = cue.trim().split('\n');
    const at = lines.findIndex((line) => TIMES.test(line));
    if (at < 0) continue;
    const text = lines
      .slice(at + 1)
      .map((line) => line.replace(/<\/?[\w.:, /-]+>|\{\\[^}]*\}/g, '').trim())
      .filter(Boolean);
    // Rolling captions say each line twice.
    for (const line of text) if (line !== said.at(-1)) said.push(line);
  }
  return said.length > 0 ? { kind: 'text', text: said.join('\n'), note: 'Times are left out.' } : undefined;
}
