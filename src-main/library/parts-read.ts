/** All documents of one file, whoever made it; called in the reader process as `process-door.ts` says. */
import type { ReadParts } from './process-door.ts';
import { collect } from './intake.ts';
import { partOf } from './parts-finish.ts';

export const readParts: ReadParts = async function* ({ bytes, name, size }) {
  const { readDocument } = await import('./readers/read.ts');
  yield* partOf(await readDocument({ bytes: await collect(bytes, size), name }));
};
