/** Strings of the lock screen. */
import { plural } from '../format.ts';

export const lock = {
  pageTitle: (name: string) => `${name} is asleep`,
  title: (name: string) => `${name} is asleep.`,
  password: 'Password',
  wake: (name: string) => `Wake ${name}`,
  waking: 'Waking…',
  empty: 'Type your password first.',
  sealed: 'Sealed on this disk',
  nothingRuns: 'nothing goes on behind the lock',
  goesOn: (n: number) => `${plural(n, 'piece of work goes', 'pieces of work go')} on`,
  stopAll: 'Stop everything',
  stopTitle: 'Stop all work behind the lock?',
  stopLede: 'What was finished stays. A download that is cut can go on later from where it was.',
  words: 'Use my 24 words',
};
