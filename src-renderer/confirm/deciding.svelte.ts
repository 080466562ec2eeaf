/** What every request shares: the wait before Approve, one thing at a time, the signer's sentence when it says no. */
import type { Shown } from '../../src-main/signer/door.ts';
import type { ConfirmClient } from './client.ts';
import { say } from './messages.en.ts';
import { settling } from './settle.svelte.ts';
import { sentenceOf } from './waiting.svelte.ts';

export function deciding({ client, shown, refused }: { client: ConfirmClient; shown: Shown; refused: () => void }) {
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
    refuse: () =>
      run(async () => {
        await client.post('/refuse', { request: shown.id });
        refused();
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
