/** What the reader process does with the core's requests: one document, or one export, from the bytes that are fed. */
import { Fault, serve, type Wire } from '../wire/index.ts';
import { collect, intake, type Intake } from './intake.ts';
import { MOST_UNTAKEN, readerDoor, type ParseExport, type Told } from './process-door.ts';
import type { ReadDocument } from './readers/reading.ts';

export interface ServeReaderOptions {
  readonly wire: Wire;
  readonly readDocument: ReadDocument;
  readonly parseExport: ParseExport;
  readonly walls: { readonly permissions: boolean; readonly network: boolean };
  /** The wire has closed: nothing here need be saved. */
  exit(): void;
}

/** Serves `readerDoor`. Whatever a parser throws that is no Fault becomes `unreadable`: its text may quote the file. */
export function serveReader({ wire, readDocument, parseExport, walls, exit }: ServeReaderOptions): void {
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
          const bytes = await collect(mine, size);
          return { name, ...(await readDocument({ bytes, name })) };
        } catch (error) {
          throw plain(error);
        } finally {
          end(mine);
        }
      },
      async *'reader.conversations'({ name, size }, signal) {
        const mine = begin(signal);
        const out = untaken(signal);
        stored = out.taken;
        try {
          for await (const told of parseExport(mine, name)) {
            yield { ...told, done: Math.min(mine.given, size), total: size };
            await out.add(weight(told));
          }
        } catch (error) {
          throw plain(error);
        } finally {
          end(mine);
        }
      },
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

const weight = (told: Told): number =>
  told.kind === 'refused'
    ? told.why.length
    : told.conversation.messages.reduce(
        (sum, { text, attachments = [] }) =>
          attachments.reduce((more, one) => more + (one.text?.length ?? 0), sum + text.length),
        0,
      );

const plain = (error: unknown): Fault =>
  error instanceof Fault
    ? error
    : new Fault(
        'unreadable',
        'This file is damaged, or not what its name says, and could not be read. Nothing else is affected.',
        { cause: error },
      );
