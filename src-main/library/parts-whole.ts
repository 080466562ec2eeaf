/** One file as one text: a document, or the beginning of an archive of many; called in the reader process. */
import { collect } from './intake.ts';
import type { ReadWhole } from './process-door.ts';

export const readWhole: ReadWhole = async ({ bytes, name, size }) => {
  const { readDocument } = await import('./readers/read.ts');
  return readDocument({ bytes: await collect(bytes, size), name });
};
