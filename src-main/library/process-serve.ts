/** What the reader process does with the core's requests: one document, one export or all parts of a file, from the bytes that are fed. */
import { Fault, serve, type Wire } from '../wire/index.ts';
import { intake, type Intake } from './intake.ts';
import type { Told as ToldPart } from './parts.ts';
import {
  MOST_UNTAKEN,
  readerDoor,
  type ParseExport,
  type ReadParts,
  type ReadWhole,
  type Told,
} from './process-door.ts';

export interface ServeReaderOptions {
  readonly wire: Wire;
  readonly readWhole: ReadWhole;
  readonly parseExport: ParseExport;
  readonly readParts: ReadParts;
  readonly walls: { readonly permissions: boolean; readonly network: boolean };
  /** The wire has closed: nothing here need be saved. */
  exit(): void;
}

/** Serves `readerDoor`. Whatever a parser throws that is no Fault becomes `unreadable`: its text may quote the file. */
export function serveReader({ wire, readWhole, parseExport, readParts, walls, exit }: ServeReaderOptions): void {
  let current: Intake | undefined;
  let stored = (): void => {};

  const begin = (signal: AbortSignal): Intake => {
    if (current) throw new Fault('busy', 'The reader has a file at hand; one at a time.');
    const mine = (current = intake());
    signal.addEventListener('abort', () => mine.end(signal.reason as Error), { once: true });
    return mine;
  };
  const end = (mine: Intake) => {
    mine.end();
    current = undefined;
  };

  /** What a parser says of the bytes that are fed, one after the other, with how far it has read. */
  async function* told<T extends Told | ToldPart>(
    parse: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<T>,
    size: number,
    signal: AbortSignal,
  ): AsyncGenerator<T & { done: number; total: number }> {
    const mine = begin(signal);
    const out = untaken(signal);
    stored = out.taken;
    try {
      for await (const one of parse(mine)) {
        yield { ...one, done: Math.min(mine.given, size), total: size };
        await out.add(weight(one));
      }
    } catch (error) {
      throw plain(error);
    } finally {
      end(mine);
    }
  }

  serve({
    door: readerDoor,
    wire: {
      ...wire,
      listen: (onFrame, onClose) =>
        wire.listen(onFrame, () => {
          onClose();
          exit();
        }),
    },
    handlers: {
      async 'reader.document'({ name, size }, signal) {
        const mine = begin(signal);
        try {
          return { name, ...(await readWhole({ bytes: mine, name, size })) };
        } catch (error) {
          throw plain(error);
        } finally {
          end(mine);
        }
      },
      'reader.conversations': ({ name, size }, signal) => told((bytes) => parseExport(bytes, name), size, signal),
      'reader.parts': ({ name, size, ocr, attached }, signal) =>
        told((bytes) => readParts({ bytes, name, size, ocr, attached }), size, signal),
      async 'reader.feed'({ bytes, last }) {
        return current ? current.feed(bytes, last) : { enough: true };
      },
      'reader.taken': () => {
        stored();
        return {};
      },
      'reader.confinement': () => walls,
    },
  });
}

/** Holds the parser back while too much text is on its way: credit counts items, and one may be 100 MB. */
function untaken(signal: AbortSignal) {
  const weights: number[] = [];
  let sum = 0;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    taken() {
      sum -= weights.shift() ?? 0;
      wake();
    },
    async add(units: number) {
      weights.push(units);
      sum += units;
      while (sum > MOST_UNTAKEN && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

/** UTF-16 units of text. */
function weight(told: Told | ToldPart): number {
  if (told.kind === 'refused') return told.why.length;
  if (told.kind === 'part') return told.part.text.length;
  return told.conversation.messages.reduce(
    (sum, { text, attachments = [] }) =>
      attachments.reduce((more, one) => more + (one.text?.length ?? 0), sum + text.length),
    0,
  );
}

const plain = (error: unknown): Fault =>
  error instanceof Fault
    ? error
    : new Fault(
        'unreadable',
        'This file is damaged, or not what its name says, and could not be read. Nothing else is affected.',
        { cause: error },
      );
