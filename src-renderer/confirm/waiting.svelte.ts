/** What waits, followed by long polls: the window's only state. */
import { isFault, type Fault } from '../../src-main/wire/fault.ts';
import type { Shown } from '../../src-main/signer/door.ts';
import type { ConfirmClient } from './client.ts';

/** `lost`: the signer is gone (locked or closed). `stale`: this tab's key was used before or is too old. */
export type Phase = 'entering' | 'here' | 'lost' | 'stale';

export function followWaiting(client: ConfirmClient) {
  let phase = $state<Phase>('entering');
  let shown = $state.raw<Shown | null>(null);
  let waiting = $state(0);
  const left = new AbortController();

  const follow = async () => {
    let seen = 0;
    let failures = 0;
    while (!left.signal.aborted) {
      try {
        const answer = await client.post('/pending', { seen }, left.signal);
        failures = 0;
        seen = answer.version;
        waiting = answer.waiting;
        // The same request stays the same object: what was typed into it must not be lost to another one arriving.
        if (answer.shown?.id !== shown?.id) shown = answer.shown;
        phase = 'here';
      } catch (error) {
        if (left.signal.aborted) return;
        // It answers, and will not have this tab (a reload lost its secret, the key was used).
        if (isFault(error) && error.code !== 'lost') {
          phase = 'stale';
          return;
        }
        // A signer that does not answer twice in a row has ended: it holds nothing any more.
        if (++failures >= 2) {
          phase = 'lost';
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
    }
  };
  void follow();

  return {
    get phase() {
      return phase;
    },
    get shown() {
      return shown;
    },
    get waiting() {
      return waiting;
    },
    stop: () => left.abort(),
  };
}

/** What the person is told of an error: the signer's sentence. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error && error.message
    ? (error as Fault).message
    : 'Something unexpected went wrong; nothing was signed.';
