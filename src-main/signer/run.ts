/** Joins a signer to the wire of the process that started it; the KDF is the caller's, so that tests need not wait. */
import { systemClock } from '../base/clock.ts';
import { onPort, parentPort } from '../wire/carriers/parent.ts';
import { serve, type Wire } from '../wire/index.ts';
import type { Desk } from './confirm-port.ts';
import { signerDoor } from './door.ts';
import type { Kdf } from './kdf.ts';
import { openSigner } from './signer.ts';

export function runSigner({
  wire: parent,
  kdf,
  dataFolder,
  windowFolder,
}: {
  wire: Wire;
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
  const signer = openSigner({ dataFolder, windowFolder, kdf, clock: systemClock, unexpected, desk: desk() });
  void signer.sweep();
  const end = () => void signer.close().finally(() => process.exit(0));

  const wire: Wire = {
    ...parent,
    listen: (onFrame, onClose) =>
      parent.listen(onFrame, () => {
        onClose();
        end();
      }),
  };
  serve({ door: signerDoor, handlers: signer.handlers, wire, unexpected });

  // Ctrl-C reaches the whole group of a terminal: the parent decides, and closes the wire when it has ended its work.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', end);
  process.on('uncaughtException', (error) => {
    unexpected(error);
    process.exit(1);
  });
}

/** Electron's main, where it started this process: it opens the confirm window and hands its port in here. */
function desk(): Desk | undefined {
  const main = parentPort();
  return (
    main && {
      open: () => main.postMessage({ t: 'open-confirm' }),
      onPort: (on) => onPort(main, 'confirm', on),
    }
  );
}
