/** How much of each document of a question the model can take: all of it, or a fair share of what there is room for. */
import { cutAt, type Quoted } from './quoting.ts';

/** No token stands for more characters than this on the average of a text; what is longer need not be counted to the end. */
const MOST_CHARACTERS_A_TOKEN = 16;
/** Measured cuts that come out too long are tried again this often, each time shorter. */
const TRIES = 6;

/** Tokens of each text under the model that will answer. */
export type Measure = (texts: readonly string[]) => Promise<readonly number[]>;

/**
 * @param room tokens for all documents together
 * @returns for each document the characters that fit, null where all of it does
 */
export async function fitDocuments(
  documents: readonly Pick<Quoted, 'text'>[],
  room: number,
  measure: Measure,
): Promise<(number | null)[]> {
  const most = Math.max(0, Math.floor(room)) * MOST_CHARACTERS_A_TOKEN;
  const tokens = await measure(documents.map(({ text }) => text.slice(0, most)));
  const shares = fairShares(
    documents.map(({ text }, i) => (text.length > most ? Infinity : tokens[i]!)),
    room,
  );
  const fitted: (number | null)[] = [];
  for (const [i, { text }] of documents.entries()) {
    const share = shares[i]!;
    if (text.length <= most && tokens[i]! <= share) fitted.push(null);
    else fitted.push(await cutTo(text.slice(0, most), tokens[i]!, share, measure));
  }
  return fitted;
}

/** The longest cut that was measured to fit. */
async function cutTo(text: string, tokens: number, share: number, measure: Measure): Promise<number> {
  let guess = (text.length * share) / Math.max(1, tokens);
  for (let left = TRIES; left > 0; left--) {
    const end = cutAt(text, Math.floor(guess));
    if (end <= 0) return 0;
    const [now] = await measure([text.slice(0, end)]);
    if (now! <= share) return end;
    guess = Math.min(end - 1, end * (share / now!) * 0.97);
  }
  return 0;
}

/** Small ones whole; the large ones share what is left evenly. */
export function fairShares(wanted: readonly number[], room: number): number[] {
  const shares = wanted.map(() => 0);
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  let left = Math.max(0, room);
  for (const [k, i] of order.entries()) {
    shares[i] = Math.min(wanted[i]!, left / (order.length - k));
    left -= shares[i]!;
  }
  return shares;
}
