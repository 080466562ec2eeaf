/** The core's side of the engine process: answers by model file, restarts after crashes, falls back from a bad driver. */
import { createHash } from 'node:crypto';
import { Fault, isFault } from '../wire/index.ts';
import { checkFormat } from './format.ts';
import type { Format, Runner as Port, Turn } from './ports.ts';
import { DRIVER_NOTE, type Load, type Ready } from './process-door.ts';
import { openSupervisor, type Engine, type SupervisorOptions } from './supervisor.ts';

export type { Load, Ready } from './process-door.ts';

/**
 * All take a file that the validator has accepted: this is where a stranger's bytes reach native code, and the room sees
 * to it that no other file gets here.
 *
 * Requests of one session follow each other; several sessions run at once and share the threads. Faults:
 * `model-missing`, `model-unreadable`, `no-memory`, `context-full`, `model-crashes`, `closed`, and `engine-crashed` with
 * `tokens`, how many had come: ask again with what was written and `continueAnswer`.
 */
export interface Runner extends Port {
  warm(load: Load, signal?: AbortSignal): Promise<Ready>;
  /** The engine process, if one runs. */
  readonly pid: number | undefined;
}

/** Opens the runner; the process starts with the first request. */
export function openRunner(options: SupervisorOptions): Runner {
  const supervisor = openSupervisor(options);
  /** The driver took the process with it; remembered until daimon is closed. */
  let driverFailed = false;
  /** Models that a process has loaded on the GPU and lived. */
  const trusted = new WeakMap<Engine, Set<string>>();
  const never = new AbortController().signal;

  const crashed = (tokens: number) =>
    new Fault(
      'engine-crashed',
      'The engine stopped unexpectedly and is starting again. What was written is safe, and the answer can go on.',
      { details: { tokens } },
    );

  /** A process to ask, and how to ask it: with the GPU only if loading on it does not kill the process. */
  const prepare = async (load: Load, signal: AbortSignal): Promise<{ engine: Engine; load: Load }> => {
    const engine = supervisor.engine();
    if (load.gpu === 'off' || driverFailed) return { engine, load: { ...load, gpu: 'off' } };
    if (trusted.get(engine)?.has(load.sha256)) return { engine, load };
    try {
      await engine.client['process.load'](load, signal);
      trusted.set(engine, (trusted.get(engine) ?? new Set()).add(load.sha256));
      return { engine, load };
    } catch (error) {
      if (!isFault(error, 'closed')) throw error;
      // Not what hung: it would hang again.
      supervisor.check(load.sha256);
      const second = supervisor.engine();
      const how: Load = { ...load, gpu: 'off' };
      // If it dies without the GPU too, it was not the driver.
      await second.client['process.load'](how, signal);
      driverFailed = true;
      supervisor.excuse(load.sha256);
      options.log.info('engine.driver-failed');
      return { engine: second, load: how };
    }
  };

  /** Runs one request and turns the end of the process into a Fault that says what to do. */
  const request = async <T>(
    load: Load,
    signal: AbortSignal | undefined,
    work: (engine: Engine, load: Load) => Promise<T>,
  ): Promise<T> => {
    supervisor.check(load.sha256);
    const leave = supervisor.enter(load.sha256);
    try {
      const ready = await prepare(load, signal ?? never);
      return await work(ready.engine, ready.load);
    } catch (error) {
      throw explain(error, load.sha256, 0);
    } finally {
      leave();
    }
  };
  /** @param work whom a death is counted against */
  const explain = (error: unknown, work: string, tokens: number): unknown => {
    if (!isFault(error, 'closed')) return error;
    try {
      supervisor.engine();
      supervisor.check(work);
    } catch (fault) {
      return fault;
    }
    return crashed(tokens);
  };
  const note = (load: Load) => (driverFailed && load.gpu === 'auto' ? { note: DRIVER_NOTE } : {});

  return {
    async *generate(request, signal) {
      const { load } = request;
      const format = request.format && checkFormat(request.format);
      let work: string = load.sha256;
      supervisor.check(work);
      let leave = supervisor.enter(work);
      let tokens = 0;
      try {
        const ready = await prepare(load, signal);
        if (format) {
          // A file that kills or hangs the process does it now, and what comes later is the form's doing.
          await ready.engine.client['process.load'](ready.load, signal);
          leave();
          leave = () => {};
          work = workOf(load, format);
          supervisor.check(work);
          leave = supervisor.enter(work);
        }
        const { continueAnswer, maxTokens, temperature, topK, topP, seed, minP, repeatPenalty, session } = request;
        const ask = {
          ...{ load: ready.load, turns: plain(request.turns), continueAnswer, session },
          ...{ maxTokens, temperature, topK, topP, seed, minP, repeatPenalty, format },
        };
        for await (const piece of ready.engine.client['process.generate'](ask, signal)) {
          if (piece.kind === 'token') {
            tokens += piece.tokens;
            supervisor.worked(work);
          }
          yield piece.kind === 'start' ? { ...piece, ...note(load) } : piece;
        }
      } catch (error) {
        throw blame(explain(error, work, tokens), work === load.sha256 ? undefined : format);
      } finally {
        leave();
      }
    },
    measure: (load, turns, signal) =>
      request(load, signal, (engine, how) =>
        engine.client['process.measure']({ load: how, turns: plain(turns) }, signal),
      ),
    warm(load, signal) {
      const began = performance.now();
      return request(load, signal, async (engine, how) => {
        const ready = await engine.client['process.load'](how, signal);
        return { ...ready, ms: performance.now() - began, ...note(load) };
      });
    },
    embed: (load, texts, { behind }, signal) =>
      request(load, signal, async (engine, how) => {
        const { vectors } = await engine.client['process.embed']({ load: how, texts: [...texts], behind }, signal);
        supervisor.worked(load.sha256);
        return vectors;
      }),
    score: (load, { turns, answer, most, session }, signal) =>
      request(load, signal, (engine, how) =>
        engine.client['process.score']({ load: how, turns: plain(turns), answer, most, session }, signal),
      ),
    speed: (load, signal) => request(load, signal, (engine, how) => engine.client['process.speed'](how, signal)),
    loaded: async () => (await supervisor.running?.client['process.warm']({})) ?? [],
    async rest(sha256) {
      const { rested } = (await supervisor.running?.client['process.rest']({ sha256 })) ?? { rested: false };
      return rested;
    },
    async unload() {
      await supervisor.running?.client['process.unload']({});
    },
    get pid() {
      return supervisor.running?.pid;
    },
    close: () => supervisor.close(),
  };
}

/** A form that kills the engine is not held against the model, and a model without it goes on. */
const workOf = ({ sha256 }: Load, format: Format): string =>
  `${sha256}/${createHash('sha256').update(JSON.stringify(format)).digest('hex')}`;

const blame = (error: unknown, format: Format | undefined): unknown =>
  format && (isFault(error, 'model-crashes') || isFault(error, 'model-unreadable'))
    ? new Fault(
        format.kind === 'json' ? 'bad-json-schema' : 'bad-grammar',
        'The engine stopped again and again while it held an answer to this form, so the form is left alone for a minute. ' +
          'Conversations are safe; ask for a simpler form, or for none.',
      )
    : error;

/** Callers' turns may carry more than the engine is to see. */
const plain = (turns: readonly Turn[]) => turns.map(({ role, text }) => ({ role, text }));
