/** What of a passage is embedded, and how equal ones are known. */
import { createHash } from 'node:crypto';

export interface Embeddable {
  readonly title: string | null;
  readonly heading: string | null;
  readonly context: string | null;
  readonly text: string;
}

/** The embedder reads 254 word pieces; the passage's own text comes before long titles. */
const LONGEST = 80;
const shortened = (text: string) => (text.length > LONGEST ? text.slice(0, LONGEST).toWellFormed() : text);

/** What it is under, then what it says: a passage alone often lacks the name of what it is about. */
export function embedded({ title, heading, context, text }: Embeddable): string {
  const under = [title, heading, context]
    .filter((part) => part !== null && part !== '')
    .map((part) => shortened(part!));
  return [...under, text.trim()].join('\n');
}

/** Half of a SHA-256: equal text is embedded once. Different texts with one digest would only share a vector. */
export const digestOf = (passage: Embeddable): Uint8Array =>
  createHash('sha256').update(embedded(passage)).digest().subarray(0, 16);
