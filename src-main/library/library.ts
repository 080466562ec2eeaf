/** The library's room: the person's files, read, found, quoted and taken out. */
import type { Clock, Jobs, Store } from '../base/ports.ts';
import type { Handlers } from '../wire/index.ts';
import type { libraryDoor } from './door.ts';
import type { Finding } from './finding/finding.ts';
import { openIndexing, type IndexingNeeds } from './indexing/indexing.ts';
import { READERS } from './parts.ts';
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

export async function openLibrary(options: LibraryOptions): Promise<LibraryRoom> {
  const { store, clock, log, ids, jobs, embedder, dataFolder } = options;
  await store.migrate('library', migrations);
  const reading = openReading(options);
  const shelf = openShelf({ store });
  const indexing = openIndexing({
    ...{ store, clock, log, ids, jobs, embedder, reading, shelf, dataFolder },
    version: String(READERS),
    ...(options.indexing && { parts: options.indexing }),
  });
  // Loaded when first asked, since what it reads dates with takes a third of a second to load.
  let opened: Promise<Finding> | undefined;
  const finding = () =>
    (opened ??= import('./finding/finding.ts').then(({ openFinding }) => openFinding({ store, clock, embedder })));
  return {
    read: reading.read,
    conversations: reading.conversations,
    search: async (...asked) => (await finding()).search(...asked),
    async *passages(...asked) {
      yield* (await finding()).passages(...asked);
    },
    forgetting: indexing.forgetting,
    handlers: {
      ...reading.handlers,
      ...indexing.handlers,
      'library.search': async (...asked) => (await finding()).search(...asked),
      'library.open': async (...asked) => (await finding()).open(...asked),
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
