/** What the indexing asks of the shelf, where contents are kept: whole or not at all, with words at once and vectors later. */
import type { Told } from './parts.ts';

/** Of one file's bytes, as read in one way. */
export interface Key {
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
  /** The readers' version, and whether pictures were recognised. */
  readonly how: string;
}
export interface Kept {
  /** Id of a `content`. */
  readonly content: number;
  readonly documents: number;
  readonly passages: number;
  /** Parts that could not be read, with the sentence of the first. */
  readonly refused: number;
  readonly why?: string;
}

export interface Shelf {
  /** What is here of these bytes already: a copy or a renamed file needs no reading. */
  find(key: Key): Kept | undefined;
  /**
   * Keeps all parts of one file: passages with their words, in pieces of some ten milliseconds in the store's worker. Until
   * the last has come the content is not complete; when it throws or the process dies, nothing of it stays (`sweep`).
   * The caller points its file at the content afterwards; a content that no file points at is swept too.
   */
  keep(key: Key, parts: AsyncIterable<Told>, signal?: AbortSignal): Promise<Kept>;
  /**
   * Removes contents that are not complete or that no file points at, in pieces, for good: passages, words, vectors.
   * `scrub` then makes sure that no byte of them is left in the database file or its write-ahead log.
   */
  sweep(options?: { readonly scrub?: boolean }, signal?: AbortSignal): Promise<{ readonly passages: number }>;
  /** The next passages without a vector of this model, oldest first, with the text to embed. */
  bare(embedder: string, limit: number): Promise<readonly { readonly passage: number; readonly text: string }[]>;
  /** Keeps vectors (length 1); passages that are gone meanwhile are passed over. Counts of contents follow. */
  keepVectors(
    embedder: string,
    vectors: readonly { readonly passage: number; readonly vector: Float32Array }[],
  ): Promise<void>;
  totals(): { readonly passages: number; readonly bare: number };
}
