/** Strings of Chat and of Markdown. */
import { bytes, number, plural, wordsPerSecond } from '../format.ts';

/** A share of what fits, as one says it. */
function share(of: number): string {
  if (of < 0.04) return 'a small part of what fits';
  const shares = [
    [0.1, 'a tenth'],
    [0.2, 'a fifth'],
    [0.25, 'a quarter'],
    [0.33, 'a third'],
    [0.5, 'half'],
    [0.67, 'two thirds'],
    [0.75, 'three quarters'],
    [0.9, 'most'],
    [1, 'nearly all'],
  ] as const;
  const [, words] = shares.reduce((best, one) => (Math.abs(one[0] - of) < Math.abs(best[0] - of) ? one : best));
  return `${words} of what fits`;
}
/** 1,240 is said as 1,200: lengths are reckoned, not counted. */
const round = (n: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, n))) - 1);
  return Math.max(1, Math.round(n / step) * step);
};
interface Long {
  readonly characters: number;
  readonly tokens?: number | undefined;
  readonly room?: number | undefined;
}
/** A token is about three quarters of an English word; without a model, a word is about six characters. */
const wordsOf = ({ characters, tokens }: Long): number => round(tokens === undefined ? characters / 6 : tokens * 0.75);

export const chat = {
  // Markdown
  code: 'Code',
  codeIn: (language: string) => (language ? `${language} code` : 'Code'),
  copyCode: 'Copy code',
  copied: 'Copied',
  table: 'Table',
  moreRows: (n: number) => `Show ${plural(n, 'more row', 'more rows')}`,
  picture: (alt: string) => (alt ? `Picture, not loaded: ${alt}` : 'Picture, not loaded:'),
  taskDone: 'Done',
  taskOpen: 'Not done',
  openLink: (host: string) => `Open ${host}?`,
  openLinkWhy:
    'This address comes from a model’s answer. Opening it tells that site that you did, and whatever the address itself says.',
  openInBrowser: 'Open in the browser',
  address: 'Address',

  // The page
  title: 'New conversation',
  log: (name: string) => `Conversation with ${name}`,
  newest: 'Jump to the newest',
  opening: 'One moment.',
  gone: 'This conversation was deleted. Its words are no longer here; whatever you had not sent yet is still in the field.',
  begin: 'Begin a new one',
  empty: {
    title: 'Say something.',
    text: (name: string) => `${name} answers here, on this computer. It knows nothing about you yet.`,
    action: (name: string) => `Write to ${name}`,
  },
  noModel: {
    title: 'There is no model yet.',
    text: (name: string) =>
      `${name} needs one to answer with. See which of them run well here; nothing is fetched unasked.`,
    action: 'Choose a model',
  },

  // Entries
  you: 'You',
  at: (who: string, when: string) => `${who}, ${when}`,
  /** 'question 2', 'answer 2': which one is meant, for names that must differ. */
  which: (role: 'user' | 'assistant', place: number) =>
    `${role === 'user' ? 'question' : 'answer'} ${number(Math.floor(place / 2) + 1)}`,
  again: 'Again',
  about: (which: string) => `About ${which}`,
  stopped: 'You stopped this answer here.',
  cutOff: 'This answer was cut off here; what was written is kept.',
  failed: 'There is no answer; your question is kept.',
  made: 'How it was made',
  model: 'Model',
  speed: 'Speed',
  first: 'First word',
  length: 'Length',
  where: 'Where',
  tokensPerSecond: (n: number) => `${number(Math.round(n))} tokens a second`,
  words: wordsPerSecond,
  after: (ms: number) =>
    ms < 1000 ? `after ${number(Math.max(1, Math.round(ms / 10) * 10))} ms` : `after ${(ms / 1000).toFixed(1)} s`,
  tokens: (n: number) => plural(n, 'token', 'tokens'),
  device: (device: string) => (device === 'cpu' ? 'This computer’s processor' : `This computer’s ${device}`),
  showAll: (characters: number) => `Show all ${number(characters)} characters`,
  codeSpoken: (lines: number) => `Code, ${plural(lines, 'line', 'lines')}.`,

  // The composer
  form: (name: string) => `Write to ${name}`,
  field: (name: string) => `Message to ${name}`,
  send: 'Send',
  stop: 'Stop',
  nothing: 'Write something first.',
  stillWriting: (name: string) => `${name} is still writing. Stop it or wait; your words stay here.`,
  tooLong: (now: number, most: number) =>
    `This has ${number(now)} characters; a message may have ${number(most)}. Nothing was sent, and your words stay here. Send a shorter part, or keep it as a file.`,
  nearlyTooLong: (left: number) => `${plural(left, 'character', 'characters')} left`,
  folded: (n: number) => `A long text, ${plural(n, 'character', 'characters')}:`,
  unfold: 'Take it out',
  reads: (name: string) => `${name} is reading your message`,
  writes: (name: string) => `${name} is writing`,
  rate: (n: number) => `${plural(Math.max(1, Math.round(n)), 'word', 'words')} a second`,
  lost: 'The connection was lost; the answer goes on and comes back with it',
  hint: 'Enter sends · Shift Enter begins a new line',

  // The list
  list: {
    new: 'New conversation',
    find: 'Search all conversations',
    findShort: 'Search conversations',
    earlier: (month: string) => `Earlier in ${month}`,
    writing: 'writing',
    found: (n: number) => (n === 0 ? 'Nothing found' : `${plural(n, 'place', 'places')} found`),
    none: 'Nothing found. Search looks for whole words and their beginnings, in all conversations.',
    rename: 'Rename',
    delete: 'Delete',
    of: (act: string, title: string) => `${act}: ${title}`,
    renameTitle: 'Give it another name',
    name: 'Name of the conversation',
    renameDo: 'Rename',
    deleteTitle: 'Delete this conversation?',
    what: 'What',
    goes: 'What goes',
    goesText: (n: number) => `${plural(n, 'message', 'messages')}, with every answer`,
    stays: 'What stays',
    staysText: 'All other conversations',
    undo: 'Undo',
    undoText: 'Not possible; the words are wiped from this computer',
    tick: 'I do not need these words any more',
    tickFirst: 'Tick the line above first: this cannot be undone.',
    deleteDo: 'Delete for good',
  },

  // What can be done with a message
  source: (n: number) => `Source ${number(n)}`,
  files: {
    use: 'Your files',
    all: 'all',
    some: (n: number) => plural(n, 'place', 'places'),
    which: (word: string) => `Which of your files: ${word}`,
  },
  acts: {
    edit: 'Edit',
    why: 'Why this answer?',
    fromHere: 'Go on from here',
    goOn: 'Go on',
    compare: 'Compare',
    of: (act: string, which: string) => `${act}: ${which}`,
    busy: (name: string) => `${name} is still writing. Stop it or wait, then do this.`,
    earlier: (which: string) => `Earlier version: ${which}`,
    later: (which: string) => `Later version: ${which}`,
    versions: (which: string) => `Versions of ${which}`,
    /** '2 of 3' */
    ofAll: (n: number, all: number) => `${number(n)} of ${number(all)}`,
    first: 'This is the first version.',
    last: 'This is the newest version.',
  },
  editing: {
    label: 'Your question, changed',
    which: 'the question that you are changing',
    stays: 'The question as it was stays, with its answers.',
    staysWith: (n: number) =>
      `The question as it was stays, with its answers. ${plural(n, 'document goes', 'documents go')} with this one too.`,
    send: 'Send',
    cancel: 'Cancel',
    off: 'The question that you are changing is on another branch now. Your words are here, and can be sent from here.',
  },
  from: {
    line: (beginning: string) => `Your next message goes on from the answer “${beginning}”. What came after it stays.`,
    mark: 'Your next message goes on from here.',
    back: 'Back to the end',
    see: 'Show it',
  },
  comparing: {
    title: 'Two answers to one question',
    lede: 'Both stay. The one you keep is the one that the conversation goes on from.',
    heading: (n: number, all: number) => `Answer ${number(n)} of ${number(all)}`,
    left: 'On the left',
    right: 'On the right',
    shown: 'On the page now',
    keep: 'Keep this one',
    /** Begins with the visible words, for those who speak them to the computer. */
    keepOf: (n: number) => `Keep this one: answer ${number(n)}`,
    none: 'Nothing was written.',
    close: 'Close',
  },

  // How it answers
  shape: {
    open: 'How it answers',
    title: 'How it answers',
    lede: 'For this conversation, from the next answer on. What was said stays as it is.',
    use: 'Use from now on',
    cancel: 'Cancel',
    persona: 'Persona',
    noPersona: 'None',
    noPersonaHint: 'Only what is set below',
    modelOnly: (model: string) => `Only the model: ${model}`,
    settingsOnly: 'Only settings',
    change: (name: string) => `Change “${name}” to these settings`,
    remove: (name: string) => `Remove “${name}”`,
    removeAsk: (name: string) =>
      `Remove “${name}”? Conversations that use it keep what was said, and go on without it.`,
    removeDo: 'Remove it',
    removeNot: 'Keep it',
    changed: (name: string) => `“${name}” has these settings now.`,
    keep: 'Keep as a persona',
    keepName: 'Its name',
    keepHint: 'Keeps the settings of this page under a name, for other conversations too.',
    keepDo: 'Keep',
    kept: (name: string) => `“${name}” is kept, and answers here from now on.`,
    noName: 'Give it a name first.',
    model: 'Model',
    usual: 'Whichever answers',
    away: 'Not on this computer any more',
    system: 'Instructions (system prompt)',
    systemHint: 'Who it is and how it should answer; it reads this before everything else.',
    fromPersona: (value: string) => `From the persona: ${value}`,
    freely: 'How freely (temperature)',
    asUsual: 'as usual',
    freelyWords: (t: number) =>
      t === 0
        ? 'always the likeliest word'
        : t < 0.4
          ? 'close to the likeliest words'
          : t < 0.9
            ? 'in between'
            : t < 1.3
              ? 'freely'
              : 'wildly',
    back: 'As usual',
    longest: 'Longest answer, in tokens',
    longestHint: 'A token is about three quarters of a word. Empty: as long as fits.',
    seed: 'The same words again (seed)',
    seedHint:
      'With the same seed, model, settings and words before it, an answer is the same again on this computer. Empty: drawn anew each time.',
    more: 'More',
    topK: 'Choose among this many words (top-k)',
    topP: 'Choose among words that make up this share (top-p)',
    minP: 'Leave out words below this share of the likeliest (min-p)',
    repeat: 'Hold back words that were just said (repeat penalty)',
    repeatHint: '1 is not at all.',
    between: (min: number, max: number) => `A number from ${number(min)} to ${number(max)}.`,
    whole: (min: number, max: number) => `A whole number from ${number(min)} to ${number(max)}.`,
    wrong: 'One of the settings is not a number that can be used. Nothing was changed.',
  },
  models: {
    label: (model: string) => `Model: ${model}. Choose another`,
    of: 'Model',
    changed: (model: string) => `${model} answers from now on.`,
    none: 'no model yet',
    more: 'More models',
  },
  seed: 'Seed',
  useSeed: 'Use this seed',
  seedUsed: 'Used from now on',
  personaOf: 'Persona',

  // Temporary
  temporary: {
    label: 'Temporary',
    says: 'Nothing of this is written down. It ends when you close it, or when daimon sleeps.',
    where: 'nothing is written down',
    mark: 'Temporary',
  },

  // Documents
  attach: {
    open: 'Attach',
    openLabel: 'Attach documents',
    list: 'Documents that go with your message',
    sent: (which: string) => `Documents of ${which}`,
    drop: 'Let go, and it goes with your message.',
    dropKinds: 'Text, code, tables, PDF, Office files, web pages, e-books and mail up to 64 MB',
    kind: {
      text: 'Text',
      markdown: 'Markdown',
      code: 'Code',
      csv: 'CSV',
      pdf: 'PDF',
      docx: 'Word document',
      pptx: 'Presentation',
      xlsx: 'Spreadsheet',
      odt: 'OpenDocument text',
      html: 'Web page',
      epub: 'E-book',
      mail: 'Mail',
      conversation: 'Conversation',
      image: 'Picture',
      json: 'Data (JSON)',
    },
    pages: (n: number) => plural(n, 'page', 'pages'),
    /** 'about 1,200 words', and before sending how much of what fits that is. */
    words: (one: Long) => `about ${plural(wordsOf(one), 'word', 'words')}`,
    share: ({ tokens, room }: Long) =>
      tokens === undefined || !room
        ? ''
        : tokens > room
          ? `only the first ${number(Math.max(1, Math.floor((100 * room) / tokens)))} % fits`
          : share(tokens / room),
    together: (all: readonly Long[], tooMuch: boolean) =>
      `Together about ${plural(
        round(all.reduce((sum, one) => sum + wordsOf(one), 0)),
        'word',
        'words',
      )}${tooMuch ? ', more than fits; the answer says what was left out' : ''}.`,
    untrusted: 'Quoted to the model as data; what it says is not obeyed.',
    handing: (given: number, size: number) =>
      `handing over, ${number(Math.floor((100 * given) / Math.max(1, size)))} %`,
    progress: (name: string) => `Handing over ${name}`,
    reading: 'being read',
    waiting: 'waiting for its turn',
    remove: 'Take away',
    removeOf: (name: string) => `Take away: ${name}`,
    coming: (name: string) => `“${name}” is still being read. Wait a moment, or take it away; your words stay here.`,
    aboutIt: 'Write a line about it first; documents go with a message.',
    tooBig: (size: number, most: number) =>
      `It has ${bytes(size)}; a document may have ${bytes(most)}. Nothing of it was read. Attach a part of it.`,
    tooMany: (most: number) => `A message takes ${number(most)} documents. Send these first, then attach more.`,
    empty: 'It is empty. Nothing of it was attached.',
    unreadable: (name: string) => `“${name}” could not be read. It was left as it is; choose it again.`,
  },
};
