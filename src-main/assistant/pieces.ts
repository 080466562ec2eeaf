/** Cuts what an import keeps into transactions of a bounded size. */
import type { Statement } from '../base/ports.ts';
import type { ParsedMessage } from '../library/ports.ts';

/** Of one transaction: about ten milliseconds of work, for which an answer being written may have to wait. */
const PIECE_CHARACTERS = 100_000;
const PIECE_MESSAGES = 200;
/** What a file costs besides its text, in characters: two rows of their own. */
const FILE = 500;

/** @returns the statements of each transaction, in order; a message and its attachments are never parted */
export function inPieces<T>(
  list: readonly T[],
  { messageOf, statements }: { messageOf(one: T): ParsedMessage; statements(one: T): Statement[] },
): Statement[][] {
  const pieces: Statement[][] = [];
  let characters = Infinity;
  let messages = 0;
  for (const one of list) {
    const { text, attachments = [] } = messageOf(one);
    const weight = attachments.reduce((sum, file) => sum + FILE + (file.text?.length ?? 0), text.length);
    if (characters + weight > PIECE_CHARACTERS || messages >= PIECE_MESSAGES) {
      pieces.push([]);
      characters = messages = 0;
    }
    characters += weight;
    messages++;
    pieces.at(-1)!.push(...statements(one));
  }
  return pieces;
}
