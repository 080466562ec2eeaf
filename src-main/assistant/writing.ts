/** One answer while it is being written: committed as it grows, followed by any number of views, ended by one. */
import type { Clock } from '../base/ports.ts';
import type { GenerateRequest, Generator } from '../engine/ports.ts';
import { topic, type Topic } from '../base/topic.ts';
import { Fault, isFault, joinText } from '../wire/index.ts';
import type { Cited } from './citing.ts';
import type { Sent, UsedSource } from './door.ts';
import type { Prompt } from './prompt.ts';
import type { Ending, Place, Tree } from './tree.ts';

/** Under an answer from files of which nothing stands in them: small models invent, and say it as if they had read it. */
const UNSUPPORTED =
  'No sentence of this answer stands in your files so. Read the quotes beside it before you believe it.';

/** An answer is on disk at most this much behind the screen (the issue allows a second). */
const COMMIT_MS = 500;
/** How often an answer goes on after the engine process died, before it is left as it is. */
const RESTARTS = 2;

type Done = Extract<Sent, { kind: 'done' }>;

export interface Writing {
  readonly place: Place;
  /** What is there so far, then the rest; ends with `done`, or throws what ended it. */
  follow(signal: AbortSignal): AsyncIterable<Sent>;
  stop(): void;
  /** Resolves when the answer has ended and is on disk. Never rejects. */
  readonly ended: Promise<void>;
}

/** What followers have not seen yet. */
interface News {
  readonly sources?: readonly UsedSource[];
  readonly text: string;
}
interface WriteOptions {
  readonly tree: Tree;
  readonly generator: Generator;
  readonly clock: Clock;
  readonly place: Place;
  readonly request: Omit<GenerateRequest, 'turns' | 'session' | 'continueAnswer'>;
  /** What the answer begins with, when it goes on from an older one. */
  readonly beginning: string;
  /** Sentences that the answer's note begins with. */
  readonly notes: readonly string[];
  assemble(signal: AbortSignal): Promise<Prompt>;
  /** Sets the numbers of an answer from the person's files right; called once, when it has ended. */
  cite(text: string): Cited;
  /** Told after each commit that changes what a list of conversations shows. */
  changed(): void;
}

/** Starts an answer. It goes on whether or not anyone follows. */
export function write({
  tree,
  generator,
  clock,
  place,
  request,
  beginning,
  notes: given,
  assemble,
  cite,
  changed,
}: WriteOptions): Writing {
  const stop = new AbortController();
  const news: Topic<News> = topic((older, newer) => ({
    ...older,
    ...newer,
    text: joinText(older.text, newer.text) ?? older.text + newer.text,
  }));
  /** What it is made from, as soon as that is known. */
  let sources: readonly UsedSource[] | undefined;
  let text = beginning;
  let notes: readonly string[] = given;
  let keptFrom: number | undefined;
  let begun = false;
  let outcome: { done: Done } | { fault: Fault } | undefined;

  const commit = committer(
    () => tree.write(place.answer, text),
    (error) => stop.abort(error),
  );
  const notesNow = () => (notes.length ? notes.join(' ') : undefined);
  const say = (note: string) => {
    if (!notes.includes(note)) notes = [...notes, note];
  };
  const counts = { tokens: 0, tokensPerSecond: 0, firstTokenMs: 0, evaluated: 0, reused: 0, device: '' };

  /** Runs the model once over; a crash of its process is survived with what was written. */
  const generate = async () => {
    let prompt: Prompt | undefined;
    let asked = clock.now();
    for (let attempt = 0; ; attempt++) {
      const before = counts.tokens;
      try {
        if (!prompt) {
          prompt = await assemble(stop.signal);
          for (const note of prompt.notes) say(note);
          ({ keptFrom } = prompt);
          if (prompt.sources) {
            ({ sources } = prompt);
            news.publish({ sources: prompt.sources, text: '' });
          }
          if (prompt.answer !== undefined) {
            text ||= prompt.answer;
            if (!beginning) news.publish({ text });
            return;
          }
          asked = clock.now();
        }
        const turns = text ? [...prompt.turns, { role: 'assistant' as const, text }] : prompt.turns;
        for await (const piece of generator.generate(
          { ...request, turns, continueAnswer: text !== '', session: place.conversation },
          stop.signal,
        )) {
          if (piece.kind === 'start') {
            Object.assign(counts, { evaluated: piece.evaluated, reused: piece.reused, device: piece.device });
            if (piece.note) say(piece.note);
          } else if (piece.kind === 'token') {
            if (!begun) counts.firstTokenMs = clock.now() - asked;
            begun = true;
            text += piece.text;
            counts.tokens += piece.tokens;
            commit.soon();
            news.publish({ text: piece.text });
          } else {
            Object.assign(counts, { tokens: before + piece.tokens, tokensPerSecond: piece.tokensPerSecond });
            if (piece.reason === 'length') say('The answer ends here: it is as long as it was allowed to be.');
            if (piece.reason === 'context')
              say(
                'The answer filled what the model can hold at once and ends here. Ask it to go on, and it will make room.',
              );
          }
        }
        return;
      } catch (error) {
        if (!isFault(error, 'engine-crashed') || attempt >= RESTARTS || stop.signal.aborted) throw error;
        // Before the first word nobody has noticed anything.
        if (!begun) continue;
        say(
          'The engine stopped in the middle of this answer and was started again; the answer goes on from where it was.',
        );
      }
    }
  };

  const finish = (ending: Ending) => {
    commit.cancel();
    tree.end(place.answer, ending);
    changed();
  };
  const run = async () => {
    const began = clock.now();
    let state: Ending['state'] = 'done';
    let fault: Fault | undefined;
    try {
      await generate();
    } catch (error) {
      // A failing disk stops the model too, and is what the person must hear about.
      const cause: unknown = stop.signal.aborted && stop.signal.reason instanceof Fault ? stop.signal.reason : error;
      if (stop.signal.aborted && !(cause instanceof Fault)) state = 'stopped';
      else {
        state = text ? 'cut-off' : 'failed';
        fault =
          cause instanceof Fault
            ? cause
            : new Fault('internal', 'The answer ended unexpectedly; what was written is kept. Ask again.', { cause });
        say(fault.message);
      }
    }
    if (!counts.tokensPerSecond)
      counts.tokensPerSecond = (counts.tokens * 1000) / Math.max(1, clock.now() - began - counts.firstTokenMs);
    const { tokens, tokensPerSecond, firstTokenMs, device } = counts;
    try {
      const { pointed, ...set } = sources?.length ? cite(text) : { text, pointed: [] };
      ({ text } = set);
      if (sources?.length && pointed.length === 0 && state === 'done') say(UNSUPPORTED);
      const note = notesNow();
      finish({ text, state, note, device, tokens, tokensPerSecond, firstTokenMs, keptFrom, pointed });
      // As they are kept now: pointed to, or forgotten while the answer was being written.
      if (sources) sources = tree.sources.used(place.answer);
    } catch (error) {
      fault ??=
        error instanceof Fault
          ? error
          : new Fault('internal', 'The end of the answer could not be saved; what was on disk before is safe.', {
              cause: error,
            });
    }
    outcome =
      fault && !text
        ? { fault }
        : {
            done: {
              kind: 'done',
              conversation: place.conversation,
              message: place.answer,
              text,
              state,
              ...counts,
              ...(notesNow() && { note: notesNow() }),
              ...(sources && { sources: [...sources], citations: citationsOf(sources) }),
            },
          };
    if (fault && text && fault.code === 'disk-full') outcome = { fault };
    news.end();
  };

  // Begins in its own turn of the loop: whoever asked gets to follow before the first token.
  const ended = Promise.resolve().then(run);
  return {
    place,
    ended,
    stop: () => stop.abort(),
    async *follow(signal) {
      // Taken together, before anything is awaited: no piece is missing and none comes twice.
      const rest = news.listen(signal);
      const soFar = text;
      const known = sources;
      const over = outcome !== undefined;
      yield { kind: 'begun', conversation: place.conversation, question: place.question, message: place.answer };
      if (known) yield { kind: 'sources', sources: [...known] };
      if (soFar) yield { kind: 'token', text: soFar };
      if (!over)
        for await (const piece of rest) {
          if (piece.sources) yield { kind: 'sources', sources: [...piece.sources] };
          if (piece.text) yield { kind: 'token', text: piece.text };
        }
      if (signal.aborted) return;
      if (outcome && 'fault' in outcome) throw outcome.fault;
      if (outcome) yield outcome.done;
    },
  };
}

const citationsOf = (sources: readonly UsedSource[]) =>
  sources
    .filter(({ cited }) => cited)
    .map(({ n, file, page, quote }) => ({ n, file, ...(page !== undefined && { page }), quote }));

/** Commits at most every COMMIT_MS, and never later than that after a change. */
function committer(save: () => void, failed: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        try {
          save();
        } catch (error) {
          failed(error);
        }
      }, COMMIT_MS);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
