/** The library's room: what is read from the person's files, one document at a time. */
import { Fault, type Handlers } from '../wire/index.ts';
import type { libraryDoor } from './door.ts';
import type { Library } from './ports.ts';

export interface LibraryRoom extends Library {
  readonly handlers: Handlers<typeof libraryDoor>;
  close(): Promise<void>;
}

export function openLibrary(): LibraryRoom {
  const notYet = () => {
    throw new Fault('not-here', 'This is being built.');
  };
  return {
    handlers: { 'library.read': notYet, 'library.offer': notYet, 'library.give': notYet },
    read: notYet,
    conversations: notYet,
    close: async () => {},
  };
}
