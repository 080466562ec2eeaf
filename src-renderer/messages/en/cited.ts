/** Answers from the person's files: their sources, why, and which files are used. */
import type { UsedSource } from '../../../src-main/assistant/door.ts';
import { number, plural } from '../format.ts';

export const cited = {
  list: (which: string) => `Sources of ${which}`,
  source: (n: number) => `Source ${number(n)}`,
  page: { page: 'page', slide: 'slide', sheet: 'sheet' },
  open: { page: 'Open the page', slide: 'Open the slide', sheet: 'Open the sheet', passage: 'Open the passage' },
  openOf: (open: string, name: string, n: number) => `${open} of source ${number(n)}: ${name}`,
  gone: 'Its file was taken out of your files, and the quote with it.',
  others: (n: number) => `${plural(n, 'more passage was', 'more passages were')} read and not pointed to`,
  nothing: 'Looked in your files. Nothing fitted well enough.',
  why: {
    begin: 'Reading the answer again without each source in turn.',
    progress: (done: number, total: number) => `${number(done)} of ${number(total)} readings`,
    stop: 'Stop',
    stopped: 'Stopped. The answer is as it was.',
    weight: {
      much: 'The answer rests on this',
      little: 'Mattered a little',
      none: 'Did not matter',
    } satisfies Record<NonNullable<UsedSource['weight']>, string>,
    told: 'How much likelier each source made this very answer, to the model that wrote it. It says what the model leaned on, not what is true.',
  },
  choose: {
    title: 'Which of your files may answer?',
    lede: 'Passages that fit your question are read with it, on this computer, and the answer points to them.',
    all: 'All of them',
    allHint: (n: number) => plural(n, 'file', 'files'),
    some: 'Only these',
    none: 'Tick at least one place.',
    empty: 'There are no files here yet.',
    add: 'Add files',
    use: 'Use these',
    count: (files: number) => plural(files, 'file', 'files'),
  },
};
