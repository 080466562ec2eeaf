/** The library's room: the person's files, read, found, quoted and taken out. */
import type { Clock, Jobs, Store } from '../base/ports.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import type { libraryDoor } from './door.ts';
import { openIndexing, type IndexingNeeds } from './indexing/indexing.ts';
import type { Embedder, Library } from './ports.ts';
import { openReading, type ReadingOptions } from './reading.ts';
import { migrations } from './schema.ts';
import { openShelf } from './shelf/shelf.ts';

export interface LibraryRoom extends Library {
  readonly handlers: Handlers<typeof libraryDoor>;
  /** Drops what the window handed over and the idle process, and stops reading: daimon sleeps. */
  rest(): void;
  /** Goes on with what is unfinished: daimon is awake. */
  wake(): void;
  close(): Promise<void>;
}

export interface LibraryOptions extends ReadingOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly embedder: Embedder;
  /** daimon's own: nothing in it is ever read. */
  readonly dataFolder: string;
  /** A test's own parts of the indexing. */
  readonly indexing?: IndexingNeeds['parts'];
}

/** Raised when the readers read something better: then every file is read anew, and stays findable until it was. */
const READERS = '1';

export async function openLibrary(options: LibraryOptions): Promise<LibraryRoom> {
  const { store, clock, log, ids, jobs, embedder, dataFolder } = options;
  await store.migrate('library', migrations);
  const reading = openReading(options);
  const shelf = openShelf({ store });
  const indexing = openIndexing({
    ...{ store, clock, log, ids, jobs, embedder, reading, shelf, dataFolder },
    version: READERS,
    ...(options.indexing && { parts: options.indexing }),
  });
  const notHere = (): never => {
    throw new Fault('not-here', 'This is being built.');
  };
  return {
    read: reading.read,
    conversations: reading.conversations,
    search: notHere,
    passages: notHere,
    forgetting: indexing.forgetting,
    handlers: {
      ...reading.handlers,
      ...indexing.handlers,
      'library.search': notHere,
      'library.open': notHere,
    },
    wake: indexing.wake,
    rest() {
      void indexing.rest();
      reading.rest();
    },
    async close() {
      await indexing.close();
      await reading.close();
    },
  };
}
