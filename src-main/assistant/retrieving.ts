/** Finds what an answer is made from: asks the library, and packs as many passages as the model has room for. */
import type { Library } from '../library/ports.ts';
import { Fault } from '../wire/index.ts';
import type { Id } from '../wire/schema.ts';
import type { Sources } from './door.ts';
import type { Measure } from './fitting.ts';
import type { Forgetting } from './forgetting.ts';
import { budgetOf, type Reader } from './prompt.ts';
import { passage as rendered } from './quoting.ts';
import { searchQuery } from './query.ts';
import { sentences, type Range } from './sentences.ts';
import { fromHit, type Candidate } from './sources.ts';
import type { Place, Tree } from './tree.ts';

/** Small models lose the thread among more (about 200 tokens each), and without a GPU each costs a second of waiting. */
const MOST_PASSAGES = 6;
/** Of what is found; copies of one text in several files count once. */
const ASKED_FOR = 12;
/** Passages take at most this part of the room for turns: less than documents, for the next question finds its own. */
const PASSAGES_SHARE = 0.5;
/** A piece of a passage below this says nothing. */
const LEAST_CHARACTERS = 40;
const TRIES = 6;
/** Earlier questions that a follow-up may lean on. */
const BEFORE = 6;

export interface Retrieving extends Reader {
  readonly library: Pick<Library, 'search'>;
  readonly forgetting: Forgetting;
  readonly tree: Tree;
  readonly place: Place;
  readonly sources: Sources;
  /** An answer beside this one, whose passages are taken over as far as they are all there. */
  readonly like: Id | undefined;
  /** The answer begins with that one's words, and so with its numbers. */
  readonly goOn: boolean;
}

/**
 * Keeps with the answer what it is to be made from.
 *
 * Another answer to the same question is made from the same passages: the two can be compared, a seed gives the same
 * answer again, and the engine has the prompt evaluated. It searches anew where the older one found nothing, or where
 * some of it was taken out since.
 *
 * @returns how many passages; 0 when nothing fits the question well enough
 * @throws Fault `context-full` when the question leaves no room for any; Faults of the library
 */
export async function retrieve(options: Retrieving, signal: AbortSignal): Promise<number> {
  const { library, forgetting, generator, model, tree, place, sources, like, goOn } = options;
  const older = like ? (tree.sources.texts([like]).get(like) ?? []) : [];
  if (goOn && older.length > 0) {
    tree.searched(place.answer, sources, older);
    return older.length;
  }
  const watch = forgetting.watch();
  try {
    const { question, before } = questions(tree, place);
    const reuse = older.length > 0 && older.every(({ text }) => text !== '');
    const found: readonly Candidate[] = reuse
      ? older
      : distinct(
          await library.search(
            {
              query: searchQuery(question, before),
              limit: ASKED_FOR,
              ...(sources !== 'library' && { places: sources.places }),
            },
            signal,
          ),
        );
    let kept: readonly Candidate[] = found.slice(0, MOST_PASSAGES);
    if (found.length > 0) {
      const measure: Measure = async (texts) =>
        (
          await generator.measure(
            model,
            texts.map((text) => ({ role: 'user', text })),
            signal,
          )
        ).tokens;
      const budget = await budgetOf(options, signal);
      const [asked] = await measure([question]);
      kept = await packPassages(kept, Math.min(budget * PASSAGES_SHARE, budget - asked!), measure);
      if (kept.length === 0)
        throw new Fault(
          'context-full',
          'This question leaves no room in the model for anything from your files. It is kept; send a shorter one, or choose a model with a larger context.',
        );
    }
    // From the last check to the commit nothing is awaited: what is taken out later is erased with the rest.
    const allowed = kept.filter(watch.allows);
    tree.searched(place.answer, sources, allowed);
    return allowed.length;
  } finally {
    watch.end();
  }
}

/** The question, and the person's earlier ones of its branch, newest first. */
function questions(tree: Tree, { conversation, answer }: Place) {
  const rows = tree.stretch({ conversation, before: answer, limit: BEFORE + 1 });
  const [question = '', ...before] = rows
    .filter(({ role }) => role === 'user')
    .map(({ text }) => text)
    .reverse();
  return { question, before };
}

/** The best of each text. */
function distinct(hits: Awaited<ReturnType<Library['search']>>): Candidate[] {
  const seen = new Set<string>();
  return hits.flatMap((hit) => {
    const text = hit.text.trim();
    if (text === '' || seen.has(text)) return [];
    seen.add(text);
    return [fromHit(hit)];
  });
}

/**
 * Best first, as many as fit whole. The first that does not is cut to the sentences around its best one, and is the last.
 *
 * @param room tokens for all of them with their headings
 */
export async function packPassages(
  passages: readonly Candidate[],
  room: number,
  measure: Measure,
): Promise<readonly Candidate[]> {
  const render = (one: Candidate, i: number) => rendered({ ...one, n: i + 1 });
  const tokens = await measure(passages.map(render));
  const kept: Candidate[] = [];
  let left = room;
  for (const [i, one] of passages.entries()) {
    const wanted = tokens[i]!;
    if (wanted <= left) {
      kept.push(one);
      left -= wanted;
      continue;
    }
    // What stands around the text has its tokens too, and stays whatever is cut.
    const [bare] = await measure([render({ ...one, text: '' }, i)]);
    let most = (one.text.length * (left - bare!)) / Math.max(1, wanted - bare!);
    for (let tries = TRIES; tries > 0 && most >= LEAST_CHARACTERS; tries--) {
      const cut = around(one, most);
      if (!cut) break;
      const [now] = await measure([render(cut, i)]);
      if (now! <= left) {
        kept.push(cut);
        break;
      }
      most = Math.min(most, cut.text.length) * Math.min(0.9, left / now!);
    }
    break;
  }
  return kept;
}

/** The passage's best sentence with whole neighbours, as they come, in at most `most` characters. */
export function around(passage: Candidate, most: number): Candidate | undefined {
  const { text, quote } = passage;
  const all = sentences(text);
  const at = Math.max(0, text.indexOf(quote));
  const best = Math.max(
    0,
    all.findIndex(([, to]) => to > at),
  );
  if (all.length === 0) return undefined;
  const length = ([a, b]: Range) => b - a;
  let range: Range = all[best]!;
  if (length(range) > most) return undefined;
  for (let first = best, last = best; ;) {
    const after: Range | undefined = all[last + 1] && [range[0], all[last + 1]![1]];
    const before: Range | undefined = all[first - 1] && [all[first - 1]![0], range[1]];
    if (after && length(after) <= most) {
      range = after;
      last++;
    } else if (before && length(before) <= most) {
      range = before;
      first--;
    } else break;
  }
  const cut = text.slice(...range);
  return { ...passage, text: cut, quote: cut.includes(quote) ? quote : text.slice(...all[best]!) };
}
