/** Tells the person, through the shell, that long work has ended. What it was about is never told: anybody may look on. */
import type { Host } from './host.ts';
import type { Clock, Jobs } from './ports.ts';

/** Whoever waited this long has turned to something else. */
const LONG_MS = 20_000;

export interface NoticesNeeds {
  readonly host: Pick<Host, 'notify'>;
  readonly clock: Clock;
}

/**
 * The same jobs, the end of each long one told. What the person stopped, or what daimon's own end interrupted, is not.
 *
 * @param placeOf where the window shows this kind of work
 */
export const tellingJobs = (jobs: Jobs, placeOf: (kind: string) => string, { host, clock }: NoticesNeeds): Jobs => ({
  begin(spec) {
    const began = clock.now();
    const job = jobs.begin(spec);
    const tell = (text: string) => {
      if (clock.now() - began >= LONG_MS) host.notify({ text, place: placeOf(spec.kind) });
    };
    job.result.then(
      () => tell('Work that took a while is done.'),
      (error: { code?: string }) => {
        if (error.code !== 'job-stopped' && error.code !== 'interrupted')
          tell('Work that took a while has ended before it was done.');
      },
    );
    return job;
  },
});

/** The same pieces; when they took long and came to their own end, that an answer is there is told. */
export async function* tellingAnswer<T>(
  pieces: AsyncIterable<T>,
  place: string,
  { host, clock }: NoticesNeeds,
): AsyncIterable<T> {
  const began = clock.now();
  yield* pieces;
  if (clock.now() - began >= LONG_MS) host.notify({ text: 'An answer is ready.', place });
}
