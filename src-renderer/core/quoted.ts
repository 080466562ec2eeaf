/** Hands the quote under an answer to the page that opens its document, which lights it and leads back; in memory only. */
import type { Session } from './session.svelte.ts';

export interface Quoted {
  readonly passage: number;
  /** A piece of the passage, word for word. */
  readonly quote: string;
  /** Where it was read. */
  readonly conversation: string;
}
const handed = new WeakMap<Session, Quoted>();

export const handQuote = (session: Session, quoted: Quoted): void => void handed.set(session, quoted);

/** What was handed over for this passage, once: what is opened another way later is not from that conversation. */
export function takeQuote(session: Session, passage: number): Quoted | undefined {
  const quoted = handed.get(session);
  handed.delete(session);
  return quoted?.passage === passage ? quoted : undefined;
}
