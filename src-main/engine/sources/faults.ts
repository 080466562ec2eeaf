/** How getting a model can fail, in sentences. */
import { Fault, isFault } from '../../wire/index.ts';
import { gb } from '../fit.ts';

/** The bytes that came are not those that were promised; nothing of them is kept. */
export const hashMismatch = (host: string): Fault =>
  new Fault(
    'hash-mismatch',
    `What ${host} sent is not the model it stated: the check sum differs, so it was thrown away. Nothing else changed; try again later or choose another model.`,
  );

export const noSpace = (need: number, have: number): Fault =>
  new Fault(
    'disk-full',
    `The disk has ${gb(have)} free, and this needs ${gb(need)}. Nothing was written; make room, then try again.`,
    { details: { need, have } },
  );

/** The system said so while writing: what came so far stays, and the next attempt goes on from there. */
export const diskFull = (cause: unknown): Fault =>
  new Fault(
    'disk-full',
    'The disk became full while the model was written. What has come so far is kept; make room, then fetch it again.',
    { cause },
  );

export const noPython = (): Fault =>
  new Fault(
    'no-python',
    'This source needs Python with pip, and none was found. Install Python 3 from python.org or your package manager, or take a model file from disk.',
  );

/** One source that gave nothing; `why` is shown behind the host's name. */
export class Unreachable extends Error {
  readonly why: string;
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.why = why;
  }
}

/**
 * What a person is told when no source gave the model.
 * @param failures each source's name with what it failed with, in the order tried
 */
export function noSource(failures: readonly { readonly from: string; readonly error: unknown }[]): Fault {
  const only = failures.length === 1 ? failures[0]?.error : undefined;
  if (isFault(only) && only.code !== 'dial-failed') return only;
  const wrong = failures.find(({ error }) => isFault(error, 'hash-mismatch'));
  if (wrong) return wrong.error as Fault;
  const list = failures.map(({ from, error }) => `${from}: ${reasonOf(error)}`).join('; ');
  return new Fault(
    'source-unreachable',
    `No source gave this model (${list}). Nothing here changed; try again later, or take a model file from disk.`,
    { cause: failures.at(-1)?.error },
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof Unreachable) return error.why;
  if (isFault(error, 'no-python')) return 'needs Python with pip, which is not here';
  if (isFault(error, 'dial-failed')) return 'cannot be reached';
  if (isFault(error)) return error.message.replace(/\.$/, '');
  return 'failed unexpectedly';
}
