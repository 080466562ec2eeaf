/** What a reader of documents is: pure functions from bytes to text, one file each, called in the confined process only. */
import type { DocumentKind } from '../door.ts';
import type { Anchor } from '../parts.ts';

export type { Anchor } from '../parts.ts';

/** A file as the process gets it. The name is a hint; bytes decide. */
export interface Given {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** Recognise text in pictures and scanned pages. */
  readonly ocr?: boolean;
  /** The weights of text recognition, gzipped: the process has no file system of its own to look for them. */
  readonly letters?: () => Uint8Array;
}
/** Text as people read it (newlines only, no control characters), and what it was. */
export interface Reading {
  readonly kind: DocumentKind;
  readonly text: string;
  readonly characters: number;
  /** As the document itself says, on one line. */
  readonly title?: string;
  /** Milliseconds since 1970, as the document itself says: when it was last changed, or else made. */
  readonly date?: number;
  readonly pages?: number;
  readonly anchors?: Anchor[];
  /** ISO 639-3, where the text is long enough to tell. */
  readonly language?: string;
  readonly note?: string;
}
/** Before the text is tidied and cut by `read.ts`, which adds to the note what that took away. */
export type Raw = Omit<Reading, 'characters' | 'language'>;

export type ReadDocument = (given: Given) => Promise<Reading>;
