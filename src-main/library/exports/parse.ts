/** The conversations of an export, whoever made it; called in the reader process as `../process-door.ts` says. */
import { Fault } from '../../wire/index.ts';
import type { ParseExport } from '../process-door.ts';

export const parseExport: ParseExport = async function* () {
  throw new Fault('not-here', 'This is being built.');
};
