/** Tries a GPU binding in a throw-away process, where this process may not fork: Electron's main forks and passes on. */
import { parentPort } from '../wire/carriers/parent.ts';

/** As long as the library itself would wait for a driver. */
const PATIENCE_MS = 5 * 60_000;

type FromProbe = { readonly type: 'ready' | 'loaded' | 'done' };
type Passed = { readonly t: 'probe'; readonly id: number } & (
  { readonly message: FromProbe } | { readonly exit: number }
);

let next = 1;

/**
 * What the library's own `testBindingBinary` does with its child, with the very same messages.
 *
 * @returns whether the binding loaded there, found its GPU and ended well
 */
export function probeBinding(
  bindingBinaryPath: string,
  extBackendsPath: string | undefined,
  gpu: string | false,
  patience = PATIENCE_MS,
): Promise<boolean> {
  const main = parentPort()!;
  const id = next++;
  return new Promise((resolve) => {
    let passed = false;
    const say = (message?: object) => main.postMessage({ t: 'probe', id, ...(message && { message }) });
    const late = setTimeout(() => resolve(false), patience);
    main.on('message', ({ data }) => {
      if (!isPassed(data, id)) return;
      if ('exit' in data) {
        clearTimeout(late);
        return resolve(passed && data.exit === 0);
      }
      const { type } = data.message;
      if (type === 'ready') say({ type: 'start', bindingBinaryPath, extBackendsPath, gpu });
      else if (type === 'loaded') say({ type: 'test', bindingBinaryPath, extBackendsPath, gpu });
      else if (type === 'done') {
        passed = true;
        say({ type: 'exit' });
      }
    });
    say();
  });
}

const isPassed = (data: unknown, id: number): data is Passed =>
  typeof data === 'object' && data !== null && 't' in data && data.t === 'probe' && 'id' in data && data.id === id;
