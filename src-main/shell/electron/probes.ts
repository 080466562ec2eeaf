/** Throw-away processes for the engine, which may not fork itself: main passes messages on and looks at none. */
import type { UtilityProcess } from './parts.ts';

/** At once: the library tries one binding after another. */
const MOST = 2;

/**
 * @param engine asks with `{ t: 'probe', id }` for a process; with a `message` it speaks to it, and hears it and its end
 * @param fork starts the one entry that may be started so
 */
export function serveProbes(engine: UtilityProcess, fork: () => UtilityProcess): void {
  const probes = new Map<number, UtilityProcess>();
  engine.on('message', (asked: unknown) => {
    if (!isProbe(asked)) return;
    const { id, message } = asked;
    const known = probes.get(id);
    if (message !== undefined) return known?.postMessage(message);
    if (known || probes.size >= MOST) return engine.postMessage({ t: 'probe', id, exit: 1 });
    const probe = fork();
    probes.set(id, probe);
    probe.on('message', (said: unknown) => engine.postMessage({ t: 'probe', id, message: said }));
    probe.once('exit', (exit: number) => {
      probes.delete(id);
      engine.postMessage({ t: 'probe', id, exit });
    });
  });
  engine.once('exit', () => {
    for (const probe of probes.values()) probe.kill();
  });
}

const isProbe = (asked: unknown): asked is { readonly id: number; readonly message?: object } =>
  typeof asked === 'object' &&
  asked !== null &&
  't' in asked &&
  asked.t === 'probe' &&
  'id' in asked &&
  Number.isSafeInteger(asked.id);
