/** How many word pieces the embedder will see in a text, reckoned from its letters: the tokenizer lives in the engine. */

/**
 * Reckoned with all-MiniLM-L6-v2's vocabulary (30,522 pieces of BERT uncased) in mind, and compared with it: over English
 * prose, Markdown, code, JSON with hashes, German, French, Russian, Arabic, Korean, Chinese the true number is .9 to 1.15
 * times this one. English words are mostly one piece up to eight letters; what the vocabulary does not know as words
 * (Cyrillic, Arabic …) comes nearly letter by letter, and so do CJK signs. Every mark is a piece.
 */
const LONGEST_WORD = 9;
const LETTERS_A_PIECE = 4;
/** Where one letter in so many has an accent, the language is not English, and its words fall into more pieces. */
const FOREIGN = 100;
const FOREIGN_FACTOR = 1.3;

/** The most pieces that the embedder reads of one text; what is beyond is not seen (its two marks at the ends are off). */
export const MOST_PIECES = 254;

/** Word pieces of `text`, reckoned; rather too many than too few. */
export function pieces(text: string): number {
  let sum = 0;
  /** Of Latin words alone. */
  let words = 0;
  let letters = 0;
  let accents = 0;
  let run = 0;
  let digits = 0;
  const end = () => {
    letters += run;
    if (run > 0) words += run <= LONGEST_WORD ? 1 : 1 + Math.ceil((run - LONGEST_WORD) / LETTERS_A_PIECE) + 1;
    if (digits > 0) sum += Math.ceil(digits / 2);
    run = digits = 0;
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) {
      if (digits > 0) end();
      run++;
    } else if (code >= 48 && code <= 57) {
      if (run > 0) end();
      digits++;
    } else if (code <= 32) end();
    else if (code < 128) {
      end();
      sum++;
    } else if (code >= 0xc0 && code < 0x250) {
      if (digits > 0) end();
      run++;
      accents++;
    } else {
      end();
      // A surrogate pair is one sign, and one piece.
      if (code < 0xdc00 || code > 0xdfff) sum++;
    }
  }
  end();
  return sum + Math.ceil(words * (accents * FOREIGN > letters ? FOREIGN_FACTOR : 1));
}
