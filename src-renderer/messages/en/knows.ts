/** Strings of Knows: the person's files, how far they are, what is found in them, and what is added or taken out. */
import type { DocumentKind, LibraryFile, LibraryPlace, LibraryState } from '../../../src-main/library/door.ts';
import { bytes, bytesOf, duration, number, plural } from '../format.ts';

const files = (n: number) => plural(n, 'file', 'files');
const passages = (n: number) => plural(n, 'passage', 'passages');
const whole = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
type Place = Pick<LibraryPlace, 'counts' | 'documents' | 'paused' | 'pictures'>;
type Files = Pick<LibraryState, 'counts' | 'meaning' | 'phase' | 'secondsLeft'> & { readonly pictures: number };

export const knows = {
  where: 'On this computer',
  whereSo: 'nothing leaves it',
  whereFetch: (host: string) => `${host} would be asked for the model; your files stay here`,

  list: {
    title: 'Your files',
    all: 'All',
    places: (n: number) => (n === 0 ? 'nothing yet' : plural(n, 'place', 'places')),
    add: 'Add files or a folder',
  },

  /** The one sentence that says what is so. */
  lede: (name: string, { counts, meaning, phase, secondsLeft, pictures }: Files): string => {
    const refused = counts.refused - pictures;
    if (counts.files === 0)
      return phase === 'looking' ? 'Looking for what there is to read.' : `${name} has no files of yours yet.`;
    if (phase === 'paused' && counts.waiting + counts.read > 0)
      return `Reading is paused. ${name} can quote ${files(counts.read + counts.meaning)} meanwhile.`;
    if (counts.waiting > 0)
      return `${counts.waiting === 1 ? 'One file is' : `${files(counts.waiting)} are`} waiting; words first, meaning after.`;
    if (meaning !== 'ready') return `${name} can quote your files by word, and not yet by meaning.`;
    if (counts.read > 0)
      return `Everything is findable by word; by meaning ${secondsLeft === undefined ? 'soon' : `in ${duration(secondsLeft)}`}.`;
    if (pictures > 0)
      return `${name} can quote ${counts.meaning > pictures ? 'almost everything' : 'some of it'}. ${pictures === 1 ? 'One scan is still only a picture' : `${number(pictures)} scans are still only pictures`}.`;
    if (refused > 0)
      return `${name} can quote ${counts.meaning > refused ? 'almost everything' : 'some of it'}. ${files(refused)} could not be read.`;
    return counts.files === 1 ? `${name} can quote your file.` : `${name} can quote all ${files(counts.files)}.`;
  },
  ledePlace: (place: string, sentence: string) => `${place}: ${sentence}`,
  placeSo: ({ counts, pictures }: Place): string => {
    const can = counts.read + counts.meaning;
    if (counts.files === 0) return 'nothing to read in it yet.';
    if (can === counts.files) return counts.files === 1 ? 'findable.' : `all ${files(counts.files)} are findable.`;
    if (counts.waiting > 0)
      return `${number(can)} of ${files(counts.files)} are findable, ${number(counts.waiting)} wait.`;
    if (pictures === counts.refused && pictures > 0)
      return `${number(can)} of ${files(counts.files)} are findable, ${number(pictures)} ${pictures === 1 ? 'is only a picture' : 'are only pictures'}.`;
    return `${number(can)} of ${files(counts.files)} are findable, ${number(counts.refused)} could not be read.`;
  },

  empty: {
    title: 'Point at a folder, and ask about it.',
    text: 'Letters, notes, mail, scans, exports of other assistants: they are read here, and answers can quote them with the page. The files stay where they are.',
  },

  search: {
    label: 'Search by word or by meaning',
    labelIn: (place: string) => `Search in ${place} by word or by meaning`,
    narrow: 'Narrow down',
    narrowed: (what: string) => `Narrowed down: ${what}`,
    places: 'Where',
    all: 'All places',
    kinds: 'What',
    any: 'Anything',
    time: 'When',
    anyTime: 'Any time',
    thisYear: 'This year',
    lastYear: 'Last year',
    between: 'Between',
    /** As part of a sentence that lists what narrows. */
    times: { 'this-year': 'this year', 'last-year': 'last year', between: 'between two days' },
    from: 'From',
    until: 'Until',
    backwards: 'The second day lies before the first; nothing can be in between.',
    looking: 'Looking…',
    fits: (n: number, more: boolean) =>
      n === 1
        ? 'One passage fits well'
        : `${more ? 'The best ' : ''}${passages(n)} ${more ? 'that fit well' : 'fit well'}`,
    weakFits: (n: number) => (n === 0 ? 'Nothing fits, not even badly' : `${passages(n)}, some of which fit badly`),
    none: 'Nothing fits well enough',
    noneSo: 'No passage is near enough to what you ask, so none is shown as if it were.',
    noneWaiting: (n: number) => `${files(n)} ${n === 1 ? 'is' : 'are'} not read yet; it may stand in there.`,
    noneNarrow: 'It may stand outside of what you narrowed the search to.',
    everywhere: 'Search everything',
    weak: 'Show what fits badly',
    strong: 'Show only what fits well',
    fitsBadly: 'fits badly',
    more: 'Show more',
    by: {
      word: 'found by word',
      meaning: 'found by meaning',
      both: 'found by word and meaning',
      name: 'found by the file’s name',
    },
    onlyWords: 'By word only: the model that finds by meaning is not here.',
    open: { page: 'Open the page', slide: 'Open the slide', sheet: 'Open the sheet', passage: 'Open the passage' },
    openOf: (open: string, name: string) => `${open}: ${name}`,
    clear: 'Clear',
  },

  /** `page` counts pages, slides or sheets. */
  page: (kind: DocumentKind, n: number) =>
    kind === 'pptx' ? `slide ${number(n)}` : kind === 'xlsx' ? `sheet ${number(n)}` : `page ${number(n)}`,
  date: (at: number) => whole.format(at),
  kind: {
    text: 'Text',
    markdown: 'Markdown',
    code: 'Code',
    csv: 'Table (CSV)',
    json: 'JSON',
    pdf: 'PDF',
    docx: 'Word document',
    pptx: 'Slides',
    xlsx: 'Workbook',
    odt: 'OpenDocument text',
    html: 'Web page',
    epub: 'Book',
    mail: 'Mail',
    conversation: 'Conversation',
    image: 'Picture with text',
  },
  group: {
    documents: 'Documents',
    notes: 'Notes and text',
    mail: 'Mail',
    conversations: 'Conversations',
    web: 'Web pages',
    books: 'Books',
    slides: 'Slides',
    tables: 'Tables and data',
    code: 'Code',
    pictures: 'Pictures',
  },

  folders: {
    title: 'Places',
    so: ({ counts, documents, paused, pictures }: Place, meaning: LibraryState['meaning']): string => {
      const can = counts.read + counts.meaning;
      const refused = counts.refused - pictures;
      const how =
        counts.files === 0
          ? ''
          : paused && counts.waiting + counts.read > 0
            ? `paused at ${number(counts.waiting > 0 ? can : counts.meaning)}, nothing is lost`
            : counts.waiting > 0
              ? `${number(can)} read, ${number(counts.waiting)} waiting`
              : can === 0
                ? ''
                : meaning !== 'ready'
                  ? 'searchable by word'
                  : counts.read > 0
                    ? `by word now, by meaning ${number(counts.meaning)} of ${number(can)}`
                    : 'searchable by word and by meaning';
      return [
        documents > counts.files ? `${number(documents)} texts in ${files(counts.files)}` : files(counts.files),
        how,
        pictures > 0 && (pictures === 1 ? 'one is a picture of text' : `${number(pictures)} are pictures of text`),
        refused > 0 && `${number(refused)} could not be read`,
      ]
        .filter(Boolean)
        .join(' · ');
    },
    byTurns: 'This system does not tell of changes here, so it is looked through now and then.',
    given: 'Copies that were handed over; changes to the files they came from are not seen.',
    pause: 'Pause',
    resume: 'Resume',
    pictures: 'Read pictures',
    picturesSo: 'Text in pictures is recognised here; a page takes some seconds.',
    noPictures: 'Do not read pictures',
    open: 'See its files',
    takeOut: 'Take out',
    of: (act: string, place: string) => `${act}: ${place}`,
    progress: (place: string, done: number, total: number, meaning: boolean) =>
      `${place}, searchable by ${meaning ? 'meaning' : 'word'}: ${number(done)} of ${files(total)}`,
  },

  running: {
    title: {
      looking: 'Looking for new and changed files',
      reading: 'Reading',
      meaning: 'Finding out what passages mean',
      paused: 'Paused',
      idle: '',
    },
    files: (done: number, total: number) => `${number(done)} of ${files(total)}`,
    passages: (left: number) => `${passages(left)} left`,
    rate: (n: number, what: 'files' | 'passages') => {
      const rounded = n >= 10 ? Math.round(n) : Math.round(n * 10) / 10;
      return rounded === 0
        ? ''
        : what === 'files'
          ? `${plural2(rounded, 'file', 'files')} a second`
          : `${plural2(rounded, 'passage', 'passages')} a second`;
    },
    left: (seconds: number) => `${duration(seconds)} left`,
    pauseAll: 'Pause all',
    resumeAll: 'Resume all',
    safe: 'You may leave this page; it goes on.',
  },

  meaning: {
    absent: (name: string, fetched: number, host: string) =>
      `Words are found already. To find by meaning as well, a small model is needed: ${name}, ${bytes(fetched)} from the ${host}.`,
    why: 'Fetching tells that host your internet address, and nothing of your files.',
    fetch: (fetched: number) => `Fetch it, ${bytes(fetched)}`,
    failed: 'The model that finds by meaning does not run just now. Everything is still found by word.',
  },

  place: {
    files: 'Files',
    path: 'Lies in',
    reading: 'How it is read',
    ocr: 'Recognise text in pictures and scanned pages',
    ocrSo: 'Here, without the internet; a page takes some seconds.',
    rules: 'What is left out',
    rulesSo:
      'One pattern a line, as in a .gitignore file: *.tmp, drafts/, !keep.txt. Hidden files, links, programs and build folders are always left out, and what the folder’s own ignore files name.',
    rulesField: 'Also leave out',
    rulesSave: 'Keep these rules',
    rulesBack: 'As it was',
    rulesSaved: 'Kept. What they leave out is being taken out.',
    rulesTooMany: 'At most 200 patterns, of 500 characters each.',
    rulesCount: 'Count with these rules',
    added: (at: number) => `Added on ${whole.format(at)}`,
    gone: 'This place is not among your files any more.',
    back: 'See all your files',
  },

  files: {
    filter: 'Which files',
    name: 'Part of the name',
    states: { all: 'All', waiting: 'Waiting', read: 'By word', meaning: 'By meaning', refused: 'Not read' },
    chip: (label: string, n: number) => `${label} ${number(n)}`,
    state: {
      waiting: 'waiting',
      read: 'findable by word',
      meaning: 'findable by word and by meaning',
      refused: 'not read',
    },
    so: (file: Pick<LibraryFile, 'pages' | 'documents' | 'passages' | 'size' | 'changedAt'>) =>
      [
        file.pages !== undefined && plural(file.pages, 'page', 'pages'),
        file.documents > 1 && plural(file.documents, 'text', 'texts'),
        bytes(file.size),
        `changed on ${whole.format(file.changedAt)}`,
      ]
        .filter(Boolean)
        .join(' · '),
    shown: (from: number, to: number, total: number) => `${number(from)} to ${number(to)} of ${files(total)}`,
    none: 'No file is so.',
    earlier: 'The 100 before',
    later: 'The next 100',
    again: 'Try again',
    againAll: 'Try all again',
    againDone: (n: number) => (n === 0 ? 'There was nothing to try again.' : `${files(n)} will be tried again.`),
    open: 'Open',
    of: (act: string, file: string) => `${act}: ${file}`,
  },

  takeOut: {
    title: (name: string) => `Take ${name} out?`,
    lede: 'What was made from it goes for good. What lies on your disk is left alone.',
    goes: 'What goes',
    goesPlace: (n: number) => `All passages of ${files(n)}, how they are found, and their quotes under answers`,
    goesFile: 'Its passages, how they are found, and its quotes under answers',
    stays: 'What stays',
    staysPlace: 'The files themselves, and the words of answers that you had',
    staysGiven: 'The words of answers that you had, and the files where they came from. The copies here go.',
    undone: 'Can it be undone?',
    undo: 'Not taken back, but it can be added again and is read anew.',
    undoGiven: 'Only by handing it over again.',
    action: 'Take it out',
    doing: 'Taking it out…',
    done: (name: string, n: number, p: number) => `${name} is taken out: ${files(n)}, ${passages(p)}.`,
  },

  add: {
    title: 'What shall be read?',
    lede: 'It is read here and stays here. Folders are watched: what is new or changed is found by itself.',
    path: 'A folder or a file on this computer',
    pathHint: 'Its whole path, such as /home/you/Documents',
    paste: 'Paste text instead',
    pasteName: 'What is it called?',
    pasteText: 'The text',
    pasteNoName: 'Give the text a name, so that a quote can say where it is from.',
    chooseFolder: 'Choose a folder',
    chooseFiles: 'Choose files',
    filesHint: 'Chosen files are copied in; changes to them are not seen.',
    exports:
      'Exports of ChatGPT, Claude, WhatsApp and Telegram, and mail archives (mbox), are recognised by themselves.',
    options: 'Pictures, and what to leave out',
    ocr: 'Recognise text in pictures and scanned pages (slower)',
    ignore: 'Leave out',
    ignoreHint: 'One pattern a line, as in a .gitignore file: *.tmp, drafts/',
    counting: 'Counting…',
    counted: ({
      files: n,
      folders,
      bytes: size,
      left,
      closed,
      done,
    }: {
      files: number;
      folders: number;
      bytes: number;
      left: number;
      closed: number;
      done: boolean;
    }) =>
      [
        `${done ? '' : 'So far '}${files(n)}${folders > 0 ? ` in ${plural(folders, 'folder', 'folders')}` : ''}, ${bytes(size)}`,
        left > 0 && `${number(left)} left out`,
        closed > 0 && `${plural(closed, 'folder', 'folders')} may not be looked into`,
      ]
        .filter(Boolean)
        .join(' · '),
    nothingThere: 'There is nothing in it that can be read yet. It can be added all the same, and is watched.',
    noPath: 'Type or paste a path first.',
    action: 'Add',
    known: (name: string) => `${name} is among your files already.`,
    many: (n: number, size: number) => `${files(n)}, ${bytes(size)}. Add them all?`,
    manyPlain: 'That is a great many files. Add them all?',
    manySo: (seconds: number) =>
      `Reading them takes ${duration(seconds)}, or more; words are findable as it goes, and you can pause at any time.`,
    manyElse: 'Or choose a smaller folder, or leave some out.',
    addAll: 'Add them all',
    goBack: 'Go back',
    adding: 'Adding…',
  },

  give: {
    drop: 'Let go, and it is read here.',
    dropSo: 'Files or a folder',
    walking: (n: number) =>
      n === 0 ? 'Looking into what you dropped…' : `Looking into what you dropped: ${files(n)} so far`,
    title: (done: number, total: number) => `Handing over ${number(done)} of ${files(total)}`,
    bytes: bytesOf,
    stop: 'Stop',
    came: (n: number) => `${files(n)} ${n === 1 ? 'is' : 'are'} here now.`,
    stopped: (n: number) =>
      n === 0 ? 'Stopped; nothing was added.' : `Stopped. ${files(n)} ${n === 1 ? 'is' : 'are'} here.`,
    copies:
      'They are copies: changes to the files they came from are not seen. To have a folder watched, add it by its path.',
    left: (n: number) => `${files(n)} ${n === 1 ? 'was' : 'were'} left out: hidden, or of a build.`,
    tooMuch: (n: number, size: number, most: { files: number; bytes: number }) =>
      `That is ${n > most.files ? `more than ${files(most.files)}` : bytes(size)}; through this window come at most ${files(most.files)} and ${bytes(most.bytes)} at a time. Nothing was added. Add the folder by its path instead: then nothing is copied, and changes are seen.`,
    byPath: 'Add it by its path',
    refused: (n: number) => `${files(n)} could not be taken`,
    unreadable: 'The browser could not read it. It is unchanged where it lies; try it again.',
    lost: 'The connection was lost; what came is here. Hand the others over again.',
    empty: 'There is no file in what you dropped.',
    close: 'Good',
  },

  reader: {
    back: 'Back to what was found',
    backAll: 'Back to your files',
    backToAnswer: 'Back to the answer',
    backTo: (place: string) => `Back to ${place}`,
    passage: 'The passage you came for',
    earlier: 'Earlier text',
    later: 'Later text',
    begin: 'It begins here.',
    end: 'It ends here.',
    copy: 'the passage',
    beginning: 'From its beginning',
    pages: (kind: DocumentKind, n: number) =>
      kind === 'pptx'
        ? plural(n, 'slide', 'slides')
        : kind === 'xlsx'
          ? plural(n, 'sheet', 'sheets')
          : plural(n, 'page', 'pages'),
    stranger: 'Text of a file, shown as it was read. Nothing in it is run or fetched.',
    gone: 'This text is not there any more.',
    goneSo:
      'The file was changed, moved or taken out since. What else you have is untouched; search again to find where it stands now.',
    loading: 'Opening it…',
  },
};

function plural2(n: number, one: string, other: string): string {
  return n < 10
    ? `${new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 }).format(n)} ${n === 1 ? one : other}`
    : plural(n, one, other);
}
