/** The library's room: the person's files, read, found, quoted and taken out. */
import type { Clock, Jobs, Store } from '../base/ports.ts';
import { Fault, type Handlers } from '../wire/index.ts';
import type { libraryDoor } from './door.ts';
import type { Embedder, Library } from './ports.ts';
import { openReading, type ReadingOptions } from './reading.ts';
import { migrations } from './schema.ts';

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
}

export async function openLibrary(options: LibraryOptions): Promise<LibraryRoom> {
  await options.store.migrate('library', migrations);
  const reading = openReading(options);
  const notHere = (): never => {
    throw new Fault('not-here', 'This is being built.');
  };
  return {
    read: reading.read,
    conversations: reading.conversations,
    search: notHere,
    passages: notHere,
    forgetting: () => () => {},
    handlers: {
      ...reading.handlers,
      'library.count': notHere,
      'library.add': notHere,
      'library.change': notHere,
      'library.pause': notHere,
      'library.resume': notHere,
      'library.again': notHere,
      'library.state': notHere,
      'library.watch': notHere,
      'library.files': notHere,
      'library.wait': notHere,
      'library.search': notHere,
      'library.open': notHere,
      'library.remove': notHere,
    },
    wake() {},
    rest: () => reading.rest(),
    close: () => reading.close(),
  };
}
