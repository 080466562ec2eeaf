/** What a reader of documents is: pure functions from bytes to text, one file each, called in the confined process only. */
import type { Document } from '../door.ts';

/** A file as the process gets it. The name is a hint; bytes decide. */
export interface Given {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** Recognise text in pictures and scanned pages. */
  readonly ocr?: boolean;
}
/** Where a page begins in the text; in order. Passages keep it, so that a quote opens at its page. */
export interface Anchor {
  readonly at: number;
  readonly page: number;
}
/** Text as people read it (newlines only, no control characters), and what it was. */
export interface Reading {
  readonly kind: Document['kind'];
  readonly text: string;
  readonly characters: number;
  readonly pages?: number;
  readonly anchors?: Anchor[];
  readonly note?: string;
}
/** Before the text is tidied and cut by `read.ts`, which adds to the note what that took away. */
export type Raw = Omit<Reading, 'characters'>;

export type ReadDocument = (given: Given) => Promise<Reading>;
