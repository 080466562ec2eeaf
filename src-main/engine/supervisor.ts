/** Starts the engine process when it is first needed, and again after it died; ends one that hangs. */
import type { Child, Host } from '../base/host.ts';
import type { Clock, Log } from '../base/ports.ts';
import { connect, Fault, type Client } from '../wire/index.ts';
import { processDoor } from './process-door.ts';
import { watchPulse, type PulseOptions } from './pulse.ts';

export interface Engine {
  readonly pid: number;
  readonly client: Client<typeof processDoor>;
  readonly alive: boolean;
}

export interface SupervisorOptions {
  readonly host: Pick<Host, 'start'>;
  readonly log: Log;
  readonly clock: Clock;
  /** How soon a process that does not answer is ended; tests are less patient. */
  readonly pulse?: Pick<PulseOptions, 'everyMs' | 'patience'>;
}

export interface Supervisor {
  /** The process that runs, or a new one. Throws Fault `closed` after `close`. */
  engine(): Engine;
  /** The process that runs, if one does. */
  readonly running: Engine | undefined;
  /** A request of `model` is under way; call what it returns when it has ended. */
  enter(model: string): () => void;
  /**
   * Throws Fault `model-crashes` when the process died three times within a minute while it worked with `model`, and
   * `model-unreadable` when it had to be ended within the last minute because it hung before it had ever answered.
   */
  check(model: string): void;
  /** The process has answered from `model`: if it hangs later, its file is not to blame. */
  worked(model: string): void;
  /** The present death, if it comes, has another cause than the model: it is not counted. */
  excuse(model: string): void;
  close(): Promise<void>;
}

const MOST_CRASHES = 3;
const WINDOW_MS = 60_000;
const PATIENCE_MS = 2000;
/** One thread allocates at a time; more arenas of glibc would only keep 13 MB of free memory from the system. */
// Without a fixed threshold glibc takes later caches of tens of MB from its heap and keeps them: 46 MB after two models
// have rested (measured). Smaller buffers, of which each token needs some, stay in the heap.
const ENV = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(8 << 20) };

/** Keeps at most one engine process. It holds nothing that would need saving, so it is ended without ceremony. */
export function openSupervisor({ host, log, clock, pulse }: SupervisorOptions): Supervisor {
  let current: { engine: Engine; child: Child } | undefined;
  let closed = false;
  const underWay = new Map<string, number>();
  const crashes = new Map<string, number[]>();
  const hangs = new Map<string, number>();
  const answered = new Set<string>();
  const busy = () => [...underWay].filter(([, requests]) => requests > 0).map(([model]) => model);

  const start = () => {
    const child = host.start('engine', { env: ENV });
    answered.clear();
    let alive = true;
    const died = () => {
      alive = false;
      if (current?.child === child) current = undefined;
      if (closed) return;
      for (const model of busy()) crashes.set(model, [...recent(model), clock.now()]);
    };
    const engine: Engine = {
      pid: child.pid,
      get alive() {
        return alive;
      },
      client: connect(processDoor, {
        post: (frame) => child.wire.post(frame),
        close: () => child.wire.close(),
        // The death is counted before those who wait for an answer learn of it.
        listen: (onFrame, onClose) =>
          child.wire.listen(onFrame, () => {
            died();
            onClose();
          }),
      }),
    };
    log.info('engine.started', { pid: child.pid });
    const unwatch = watchPulse({
      ...pulse,
      beat: () => engine.client['process.pulse']({}),
      wanted: () => busy().length > 0,
      onSilence() {
        log.info('engine.hung', { pid: child.pid });
        for (const model of busy()) if (!answered.has(model)) hangs.set(model, clock.now());
        child.kill();
      },
    });
    void child.exited.then(({ code, signal }) => {
      unwatch();
      if (!closed) log.info('engine.exited', { pid: child.pid, code: code ?? -1, signal: signal ?? 'none' });
    });
    current = { engine, child };
    return engine;
  };
  const recent = (model: string) => (crashes.get(model) ?? []).filter((at) => clock.now() - at < WINDOW_MS);

  return {
    engine() {
      if (closed) throw new Fault('closed', 'daimon is closing; what was saved is safe. Open it again.');
      return current?.engine ?? start();
    },
    get running() {
      return current?.engine;
    },
    enter(model) {
      underWay.set(model, (underWay.get(model) ?? 0) + 1);
      return () => {
        const left = (underWay.get(model) ?? 1) - 1;
        if (left > 0) underWay.set(model, left);
        else underWay.delete(model);
      };
    },
    check(model) {
      if (clock.now() - (hangs.get(model) ?? -Infinity) < WINDOW_MS)
        throw new Fault(
          'model-unreadable',
          'The file of this model kept the engine busy without end, so the engine was ended. ' +
            'Conversations are safe; choose another model, or get this one again.',
        );
      if (recent(model).length < MOST_CRASHES) return;
      throw new Fault(
        'model-crashes',
        'This model made the engine crash three times within a minute, so it is left alone for a minute. ' +
          'Conversations are safe; choose another model, a smaller context, or get this one again.',
        { details: { crashes: recent(model).length } },
      );
    },
    worked: (model) => void answered.add(model),
    excuse(model) {
      crashes.set(model, recent(model).slice(0, -1));
    },
    async close() {
      closed = true;
      if (!current) return;
      const { child } = current;
      child.wire.close();
      const timer = setTimeout(() => child.kill(), PATIENCE_MS);
      await child.exited;
      clearTimeout(timer);
    },
  };
}
