/** Joins a signer to the wire that this process was forked with; the KDF is the caller's, so that tests need not wait. */
import { systemClock } from '../base/clock.ts';
import { childWire } from '../wire/carriers/child.ts';
import { serve, type Wire } from '../wire/index.ts';
import { signerDoor } from './door.ts';
import type { Kdf } from './kdf.ts';
import { openSigner } from './signer.ts';

export function runSigner({
  kdf,
  dataFolder,
  windowFolder,
}: {
  kdf: Kdf;
  dataFolder: string;
  windowFolder: string;
}): void {
  const unexpected = (error: unknown) => {
    // Name and place only: a message may quote what it choked on.
    const { name, stack } = error instanceof Error ? error : new Error('unknown');
    process.stderr.write(`signer: ${name}${(stack ?? '').split('\n').slice(1, 4).join('')}\n`);
    return 'the signer’s output';
  };
  const signer = openSigner({ dataFolder, windowFolder, kdf, clock: systemClock, unexpected });
  void signer.sweep();
  const end = () => void signer.close().finally(() => process.exit(0));

  const child = childWire(process);
  const wire: Wire = {
    ...child,
    listen: (onFrame, onClose) =>
      child.listen(onFrame, () => {
        onClose();
        end();
      }),
  };
  serve({ door: signerDoor, handlers: signer.handlers, wire, unexpected });

  // The parent may have gone while the KDF was loading: then the wire will never tell.
  if (!process.connected) end();

  // Ctrl-C reaches the whole group of a terminal: the parent decides, and closes the wire when it has ended its work.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', end);
  process.on('uncaughtException', (error) => {
    unexpected(error);
    process.exit(1);
  });
}
