/** The confirm window's one connection: JSON over POST to the signer that served the page. */
import type { ConfirmAnswers, ConfirmInput, ConfirmPath } from '../../src-main/signer/door.ts';
import { Fault } from '../../src-main/wire/fault.ts';

type Tabbed = Exclude<ConfirmPath, '/enter'>;
export interface ConfirmClient {
  /** Asks as this tab, entering first. @throws Fault: the signer's own, `tab-unknown`, or `lost` when nobody answers */
  post<P extends Tabbed>(
    path: P,
    input: Omit<ConfirmInput<P>, 'tab'>,
    signal?: AbortSignal,
  ): Promise<ConfirmAnswers[P]>;
}
export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** @param key the single-use key of the address; swapped for a secret of this tab, which is only ever in memory */
export function openClient({ key, fetch }: { readonly key: string; readonly fetch: Fetch }): ConfirmClient {
  async function ask<P extends ConfirmPath>(path: P, input: ConfirmInput<P>, signal?: AbortSignal) {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      cache: 'no-store',
      body: JSON.stringify(input),
      ...(signal && { signal }),
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new Fault('lost', 'The signer does not answer.', { cause });
    });
    const answer = (await response.json().catch(() => ({ code: 'lost', message: '' }))) as ConfirmAnswers[P] | Fault;
    if (response.ok) return answer as ConfirmAnswers[P];
    const { code, message, details } = answer as Fault;
    throw new Fault(code, message, details ? { details } : {});
  }
  let entered: Promise<string> | undefined;
  return {
    async post(path, input, signal) {
      // Once: the key is used up by asking, whatever comes of it.
      entered ??= ask('/enter', { key }).then(({ tab }) => tab);
      return ask(path, { ...input, tab: await entered } as unknown as ConfirmInput<typeof path>, signal);
    },
  };
}

/** A typed secret as base64 of its UTF-8 bytes. */
export function base64(secret: Uint8Array): string {
  const text = btoa(String.fromCharCode(...secret));
  secret.fill(0);
  return text;
}
