/** The scripted core's files: places, how far they are, and what is found in them. */
import type { Counts, Hit, libraryDoor, LibraryState } from '../../src-main/library/door.ts';
import { Fault, type Handlers } from '../../src-main/wire/index.ts';
import { emptyShelf, placeOf, type FakeDocument, type FakePassage, type Shelf } from './fake-shelf.ts';
import { fakeId, type World } from './fake-world.ts';

interface Needs {
  readonly world: World;
  readonly change: (edit: (world: World) => void) => void;
  /** The value now and whenever the world changes. */
  watch<T>(read: () => T, signal: AbortSignal): AsyncIterable<T>;
}

/** From so many on the core asks whether they are meant. */
const MANY = 10_000;

const sum = (all: readonly Counts[]): Counts => {
  const of = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  return {
    files: of('files'),
    waiting: of('waiting'),
    read: of('read'),
    meaning: of('meaning'),
    refused: of('refused'),
  };
};
const missing = () =>
  new Fault('file-missing', 'There is nothing at that path on this computer. Nothing was added; look at it again.');
const gone = () => new Fault('unknown-place', 'That place is not among your files any more; look at the list again.');

function stateOf(shelf: Shelf): LibraryState {
  const counts = sum(shelf.places.map((place) => place.counts));
  const open = shelf.places.filter(({ paused }) => !paused);
  const now = sum(open.map((place) => place.counts));
  const left = shelf.places.some(({ counts: of }) => of.waiting > 0 || (of.read > 0 && shelf.meaning === 'ready'));
  const phase =
    now.waiting > 0 ? 'reading' : now.read > 0 && shelf.meaning === 'ready' ? 'meaning' : left ? 'paused' : 'idle';
  const runs = phase === 'reading' || phase === 'meaning';
  return {
    places: shelf.places,
    counts,
    phase,
    passages: shelf.files.reduce((total, file) => total + file.passages, 0),
    bare: shelf.meaning === 'ready' ? counts.read * 12 : 0,
    ...(runs && shelf.rate !== undefined && { rate: shelf.rate }),
    ...(runs && shelf.secondsLeft !== undefined && { secondsLeft: shelf.secondsLeft }),
    meaning: shelf.meaning,
    ...(shelf.note !== undefined && { note: shelf.note }),
  };
}

const stem = (word: string) => word.slice(0, 5);
const wordsIn = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];

/** How well a passage fits: the share of the question's words that it has, or is about. */
function fitOf(wanted: readonly string[], passage: FakePassage): Pick<Hit, 'score' | 'by' | 'words' | 'sentence'> {
  const has = new Set(wordsIn(passage.text).map(stem));
  const about = new Set(wordsIn(passage.about ?? '').map(stem));
  const byWord = wanted.filter((word) => has.has(stem(word))).length;
  const byMeaning = wanted.filter((word) => !has.has(stem(word)) && about.has(stem(word))).length;
  const words = [...passage.text.matchAll(/[\p{L}\p{N}]{3,}/gu)]
    .filter(([word]) => wanted.some((one) => stem(one) === stem(word.toLowerCase())))
    .map(({ 0: word, index }): [number, number] => [index, index + word.length]);
  const sentences = [...passage.text.matchAll(/[^\n]+?(?:[.!?](?=\s|$)|$)/gm)].map(
    ({ 0: text, index }): [number, number] => [
      index + (text.length - text.trimStart().length),
      index + text.trimEnd().length,
    ],
  );
  const within = ([from, to]: [number, number]) => words.filter(([a]) => a >= from && a < to).length;
  const sentence = sentences.reduce((best, one) => (within(one) > within(best) ? one : best), sentences[0] ?? [0, 0]);
  return {
    score: Math.min(1, (byWord + 0.9 * byMeaning) / Math.max(1, wanted.length)),
    by: byMeaning === 0 ? 'word' : byWord === 0 ? 'meaning' : 'both',
    words,
    sentence,
  };
}

/** @param needs the world is changed in place, through `change` */
export function fakeLibrary({ world, change, watch }: Needs): Handlers<typeof libraryDoor> {
  const shelf = () => (world.library ??= emptyShelf());
  const names = new Map<string, { name: string; size: number }>();
  let ids = 0;

  const turn = (id: string | undefined, to: Partial<Shelf['places'][number]>) =>
    change(() => {
      if (id !== undefined && !shelf().places.some((place) => place.id === id)) throw gone();
      shelf().places = shelf().places.map((place) =>
        id === undefined || place.id === id ? { ...place, ...to } : place,
      );
    });
  const fileOf = ({ file }: FakeDocument) => shelf().files.find(({ id }) => id === file)!;
  const put = (name: string, over: Partial<Shelf['places'][number]>) => {
    const place = placeOf({ id: fakeId(850 + ids++), name, ...over });
    change(() => (shelf().places = [...shelf().places, place]));
    return { place: place.id, name, known: false };
  };
  const one: Counts = { files: 1, waiting: 1, read: 0, meaning: 0, refused: 0 };

  return {
    'library.read': () => ({ name: 'notes.txt', kind: 'text', text: 'Notes.', characters: 6 }),
    'library.offer': ({ name, size }) => {
      const upload = fakeId(795 + names.size);
      names.set(upload, { name, size });
      return { upload };
    },
    'library.give': ({ bytes }) => ({ received: bytes.length }),
    async *'library.count'({ path }) {
      const there = shelf().disk[path];
      if (!there) throw missing();
      yield { ...there, files: Math.floor(there.files / 2), bytes: Math.floor(there.bytes / 2), done: false };
      await Promise.resolve();
      yield there;
    },
    'library.add': ({ path, upload, name, text, ignore = [], ocr = false, sure }) => {
      if (upload) {
        const file = names.get(upload);
        if (!file)
          throw new Fault('bad-upload', 'These bytes are no longer here. Nothing was added; add the file again.');
        if (/\.(?:exe|zip)$/.test(file.name))
          throw new Fault('unknown-kind', 'Files of this kind cannot be read. Nothing was added.');
        return put(file.name, { kind: 'given', watched: 'no', counts: one });
      }
      if (text !== undefined) return put(name ?? 'Pasted text', { kind: 'given', watched: 'no', counts: one });
      const there = path === undefined ? undefined : shelf().disk[path];
      const known = shelf().places.find((place) => place.path === path);
      if (known) return { place: known.id, name: known.name, known: true };
      if (!there || path === undefined) throw missing();
      if (there.files > MANY && !sure)
        throw new Fault('many-files', 'That is a great many files. Nothing was added yet; say that they are meant.', {
          details: { files: there.files },
        });
      const counts = { files: there.files, waiting: there.files, read: 0, meaning: 0, refused: 0 };
      return put(path.split('/').at(-1)!, { path, ignore, ocr, counts });
    },
    'library.change': ({ place, ocr, ignore }) => {
      turn(place, {
        ...(ocr !== undefined && { ocr }),
        ...(ignore && { ignore }),
      });
      return shelf().places.find(({ id }) => id === place)!;
    },
    'library.pause': ({ place }) => {
      turn(place, { paused: true });
      return stateOf(shelf());
    },
    'library.resume': ({ place }) => {
      turn(place, { paused: false });
      return stateOf(shelf());
    },
    'library.again': ({ file, place }) => {
      const tried = shelf().files.filter(
        (each) =>
          each.state === 'refused' && (file === undefined || each.id === file) && (!place || each.place === place),
      );
      change(() => {
        shelf().files = shelf().files.map((each) => (tried.includes(each) ? { ...each, state: 'waiting' } : each));
      });
      return { again: tried.length };
    },
    'library.state': () => stateOf(shelf()),
    'library.watch': (_input, signal) => watch(() => stateOf(shelf()), signal),
    'library.files': ({ place, state, name, after, limit = 100 }) => {
      const fitting = shelf()
        .files.filter(
          (file) =>
            (!place || file.place === place) &&
            (!state || file.state === state) &&
            (!name || file.path.toLowerCase().includes(name.toLowerCase())),
        )
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      const rest = fitting.filter(({ path }) => after === undefined || path > after);
      return { files: rest.slice(0, limit), total: fitting.length, more: rest.length > limit };
    },
    async *'library.wait'() {
      const { counts, passages } = stateOf(shelf());
      await Promise.resolve();
      yield { kind: 'done', counts, passages, meaning: shelf().meaning === 'ready' };
    },
    'library.search': ({ query, limit = 10, places, kinds, since, until, weak }) => {
      const wanted = wordsIn(query);
      return shelf()
        .documents.flatMap((document) => {
          const file = fileOf(document);
          const date = document.date ?? file.changedAt;
          if (places && !places.includes(file.place)) return [];
          if (kinds && !kinds.includes(document.kind)) return [];
          if ((since !== undefined && date < since) || (until !== undefined && date > until)) return [];
          return document.passages.map((passage): Hit => {
            const fit = fitOf(wanted, passage);
            return {
              ...fit,
              passage: passage.id,
              document: document.id,
              place: file.place,
              file: file.path,
              name: file.name,
              ...(document.title !== undefined && { title: document.title }),
              kind: document.kind,
              ...(passage.page !== undefined && { page: passage.page }),
              ...(passage.heading !== undefined && { heading: passage.heading }),
              date,
              text: passage.text,
              ...(fit.score < 0.6 && { weak: true as const }),
            };
          });
        })
        .filter((hit) => hit.score > 0 && (weak || !hit.weak))
        .sort((a, b) => b.score - a.score || a.passage - b.passage)
        .slice(0, limit);
    },
    'library.open': ({ document, passage, from, limit = 40 }) => {
      const found = shelf().documents.find(
        (each) => each.id === document || each.passages.some(({ id }) => id === passage),
      );
      if (!found)
        throw new Fault('not-found', 'That passage is not there any more. Search again to find where it stands.');
      const file = fileOf(found);
      const middle = found.passages.findIndex(({ id }) => id === passage);
      const start = from ?? Math.max(0, middle - Math.floor(limit / 2));
      const { id, kind, title, pages, date, note } = found;
      return {
        document: id,
        place: file.place,
        file: file.path,
        name: file.name,
        kind,
        ...(title !== undefined && { title }),
        ...(pages !== undefined && { pages }),
        ...(date !== undefined && { date }),
        ...(note !== undefined && { note }),
        total: found.passages.length,
        passages: found.passages.map(({ about: _about, ...each }, n) => ({ ...each, n })).slice(start, start + limit),
      };
    },
    'library.remove': ({ place, file }) => {
      const leaving = shelf().files.filter((each) => each.place === place || each.id === file);
      const whole = shelf().places.find(({ id }) => id === place);
      change(() => {
        shelf().files = shelf().files.filter((each) => !leaving.includes(each));
        shelf().places = shelf().places.filter(({ id }) => id !== place);
      });
      return {
        files: whole?.counts.files ?? leaving.length,
        passages: leaving.reduce((total, each) => total + each.passages, 0),
      };
    },
  };
}
