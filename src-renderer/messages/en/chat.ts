/** Strings of Chat and of Markdown. */
import { number, plural, wordsPerSecond } from '../format.ts';

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
  thisAnswer: 'this answer',
  again: 'Again',
  about: 'About this answer',
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
};
