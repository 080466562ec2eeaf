/** Words as they are compared: which of them mean something, and what of a word stays when its ending changes. */

/** Words that carry no subject, in the languages of most of the window's first users. */
const EMPTY = new Set(
  `a about again all also am an and any anything are as at be been but by can could did do does else ever explain for from further get give had has
  have how i if in into is just kind know let like list many maybe me more much my next now of ok okay on only or other our out please
  really regarding say says should show so some something tell than thank thanks the then there think through to too up us very was we well
  were what whats when where which who whom whose why will with would yes you your
  aber alle als am an auch auf aus bei bitte da das dem den der des die doch ein eine einem einen einer eines er es für gibt hat ich ihr im in ist
  ja kann man mein mir mit nach noch nun nur ob oder sag sehr sein sich sie sind so über um und uns vom von vor wann war warum was wegen
  welche welcher welches wem wen wenn wer wie wieso wo zu zum zur
  alors au aux avec car ce ces cette combien comme comment dans de des donc du elle en est et il je la le les leur lui mais moi mon nous on
  ou où par plus pour pourquoi quand que quel quelle quels quelles qui quoi sa se ses son sont sur te tu un une vous
  al como con cual cuales cuando cuanto de del donde el en es esta este la las lo los me mi muy o para pero por porque que quien se si sin su sus un una y ya`
    .split(/\s+/)
    .filter(Boolean),
);
/** Words that stand for what was named before. */
const POINTING = new Set(
  `he she it they him her them his hers its their theirs this that these those one ones former latter same there
  er sie ihn ihm ihnen dieser diese dieses diesem diesen jener jene jenes dessen deren dort davon darin dazu damit dafür
  il elle ils elles lui leur celui celle ceux celles ceci cela ça y
  él ella ellos ellas este esta estos estas ese esa esos esas eso esto aquello`
    .split(/\s+/)
    .filter(Boolean),
);
/** Words that turn a statement round. */
const TURNING =
  /(?<!\p{L})(?:not|no|never|none|neither|nor|without|cannot|\p{L}+n['’]t|nicht|nie|niemals|kein\p{L}*|ohne|ne|jamais|sans|nunca)(?!\p{L})/giu;

const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** As they stand, in order; scripts that set no spaces are cut by a dictionary. */
export function wordsOf(text: string): string[] {
  if (UNSPACED.test(text))
    return [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
  return (text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_.-]*/gu) ?? []).map((word) => word.replace(/[.'’_-]+$/u, ''));
}

const bare = (word: string) => word.toLowerCase().replace(/['’].*$/u, '');
export const isEmpty = (word: string) => EMPTY.has(bare(word));
export const points = (word: string) => POINTING.has(bare(word));
/** Words that say what a text is about. */
export const contentWords = (text: string): string[] => wordsOf(text).filter((word) => !isEmpty(word) && !points(word));

/** What two forms of a word have in common: no accents, no capitals, no common ending. Rough, and the same on both sides. */
export function stem(word: string): string {
  const plain = bare(word)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  // Kana voicing is a mark too; the whole word stays where nothing would be left.
  if (plain.length < 5 || !/^[a-z]+$/u.test(plain)) return plain || word.toLowerCase();
  const cut = plain.replace(/ies$/, 'y').replace(/(?:ations?|ingly|edly|ing|ed|ers?|es|ly|en|s|e)$/, '');
  return cut.length >= 3 ? cut.replace(/([bdgmnprt])\1$/, '$1') : plain;
}

/** Numbers of a text in one way of writing: 1,200 is 1200, and 04 is 4. */
export const numbersOf = (text: string): string[] =>
  (text.match(/\p{Nd}+(?:[.,:]\p{Nd}+)*/gu) ?? []).map((number) =>
    number
      .replace(/[.,](?=\d{3}(?:\D|$))/gu, '')
      .replaceAll(',', '.')
      .replace(/^0+(?=\d)/u, ''),
  );

/** Whether a text says that something is not so; two such words cancel. */
export const turned = (text: string): boolean => (text.match(TURNING)?.length ?? 0) % 2 === 1;
/** Whether a word does so. */
export const turns = (word: string): boolean => word.match(TURNING)?.[0] === word;
