/** The one job of the indexing: it runs while something is unfinished, words before vectors, and the tables say what is left. */
import type { Clock, JobContext, Jobs, Log, Store } from '../../base/ports.ts';
import { rateMeter } from '../../base/jobs/rate.ts';
import { isFault, type Fault } from '../../wire/index.ts';
import type { Id } from '../../wire/schema.ts';
import type { Shelf } from '../shelf.ts';
import type { Files, Next } from './files.ts';
import type { Looking } from './looking.ts';
import type { Meaning } from './meaning.ts';
import type { Places } from './places.ts';
import type { Outcome } from './reading-one.ts';
import type { Turns } from './turns.ts';

/** A file that is being written is read again after so long, each time after twice as long. */
const SETTLE_MS = 1000;
const LONGEST_SETTLE_MS = 60_000;
const REPORT_MS = 250;
const SWEEP_MS = 1000;

export interface WorkingNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly shelf: Shelf;
  readonly places: Places;
  readonly files: Files;
  readonly looking: Pick<Looking, 'busy'>;
  readonly meaning: Meaning;
  readonly inTurn: Turns;
  /** Files of places that are not paused which wait to be read. */
  waiting(): number;
  readOne(file: Next, signal: AbortSignal): Promise<Outcome>;
  changed(): void;
}
export interface Now {
  readonly job: Id | undefined;
  readonly phase: 'idle' | 'reading' | 'meaning';
  readonly rate: number | undefined;
  readonly note: string | undefined;
}

export type Working = ReturnType<typeof openWorking>;

export function openWorking(needs: WorkingNeeds) {
  const { store, clock, log, jobs, shelf, places, files, looking, meaning, inTurn, waiting, readOne, changed } = needs;
  const rate = rateMeter();
  let resting = true;
  let job: { readonly id: Id; readonly ended: Promise<void> } | undefined;
  /** What is being read, and the way to break it off. */
  let reading: { readonly file: Next; readonly abort: AbortController } | undefined;
  let embedding: AbortController | undefined;
  let phase: Now['phase'] = 'idle';
  let note: string | undefined;
  /** Contents may be here that no file points at. */
  let orphans = true;
  const unsettled = new Map<number, { readonly at: number; readonly wait: number }>();
  let wake = () => {};
  const stopping = { now: new AbortController() };

  /** Resolves when something may be other than before, or after `ms`. */
  const news = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
      wake = done;
    });
  const held = () => {
    const now = performance.now();
    return [...unsettled].filter(([, { at }]) => at > now).map(([id]) => id);
  };
  const enter = (next: Now['phase']) => {
    if (phase === next) return;
    phase = next;
    rate.reset();
    changed();
  };
  const pauseAll = (why: string | undefined) => {
    note = why;
    try {
      places.setPaused(undefined, true);
    } catch (error) {
      // On a full disk even this may fail: then it holds until the next start, which finds the same full disk.
      if (!isFault(error)) throw error;
      pausedHere = true;
    }
    changed();
  };
  let pausedHere = false;
  const paused = () => pausedHere || places.pausedAll();
  // An empty library begins no job only to find out that it is empty.
  const unfinished = () => waiting() > 0 || (shelf.totals().passages > 0 && meaning.due());

  const settle = ({ id }: Next, outcome: Outcome) => {
    if (outcome !== 'changing') return void unsettled.delete(id);
    const wait = Math.min(LONGEST_SETTLE_MS, (unsettled.get(id)?.wait ?? SETTLE_MS / 2) * 2);
    unsettled.set(id, { at: performance.now() + wait, wait });
  };
  const readNext = async (file: Next, signal: AbortSignal): Promise<Outcome | 'broken-off'> => {
    const abort = new AbortController();
    reading = { file, abort };
    try {
      return await inTurn(() => readOne(file, AbortSignal.any([abort.signal, signal])));
    } catch (error) {
      if (abort.signal.aborted && !signal.aborted) return 'broken-off';
      throw error;
    } finally {
      reading = undefined;
    }
  };

  /** False: the person let go of a paused job, and another will go on. */
  const mayGoOn = async ({ checkpoint }: JobContext): Promise<boolean> => {
    let waits = true;
    const free = checkpoint().then(() => (waits = false));
    free.catch(() => {});
    // A checkpoint that is free resolves before this does.
    await new Promise((resolve) => setImmediate(resolve));
    if (!waits) return true;
    // Paused in the list of jobs: the same as paused here, and so it is after a restart.
    pauseAll(undefined);
    phase = 'idle';
    const letGo = new Promise<'let-go'>((resolve) => (letGoOf = () => resolve('let-go')));
    try {
      if ((await Promise.race([free, letGo])) === 'let-go') return false;
    } finally {
      letGoOf = undefined;
    }
    resume();
    return true;
  };
  let letGoOf: (() => void) | undefined;

  const run = async (context: JobContext): Promise<void> => {
    const signal = AbortSignal.any([context.signal, stopping.now.signal]);
    let done = 0;
    let vectors = 0;
    let reportedAt = 0;
    const report = (always = false) => {
      const now = performance.now();
      if (!always && now - reportedAt < REPORT_MS) return;
      reportedAt = now;
      if (phase === 'meaning') {
        const { bare } = shelf.totals();
        context.progress({ done: vectors, total: vectors + bare, unit: 'passages', note: 'Findable by word already' });
      } else context.progress({ done, total: done + waiting(), unit: 'files' });
      changed();
    };
    try {
      while (!signal.aborted) {
        if (!(await mayGoOn(context))) return;
        if (paused()) return;
        const next = files.next(held());
        if (next) {
          enter('reading');
          const outcome = await readNext(next, signal);
          if (outcome === 'broken-off') continue;
          settle(next, outcome);
          if (outcome === 'read') meaning.more();
          if (outcome !== 'later') done++;
          orphans = true;
          rate.add(done, clock.now());
          report();
        } else if (unsettled.size > 0 && held().length > 0 && waiting() > 0) await news(250, signal);
        else if (looking.busy()) await news(1000, signal);
        else if (orphans) {
          orphans = false;
          await inTurn(() => shelf.sweep({}, signal));
        } else if (meaning.due()) {
          enter('meaning');
          embedding = new AbortController();
          try {
            const step = await meaning.step(AbortSignal.any([embedding.signal, signal]));
            if (step === 'nothing') report(true);
            else if ('wait' in step) await news(step.wait, signal);
            else {
              vectors += step.done;
              rate.add(vectors, clock.now());
              report();
            }
          } catch (error) {
            if (!embedding.signal.aborted || signal.aborted) throw error;
          } finally {
            embedding = undefined;
          }
        } else return report(true);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    context.signal.throwIfAborted();
  };

  /** How a job ended, where it was not its own end. */
  const ended = (error: unknown) => {
    if (resting || isFault(error, 'interrupted')) return;
    // Stopped by the person: what is unfinished stays so until they want it.
    if (isFault(error, 'job-stopped')) return pauseAll(undefined);
    if (isFault(error, 'disk-full'))
      return pauseAll(
        'The disk is full, so reading has stopped. Everything read so far is safe. Make room, then go on with it.',
      );
    if (isFault(error)) {
      log.info('library.index-failed', { code: error.code });
      // Of the database or of daimon's end: another job would only fail the same way.
      pausedHere = true;
      note = (error as Fault).message;
      return;
    }
    log.unexpected(error, 'library.index');
    pausedHere = true;
    note = 'Something unexpected went wrong while files were read; the log has more. Go on with it to try again.';
  };
  /**
   * Not at once: a file that was moved is gone from one place before it is seen at the other, and what was read of it
   * should be here then.
   */
  const sweepSoon = () => {
    clearTimeout(sweeping);
    sweeping = setTimeout(() => {
      if (resting || job || !orphans) return;
      if (looking.busy() || waiting() > 0) return sweepSoon();
      orphans = false;
      inTurn(() => shelf.sweep({}, stopping.now.signal)).catch((error: unknown) => {
        orphans = true;
        if (!resting) log.info('library.not-swept', { code: isFault(error) ? error.code : 'unexpected' });
      });
    }, SWEEP_MS).unref();
  };
  let sweeping: NodeJS.Timeout | undefined;
  const kick = () => {
    if (resting || job || paused() || !unfinished()) return;
    const known = store.get<{ job: Id | null }>('SELECT job FROM indexing')!.job ?? undefined;
    const begun = jobs.begin({
      kind: 'library.index',
      title: 'Reading your files',
      ...(known !== undefined && { id: known }),
      run,
    });
    if (known === undefined) store.run('UPDATE indexing SET job = ?', begun.id);
    const over = begun.result.catch(ended).then(async () => {
      // The list of jobs lets go of it a little later; the next one has its name.
      await new Promise((resolve) => setImmediate(resolve));
      job = undefined;
      phase = 'idle';
      rate.reset();
      changed();
      if (resting) return;
      safeKick();
      if (orphans) sweepSoon();
    });
    job = { id: begun.id as Id, ended: over };
  };
  /** Of timers and listeners, where nobody hears an error. */
  const safeKick = () => {
    try {
      kick();
    } catch (error) {
      // The job before has not left the list yet.
      if (isFault(error, 'job-running')) setTimeout(safeKick, 20).unref();
      else if (isFault(error)) log.info('library.index-failed', { code: error.code });
      else log.unexpected(error, 'library.index');
    }
  };
  function resume() {
    pausedHere = false;
    note = undefined;
    places.setPaused(undefined, false);
    meaning.more({ afresh: true });
    letGoOf?.();
    changed();
  }

  return {
    now: (): Now => ({ job: job?.id, phase, rate: rate.perSecond(), note }),
    paused,
    /** Contents may have lost their last file. */
    lost() {
      orphans = true;
      sweepSoon();
    },
    /** Files wait, or may. */
    arrived() {
      // Vectors are behind words: what was half done of them is done again.
      if (embedding && waiting() > 0) embedding.abort();
      wake();
      safeKick();
    },
    /** Whether nothing is left to do for now. */
    idle: () => !job || paused(),
    unfinished,
    pause(): void {
      pauseAll(undefined);
      reading?.abort.abort();
      embedding?.abort();
      wake();
    },
    resume(): void {
      resume();
      wake();
      safeKick();
    },
    /** Breaks off reading a file of which this holds; it goes on waiting. Resolves when nothing reads or keeps. */
    async breakOff(of: (file: Next) => boolean): Promise<void> {
      if (reading && of(reading.file)) reading.abort.abort();
      await inTurn(() => Promise.resolve());
    },
    wake() {
      resting = false;
      orphans = true;
      stopping.now = new AbortController();
      meaning.more({ afresh: true });
      safeKick();
      sweepSoon();
    },
    async rest() {
      resting = true;
      clearTimeout(sweeping);
      stopping.now.abort();
      letGoOf?.();
      wake();
      await job?.ended;
    },
  };
}
