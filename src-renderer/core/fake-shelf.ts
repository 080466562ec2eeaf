/** A small shelf for the fake core: places, their files, and texts in which something can be found. */
import type {
  Counting,
  Counts,
  DocumentKind,
  LibraryFile,
  LibraryPlace,
  LibraryState,
} from '../../src-main/library/door.ts';
import { fakeId, livedInWorld, type World } from './fake-world.ts';

export interface FakePassage {
  readonly id: number;
  readonly text: string;
  readonly page?: number;
  readonly heading?: string;
  /** Words that it does not have and is about: what is found by meaning. */
  readonly about?: string;
}
export interface FakeDocument {
  readonly id: number;
  readonly file: number;
  readonly kind: DocumentKind;
  readonly title?: string;
  readonly date?: number;
  readonly pages?: number;
  readonly note?: string;
  readonly passages: readonly FakePassage[];
}
export interface Shelf {
  places: LibraryPlace[];
  files: LibraryFile[];
  documents: FakeDocument[];
  meaning: LibraryState['meaning'];
  rate?: number;
  secondsLeft?: number;
  note?: string;
  /** What lies at a path that can be added. */
  disk: Record<string, Counting>;
}

export const countsOf = (files: readonly LibraryFile[]): Counts => {
  const of = (state: LibraryFile['state']) => files.filter((file) => file.state === state).length;
  return {
    files: files.length,
    waiting: of('waiting'),
    read: of('read'),
    meaning: of('meaning'),
    refused: of('refused'),
  };
};

const day = 86_400_000;
const at = (text: string) => new Date(`${text}T12:00:00`).getTime();

export const disk = (): Record<string, Counting> => ({
  '/home/mara/recipes': { files: 38, folders: 4, bytes: 1.2e6, left: 6, closed: 0, done: true },
  '/home/mara': { files: 100_432, folders: 8_120, bytes: 31e9, left: 52_004, closed: 3, done: true },
  '/home/mara/empty': { files: 0, folders: 0, bytes: 0, left: 0, closed: 0, done: true },
});

export const emptyShelf = (): Shelf => ({ places: [], files: [], documents: [], meaning: 'ready', disk: disk() });

export const placeOf = (over: Partial<LibraryPlace> & Pick<LibraryPlace, 'id' | 'name'>): LibraryPlace => ({
  kind: 'folder',
  path: `/home/mara/${over.name}`,
  addedAt: at('2026-10-02'),
  paused: false,
  ocr: false,
  ignore: [],
  watched: 'yes',
  counts: countsOf([]),
  documents: 0,
  pictures: 0,
  ...over,
});

export const fileOf = (over: Partial<LibraryFile> & Pick<LibraryFile, 'id' | 'place' | 'path'>): LibraryFile => ({
  name: over.path.split('/').at(-1)!,
  state: 'meaning',
  kind: 'text',
  size: 4_200,
  changedAt: at('2026-09-14'),
  readAt: at('2026-10-02'),
  documents: 1,
  passages: 3,
  language: 'eng',
  ...over,
});

const harbour: readonly FakePassage[] = Array.from({ length: 120 }, (_, n): FakePassage => {
  const page = Math.floor(n / 3) + 1;
  if (n === 119) return { id: 1000 + n, page, text: '31 Dec. The book is closed and handed to the new master.\n' };
  if (n === 60)
    return {
      id: 1000 + n,
      page,
      text: '2 Feb. Ice in the inner harbour, one can walk from the steps to the crane. No boats out, no fees taken.\n\n3 Feb. As yesterday. The bread cart did not come.\n\n',
      about: 'frozen over winter cold sea stopped',
    };
  return {
    id: 1000 + n,
    page,
    text: `Entry ${n + 1}. Two boats in, four out; fees ${n + 3} and six. Wind from the south-west.\n\n`,
  };
});
const salt: readonly FakePassage[] = [
  {
    id: 2000,
    heading: 'Chapter five',
    text: '## Chapter five\n\nHer father wound the clock every evening at nine.\n\n',
  },
  {
    id: 2001,
    heading: 'Chapter six',
    text: '## Chapter six\n\nIn January **the harbour** closed over [like an eye](https://example.org/eye), and her father stopped winding the clock. Nobody *said* why.\n\n![a boat](https://example.org/boat.png)\n\n',
    about: 'frozen ice winter',
  },
  { id: 2002, heading: 'Chapter six', text: '- the rope\n- the ring\n- the mole\n\n```js\nconst tide =\n' },
  { id: 2003, heading: 'Chapter six', text: '  12;\n```\n\nThen it was spring.\n' },
];
const anselm: readonly FakePassage[] = [
  {
    id: 3000,
    page: 1,
    text: 'Dear Anselm,\n\nYou would not know the place. The water has gone hard as far as the mole, and at first light only the rope was left on the ring.\n\n',
    about: 'harbour frozen over ice',
  },
  { id: 3001, page: 1, text: 'Nan keeps to the kitchen. She says the salt year was worse.\n' },
];
const mail: readonly FakePassage[] = [
  {
    id: 4000,
    text: 'The harbour office asks for the fees of the second quarter, 214 and six, until the end of the month.\n',
  },
];
const code: readonly FakePassage[] = [
  {
    id: 5000,
    text: 'export function tide(hours) {\n  return Math.sin(hours / 12.42 * Math.PI * 2); // harbour gauge\n}\n',
  },
];

/** A few years of someone's letters, manuscripts, mail and scans. */
export function fullShelf(): Shelf {
  const [letters, manuscripts, archive, scans, contract] = [801, 802, 803, 804, 805].map(fakeId) as [
    ReturnType<typeof fakeId>,
    ReturnType<typeof fakeId>,
    ReturnType<typeof fakeId>,
    ReturnType<typeof fakeId>,
    ReturnType<typeof fakeId>,
  ];
  const many = (n: number, first: number, make: (i: number) => Parameters<typeof fileOf>[0]) =>
    Array.from({ length: n }, (_, i) => fileOf({ ...make(i), id: first + i }));
  const files: LibraryFile[] = [
    ...many(412, 1, (i) => ({
      id: 0,
      place: letters,
      path: `/home/mara/letters/${1950 + Math.floor(i / 30)}/letter ${String(i + 1).padStart(3, '0')}.txt`,
      ...(i === 0 && {
        path: '/home/mara/letters/1956/Letter to Anselm.docx',
        kind: 'docx' as const,
        document: 3,
        pages: 1,
      }),
    })),
    ...many(96, 1001, (i) => ({
      id: 0,
      place: manuscripts,
      path: `/home/mara/manuscripts/draft ${i + 1}.md`,
      kind: 'markdown',
      state: i < 71 ? 'meaning' : 'read',
      ...(i === 0 && { path: '/home/mara/manuscripts/The Salt Year, draft 3.md', document: 2 }),
      ...(i === 1 && { path: '/home/mara/manuscripts/tools/tide.js', kind: 'code' as const, document: 5 }),
    })),
    ...many(3, 2001, (i) => ({
      id: 0,
      place: archive,
      path: `/home/mara/mail archive/${2024 + i}.mbox`,
      kind: 'mail',
      size: 640e6,
      documents: 6068,
      passages: 11_000,
      state: i < 2 ? 'read' : 'waiting',
      ...(i === 0 && { document: 4 }),
    })),
    ...many(230, 3001, (i) => ({
      id: 0,
      place: scans,
      path: `/home/mara/scans/scan ${i + 1}.pdf`,
      kind: 'pdf',
      size: 2.1e6,
      pages: 2,
      ...(i === 0 && { path: '/home/mara/scans/Harbour account book.pdf', document: 1, pages: 40 }),
      ...(i >= 169 && {
        state: 'refused' as const,
        code: 'no-text',
        why: 'It holds only pictures of text. Turn on “Read pictures” for this place to recognise it.',
      }),
    })),
    fileOf({
      id: 4001,
      place: contract,
      path: '/home/mara/contract-2019.pdf',
      kind: 'pdf',
      state: 'refused',
      code: 'encrypted-file',
      why: 'The file has its own password. Open it without one and save it so; then it is read.',
      size: 88_000,
      documents: 0,
      passages: 0,
    }),
  ];
  const of = (place: string) => files.filter((file) => file.place === place);
  const make = (id: LibraryPlace['id'], name: string, over: Partial<LibraryPlace> = {}) =>
    placeOf({
      id,
      name,
      counts: countsOf(of(id)),
      documents: of(id).reduce((sum, file) => sum + file.documents, 0),
      ...over,
    });
  return {
    places: [
      make(letters, 'letters'),
      make(manuscripts, 'manuscripts', { ignore: ['*.tmp', 'old/'] }),
      make(archive, 'mail archive', { paused: true, watched: 'by-turns' }),
      make(scans, 'scans', { pictures: 61 }),
      make(contract, 'contract-2019.pdf', { kind: 'file', path: '/home/mara/contract-2019.pdf', watched: 'no' }),
    ],
    files,
    documents: [
      {
        id: 1,
        file: 3001,
        kind: 'pdf',
        title: 'Harbour account book',
        pages: 40,
        date: at('1956-02-02'),
        passages: harbour,
      },
      {
        id: 2,
        file: 1001,
        kind: 'markdown',
        title: 'The Salt Year, draft 3',
        date: Date.now() - 5 * day,
        passages: salt,
      },
      { id: 3, file: 1, kind: 'docx', title: 'Letter to Anselm', pages: 1, date: at('1956-02-12'), passages: anselm },
      { id: 4, file: 2001, kind: 'mail', title: 'Fees of the second quarter', date: at('2024-06-20'), passages: mail },
      { id: 5, file: 1002, kind: 'code', date: at('2026-01-03'), passages: code },
    ],
    meaning: 'ready',
    rate: 21,
    secondsLeft: 240,
    disk: disk(),
  };
}

/** All of it is read, but for what are only pictures. */
export function readShelf(): Shelf {
  const shelf = fullShelf();
  const files = shelf.files
    .filter(({ place }) => place !== fakeId(805))
    .map((file) => (file.state === 'refused' ? file : { ...file, state: 'meaning' as const }));
  const { rate: _rate, secondsLeft: _left, ...rest } = shelf;
  return {
    ...rest,
    files,
    places: shelf.places
      .filter(({ id }) => id !== fakeId(805))
      .map((place) => ({
        ...place,
        paused: false,
        counts: countsOf(files.filter((file) => file.place === place.id)),
      })),
  };
}

/** Someone whose files are here. */
export const readWorld = (): World => ({ ...livedInWorld(), jobs: [], library: readShelf() });
export const fullWorld = (): World => ({ ...livedInWorld(), jobs: [], library: fullShelf() });
