/** The confirm window's own words, in English; titles and rows come from the signer. */
import { isolating } from '../messages/isolate.ts';

const date = new Intl.DateTimeFormat('en', { dateStyle: 'long' });

export const say = isolating({
  terms: 'What is asked',
  cancel: 'Cancel',
  readOn: 'Read to the end first.',
  settling: 'Opens in a moment.',
  bringForward: 'Click into this window first.',
  working: 'One moment …',
  message: 'The message, written by another program',
  more: (n: number) =>
    n === 1 ? 'One more request waits behind this one.' : `${n} more requests wait behind this one.`,
  password: 'Your password',
  passwordFirst: 'Type your password first.',
  entering: 'Asking the signer …',
  empty: 'Nothing is waiting for you.',
  emptyNext: 'You can close this window.',
  done: { sign: 'Signed.', words: 'Kept in your hand only.', restore: 'Restored.' },
  refused: 'Refused. Nothing was done.',
  lost: 'daimon is asleep.',
  lostNext: 'Nothing was signed and everything is safe. Wake daimon, then ask again; you can close this window.',
  stale: 'This window is too old.',
  staleNext: 'Its address works once. Go back to where you were asked and begin again; nothing was done.',
  wordsTitle: (name: string) => `The 24 words of ${name}`,
  wordsLede: 'Write them down in this order, or print them. They bring all your keys back.',
  wordsMade: (at: number) => `Made on ${date.format(at)}`,
  print: 'Print',
  written: 'I have written them down',
  wordsKeep: 'Keep the paper where you keep papers that matter. Nobody from daimon will ever ask for these words.',
  phrase: 'Your 24 words',
  phraseHint: 'Type or paste them, in their order, with spaces between.',
  phraseCount: (n: number) => `${n} of 24 words`,
  phraseUnknown: (numbers: readonly number[]) =>
    numbers.length === 1
      ? `Word ${numbers[0]} is not in the list.`
      : `Words ${new Intl.ListFormat('en').format(numbers.map(String))} are not in the list.`,
  phraseShort: 'All 24 words are needed.',
  /** Beside the button; which word it is stands under the field. */
  phraseMend: 'Correct that first.',
} as const);
