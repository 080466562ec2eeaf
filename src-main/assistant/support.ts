/** How well a statement is borne out by the very words of a passage. */
import { sentences, type Range } from './sentences.ts';
import { contentWords, isEmpty, numbersOf, stem, turned, turns, wordsOf } from './words.ts';

/** Neighbouring sentences that may bear out one statement together. */
const WINDOW = 3;
/** Of a passage, whatever it is. */
const MOST_SENTENCES = 200;

export interface Support {
  /** 0 to 1: the share of the statement's words, each by its rarity, that stand in the range. */
  readonly share: number;
  /** Of the passage's text: one sentence, or up to three neighbours. */
  readonly range: Range;
  /** Its numbers and names are there, at least two of its words are, and it is not turned into its opposite. */
  readonly sound: boolean;
}
export interface Evidence {
  readonly text: string;
  /** Its file's name, title and headings: what they say need not be said again in the passage. */
  readonly around: string;
}

/**
 * Prepares passages for many statements.
 *
 * A word weighs the logarithm of how few of all sentences have it, so that what is in every second one says little; no
 * model is asked, and the same answer always gets the same numbers.
 */
export function supporter(passages: readonly Evidence[]) {
  const prepared = passages.map(({ text, around }) => {
    const ranges = sentences(text).slice(0, MOST_SENTENCES);
    return {
      all: new Set([...wordsOf(text), ...wordsOf(around)].map(stem)),
      around: { words: new Set(wordsOf(around).map(stem)), numbers: new Set(numbersOf(around)) },
      pieces: ranges.map((range) => {
        const words = text.slice(...range);
        return {
          range,
          words: new Set(wordsOf(words).map(stem)),
          numbers: new Set(numbersOf(words)),
          turned: turned(words),
        };
      }),
    };
  });
  const every = prepared.flatMap(({ pieces }) => pieces);
  const weights = new Map<string, number>();
  const weigh = (word: string) => {
    let known = weights.get(word);
    if (known === undefined) {
      const having = every.filter(({ words }) => words.has(word)).length;
      weights.set(word, (known = Math.log(1 + (every.length + 1) / (having + 0.5))));
    }
    return known;
  };

  /** Of each passage its best place; undefined where it has no word of the statement. */
  return (statement: string): (Support | undefined)[] => {
    const claim = statement.replace(/^\s*(?:[-*+•]|\d{1,3}[.)])\s+/u, '');
    const content = contentWords(claim).filter((word) => !turns(word));
    const words = [...new Set(content.map(stem))];
    const numbers = numbersOf(claim);
    const names = [...new Set(namesOf(claim).map(stem))];
    const total = words.reduce((sum, word) => sum + weigh(word), 0);
    const no = turned(claim);
    const overlap = (having: ReadonlySet<string>) =>
      words.reduce((sum, word) => sum + (having.has(word) ? weigh(word) : 0), 0);
    return prepared.map(({ all, around, pieces }, p) => {
      const named = names.every((name) => all.has(name));
      let best: Support | undefined;
      for (let size = 1; size <= WINDOW; size++)
        for (let i = 0; i + size <= pieces.length; i++) {
          const some = pieces.slice(i, i + size);
          const has = (word: string) => around.words.has(word) || some.some((piece) => piece.words.has(word));
          const matched = words.filter(has);
          // What the headings alone have, no sentence bears out.
          if (!matched.some((word) => some.some((piece) => piece.words.has(word)))) continue;
          const share = matched.reduce((sum, word) => sum + weigh(word), 0) / total;
          // More sentences only where they add something.
          if (best && share <= best.share + (size > 1 ? 0.1 : 0)) continue;
          const counted = numbers.every((n) => around.numbers.has(n) || some.some((piece) => piece.numbers.has(n)));
          // A word alone says something only where it is a name or a number that no other passage has.
          const only =
            words.length === 1 &&
            /^[\p{Lu}\p{N}]/u.test(content[0]!) &&
            prepared.every((other, q) => q === p || !other.all.has(words[0]!));
          // The sentence that has most of it says whether it is so.
          const main = some.reduce((a, b) => (overlap(b.words) > overlap(a.words) ? b : a));
          best = {
            share,
            range: [some[0]!.range[0], some.at(-1)!.range[1]],
            sound: counted && named && (matched.length > 1 || only) && main.turned === no,
          };
        }
      return best;
    });
  };
}

/** Words with a capital that do not begin the statement: in most languages with capitals, names. */
const namesOf = (claim: string): string[] =>
  wordsOf(claim)
    .slice(1)
    .filter((word) => /^\p{Lu}/u.test(word) && !isEmpty(word));
