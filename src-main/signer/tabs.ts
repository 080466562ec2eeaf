/** Which confirm windows have come in: by the hash of their secret, with the time each last asked. */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/ports.ts';
import { Fault } from '../wire/index.ts';

/** A tab that asked within this time is open and will draw the next request by itself. */
const ALIVE_MS = 30_000;

const mark = (secret: string) => createHash('sha256').update(secret).digest('hex');

export type Tabs = ReturnType<typeof openTabs>;

export function openTabs({ clock }: { readonly clock: Clock }) {
  const tabs = new Map<string, number>();
  return {
    /** A new window has proven itself. Its secret: 256 bits in 43 characters. */
    enter(): string {
      const tab = randomBytes(32).toString('base64url');
      tabs.set(mark(tab), clock.now());
      return tab;
    },
    /** @throws Fault `tab-unknown` */
    inside(tab: string): void {
      const hash = mark(tab);
      if (!tabs.has(hash))
        throw new Fault(
          'tab-unknown',
          'This window is no longer known to the signer. Begin again where you were asked.',
        );
      tabs.set(hash, clock.now());
    },
    leave: (tab: string) => void tabs.delete(mark(tab)),
    /** Whether a window is open that will draw the next request. */
    alive: () => tabs.values().some((asked) => clock.now() - asked < ALIVE_MS),
    clear: () => tabs.clear(),
  };
}
