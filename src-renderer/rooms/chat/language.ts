/** Guesses the language of a text for a voice to read it in: by its letters, then by its smallest words. */

const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\u3040-\u30ff]/g, 'ja'], [/[\uac00-\ud7af]/g, 'ko'], [/[\u4e00-\u9fff]/g, 'zh'], [/[\u0400-\u04ff]/g, 'ru'],
  [/[\u0370-\u03ff]/g, 'el'], [/[\u0590-\u05ff]/g, 'he'], [/[\u0600-\u06ff]/g, 'ar'], [/[\u0900-\u097f]/g, 'hi'],
  [/[\u0e00-\u0e7f]/g, 'th'],
]; // prettier-ignore
const WORDS: Readonly<Record<string, string>> = {
  en: 'the of and to in is that it for was with you this are be on not have from',
  de: 'der die das und ist nicht ein eine zu den mit auf für im von sich auch wie es ich',
  fr: 'le la les des et est une un dans que pour pas sur du qui au avec ce il je vous',
  es: 'el la los las de y que en es un una por para con no se del lo como más',
  it: 'il lo la gli di e che è un una per non con si del della sono come più nel',
  pt: 'o os as de e que em é um uma por para com não se do da mais como no',
  nl: 'de het een en van is niet dat op te zijn met voor in ik je aan er ook maar',
};
const SETS = Object.entries(WORDS).map(([language, words]) => [language, new Set(words.split(' '))] as const);
/** Enough to tell, little enough to do at a click. */
const READ = 4000;

/** A language tag; `fallback` where neither letters nor words tell. */
export function guessLanguage(text: string, fallback: string): string {
  const part = text.slice(0, READ);
  const letters = part.match(/\p{L}/gu)?.length ?? 0;
  for (const [script, language] of SCRIPTS) {
    // Japanese is mostly Chinese signs with a few kana between.
    const share = (part.match(script)?.length ?? 0) / Math.max(1, letters);
    if (share > (language === 'ja' ? 0.05 : 0.3)) return language;
  }
  const words = part.toLowerCase().match(/\p{L}+/gu) ?? [];
  const [best, next] = SETS.map(([language, set]) => ({ language, count: words.filter((word) => set.has(word)).length })).sort(
    (a, b) => b.count - a.count,
  );
  return best!.count > next!.count && best!.count >= Math.max(2, words.length / 20) ? best!.language : fallback;
} // prettier-ignore
