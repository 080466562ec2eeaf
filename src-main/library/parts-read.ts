/** All documents of one file, whoever made it; called in the reader process as `process-door.ts` says. */
import { isFault } from '../wire/index.ts';
import { pullFrom, type Pull } from './exports/pull.ts';
import { collect } from './intake.ts';
import type { Told } from './parts.ts';
import { partOf } from './parts-finish.ts';
import type { GivenFile } from './process-door.ts';
import type { ReadDocument, Reading } from './readers/reading.ts';
import { refuseLarger } from './size.ts';
import { PEEK, sniff } from './sniff.ts';

/** One document, or many. */
export type Contents =
  { readonly is: 'document'; readonly reading: Reading } | { readonly is: 'many'; readonly parts: AsyncIterable<Told> };

export interface PartsFile extends GivenFile {
  readonly ocr: boolean;
  readonly attached: boolean;
  readonly readDocument: ReadDocument;
}

/** What is read as a whole must fit into memory, several times over. */
const WHOLE = 64 << 20;
/** A file of which so many conversations are refused, and none before them was read, is a broken export. */
const MOST_REFUSED = 100;

export async function* readParts(file: PartsFile): AsyncGenerator<Told> {
  const contents = await open(file);
  if (contents.is === 'many') yield* contents.parts;
  else {
    const { characters: _, ...part } = contents.reading;
    yield* partOf(part);
  }
}

/**
 * Looks at the first bytes, and reads what is one document; of what has many, nothing is read yet.
 *
 * @throws Fault as `readDocument`, and `too-large` for a single document over 64 MB
 */
export async function open({ bytes, name, size, ocr, attached, readDocument }: PartsFile): Promise<Contents> {
  const pull = pullFrom(bytes);
  const head = (await pull.exactly(PEEK)).slice();
  pull.putBack(head);
  const whole = () => {
    refuseLarger(size, { bytes: WHOLE, what: 'documents' });
    return collect(pull.rest(), size);
  };
  const document = async (given: Uint8Array): Promise<Contents> => ({
    is: 'document',
    reading: await readDocument({ bytes: given, name, ...(ocr && { ocr }) }),
  });
  const kind = sniff(head, name);
  if (kind === 'document') return document(await whole());
  const options = { readDocument, ocr, attached, name };
  const parts = async (from: Pull) =>
    kind === 'zip'
      ? (await import('./parts-zip.ts')).partsOfZip(from, options)
      : (await import('./parts-stream.ts')).partsOfStream(kind, from.rest(), options);
  // What these are is only known when they are read, and larger than any document they can be nothing else.
  const unsure = kind === 'zip' || kind === 'conversations' || kind === 'telegram';
  if (!unsure || size > WHOLE) return { is: 'many', parts: await parts(pull) };
  const given = await whole();
  const found = await begun(await parts(pullFrom(one(given))));
  return found ? { is: 'many', parts: found } : document(given);
}

async function* one(bytes: Uint8Array) {
  yield bytes;
}

/**
 * The same parts once one that was read is among them, or what was refused is told as well as it can be; undefined when
 * the file turns out to be something else.
 */
async function begun(parts: AsyncGenerator<Told>): Promise<AsyncGenerator<Told> | undefined> {
  const before: Told[] = [];
  try {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      before.push(next.value);
      if (next.value.kind === 'refused' && before.length < MOST_REFUSED) continue;
      return (async function* () {
        yield* before;
        yield* parts;
      })();
    }
    return undefined;
  } catch (error) {
    if (isFault(error, 'not-an-export')) return undefined;
    throw error;
  }
}
