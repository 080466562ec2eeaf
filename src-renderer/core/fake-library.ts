/** The scripted core's files: places, how far they are, and what is found in them. */
import type { libraryDoor } from '../../src-main/library/door.ts';
import { Fault, type Handlers } from '../../src-main/wire/index.ts';
import { fakeId, type World } from './fake-world.ts';

interface Needs {
  readonly world: World;
  readonly change: (edit: (world: World) => void) => void;
  /** The value now and whenever the world changes. */
  watch<T>(read: () => T, signal: AbortSignal): AsyncIterable<T>;
}

export function fakeLibrary(_needs: Needs): Handlers<typeof libraryDoor> {
  const notHere = (): never => {
    throw new Fault('not-here', 'This is being built.');
  };
  return {
    'library.read': () => ({ name: 'notes.txt', kind: 'text', text: 'Notes.', characters: 6 }),
    'library.offer': () => ({ upload: fakeId(795) as never }),
    'library.give': ({ bytes }) => ({ received: bytes.length }),
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
  };
}
