/** Fetches a file over https, going on where a cut left off, as often as it makes headway. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isFault } from '../../wire/index.ts';
import type { Dial } from '../../base/ports.ts';
import { Unreachable } from './faults.ts';
import type { Part, Want } from './part.ts';

export interface HttpsNeeds {
  readonly dial: Dial;
  readonly url: string;
  readonly reason: string;
  readonly want: Want;
  readonly part: Part;
  /** Called after each piece, with all bytes that are there; waits while the job is paused. */
  readonly progress: (have: number) => Promise<void>;
  /** Milliseconds before the first new attempt; doubles up to thirty times that. */
  readonly patience?: number;
}

/** Attempts in a row that bring no byte before a source is given up. */
const ATTEMPTS = 5;

/**
 * Brings `part` to its full size. Size and hash are checked by `part.finish`, not here.
 * @throws Unreachable when the server refuses or brings nothing; Faults `dial-cut`, `disk-full`, `hash-mismatch`
 */
export async function fetchHttps(needs: HttpsNeeds, signal: AbortSignal): Promise<void> {
  const { part, want, patience = 1000 } = needs;
  let validator: string | undefined;
  for (let idle = 0; part.have() < want.size;) {
    const before = part.have();
    try {
      validator = await attempt(needs, validator, signal);
    } catch (error) {
      signal.throwIfAborted();
      const lasting = error instanceof Unreachable || (isFault(error) && error.code !== 'dial-failed');
      if (lasting) throw error;
      if (part.have() === before && idle + 1 >= ATTEMPTS) throw new Unreachable('cannot be reached', error);
    }
    if (part.have() >= want.size) return;
    idle = part.have() > before ? 0 : idle + 1;
    if (idle >= ATTEMPTS) throw new Unreachable('sends nothing');
    await sleep(Math.min(patience * 2 ** idle, patience * 30), undefined, { signal });
  }
}

/** One request; returns the strong ETag to hold the next one to. */
async function attempt(
  { dial, url, reason, part, progress }: HttpsNeeds,
  validator: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const from = part.have();
  const headers: Record<string, string> = {};
  if (from > 0) headers['range'] = `bytes=${from}-`;
  // Without If-Range a changed file would be glued to the beginning of the old one.
  if (from > 0 && validator !== undefined) headers['if-range'] = validator;
  const response = await dial.fetch(url, { reason, headers }, signal);
  const { status, body } = response;
  const leave = () => body?.cancel().catch(() => {});
  if (status === 200) {
    if (from > 0) await part.restart();
  } else if (status === 206 && from > 0) {
    if (!response.headers.get('content-range')?.startsWith(`bytes ${from}-`)) {
      await leave();
      await part.restart();
      return undefined;
    }
  } else {
    await leave();
    if (status === 416 && from > 0) {
      await part.restart();
      return undefined;
    }
    if (status !== 429 && status !== 408 && status < 500) throw new Unreachable(refusal(status));
    throw new Error(`status ${status}`);
  }
  const etag = response.headers.get('etag') ?? undefined;
  if (body)
    for await (const chunk of body) {
      await part.write(chunk as Uint8Array);
      await progress(part.have());
    }
  return etag?.startsWith('W/') ? undefined : etag;
}

/** What a status means for the person. */
export const refusal = (status: number): string =>
  status === 404
    ? 'the file is not there (any more)'
    : status === 401 || status === 403
      ? 'gives it only to signed-in members'
      : `answered with status ${status}`;
