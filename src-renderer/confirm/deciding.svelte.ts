/** What every request shares: the wait before Approve, one thing at a time, the signer's sentence when it says no. */
import type { Sheet, Shown } from '../../src-main/signer/door.ts';
import type { ConfirmClient } from './client.ts';
import { say } from './messages.en.ts';
import { settling } from './settle.svelte.ts';
import { sentenceOf } from './waiting.svelte.ts';

export type Outcome = Sheet['kind'] | 'refused';
export interface DecidingProps {
  client: ConfirmClient;
  shown: Shown;
  /** How many wait behind this one. */
  others: number;
  onend: (request: string, outcome: Outcome) => void;
}

/** Takes what it needs at once: by the time an answer comes, the request may be gone from the screen. */
export function deciding({ client, shown, onend }: DecidingProps) {
  const asked = { request: shown.id, digest: shown.digest };
  const settle = settling();
  let busy = $state(false);
  let error = $state('');

  const run = async (work: () => Promise<void>) => {
    if (busy) return;
    busy = true;
    error = '';
    try {
      await work();
    } catch (cause) {
      error = sentenceOf(cause);
    } finally {
      busy = false;
    }
  };
  return {
    settle,
    run,
    /** The request and digest, as every answer repeats them. */
    asked,
    end: (outcome: Outcome) => onend(asked.request, outcome),
    refuse: () =>
      run(async () => {
        await client.post('/refuse', { request: asked.request });
        onend(asked.request, 'refused');
      }),
    get busy() {
      return busy;
    },
    get error() {
      return error;
    },
    /** Why Approve does not work yet. */
    get why() {
      if (!settle.sawLast) return say.readOn;
      if (settle.open) return '';
      return settle.focusedMs === 0 ? say.bringForward : say.settling;
    },
  };
}
