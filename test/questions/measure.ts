/** Asks every question of the set, each way of finding apart, and counts what came. */
import type { Hit } from '../../src-main/library/door.ts';
import { answers, squeezed, type Question } from './questions.ts';
import { ARMS, type Arm, type QuestionLibrary } from './library.ts';

export interface Asked {
  readonly question: Question;
  /** Place of the first passage that answers among the first ten, from 1; without regard to what counts as found. */
  readonly rank: Readonly<Record<Arm, number | undefined>>;
  /** What a person gets: only what fits well enough. */
  readonly shown: readonly Hit[];
  readonly shownRank: number | undefined;
  /** Whether the sentence that lights up has to do with the quote: they overlap. */
  readonly lit: boolean | undefined;
  readonly ms: number;
}

const LIMIT = 10;

export async function askAll(library: QuestionLibrary, questions: readonly Question[]): Promise<Asked[]> {
  const all: Asked[] = [];
  for (const question of questions) {
    const rankOf = (hits: readonly Hit[]) => {
      const at = hits.findIndex((hit) => answers(question, hit.file, hit.text));
      return at < 0 ? undefined : at + 1;
    };
    const rank = {} as Record<Arm, number | undefined>;
    for (const arm of ARMS) rank[arm] = rankOf(await library.ask(question.question, arm, { limit: LIMIT, weak: true }));
    const began = performance.now();
    const shown = await library.ask(question.question, 'both', { limit: LIMIT });
    const ms = performance.now() - began;
    const shownRank = rankOf(shown);
    const lit = shownRank === undefined ? undefined : lights(question, shown[shownRank - 1]!);
    all.push({ question, rank, shown, shownRank, lit, ms });
  }
  return all;
}

function lights(question: Question, { file, text, sentence: [from, to] }: Hit): boolean {
  const sentence = squeezed(text.slice(from, to));
  return question.answers.some(({ file: its, quote }) => {
    if (its !== file) return false;
    const wanted = squeezed(quote);
    // A quote may be part of a sentence, end one and begin the next, or hold a short one.
    return sentence.includes(wanted) || wanted.includes(sentence) || overlap(sentence, wanted) >= wanted.length / 2;
  });
}

/** The longest end of one that the other begins with. */
function overlap(a: string, b: string): number {
  for (let length = Math.min(a.length, b.length); length > 0; length--)
    if (a.endsWith(b.slice(0, length)) || b.endsWith(a.slice(0, length))) return length;
  return 0;
}

export interface Quality {
  readonly count: number;
  readonly recall: number;
  readonly first: number;
  /** Mean reciprocal rank; 0 for what is not among the first ten. */
  readonly mrr: number;
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);

export function qualityOf(asked: readonly Asked[], arm: Arm): Quality {
  const ranks = asked.map(({ rank }) => rank[arm]);
  return {
    count: asked.length,
    recall: mean(ranks.map((rank) => (rank === undefined ? 0 : 1))),
    first: mean(ranks.map((rank) => (rank === 1 ? 1 : 0))),
    mrr: mean(ranks.map((rank) => (rank === undefined ? 0 : 1 / rank))),
  };
}

/** Shares: of questions without an answer that got none; of answered ones that got nothing, or not the right passage. */
export function refusalOf(asked: readonly Asked[]) {
  const share = (some: readonly Asked[], is: (one: Asked) => boolean) => mean(some.map((one) => (is(one) ? 1 : 0)));
  const none = asked.filter(({ question }) => question.kind === 'none');
  const some = asked.filter(({ question }) => question.kind !== 'none');
  const empty = ({ shown }: Asked) => shown.length === 0;
  return {
    near: share(
      none.filter(({ question }) => question.near),
      empty,
    ),
    far: share(
      none.filter(({ question }) => !question.near),
      empty,
    ),
    refused: share(some, empty),
    lost: share(some, ({ rank, shownRank }) => rank.both !== undefined && shownRank === undefined),
    lit: mean(some.flatMap(({ lit }) => (lit === undefined ? [] : [lit ? 1 : 0]))),
  };
}
