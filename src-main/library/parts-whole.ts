/** One file as one text: a document, or the beginning of an archive of many; called in the reader process. */
import { Fault } from '../wire/index.ts';
import { cut } from './cut.ts';
import type { Part } from './parts.ts';
import { open, type PartsFile } from './parts-read.ts';
import type { Reading } from './readers/reading.ts';

/** UTF-16 units: as much as any model of today reads, and read within a second or two. */
const ENOUGH = 1_000_000;

/**
 * The text of a document; of an archive the texts of its first parts under their titles, and a note that says how many.
 *
 * @throws Fault as `readDocument`; `unreadable` when no part of an archive could be read
 */
export async function readWhole(file: Omit<PartsFile, 'ocr' | 'attached'>, most = ENOUGH): Promise<Reading> {
  const contents = await open({ ...file, ocr: false, attached: true });
  if (contents.is === 'document') return contents.reading;
  const parts: Part[] = [];
  let length = 0;
  let refused = 0;
  let why = 'There is nothing in this file that could be read.';
  let all = true;
  for await (const told of contents.parts) {
    if (length >= most) {
      all = false;
      break;
    }
    if (told.kind === 'part') {
      parts.push(told.part);
      length += told.part.text.length;
    } else if (refused++ === 0) why = told.why;
  }
  const [first] = parts;
  if (!first) throw new Fault('unreadable', why);
  const whole = parts.length === 1 ? first.text : parts.map(titled).join('\n\n');
  const text = cut(whole, most);
  const notes = [
    parts.length > 1 ? `${all && text === whole ? 'All' : 'Only the first'} ${parts.length} parts of this file.` : '',
    refused > 0 ? `${refused} more could not be read.` : '',
    text.length < whole.length && parts.length === 1 ? `Only the first ${most.toLocaleString('en')} characters.` : '',
    first.note ?? '',
  ].filter((note) => note !== '');
  return { kind: first.kind, text, characters: text.length, ...(notes.length > 0 && { note: notes.join(' ') }) };
}

const titled = ({ title, text }: Part) => (title ? `# ${title}\n\n${text}` : text);
