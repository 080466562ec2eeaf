/** What one file gives: a single document, or the many of a mail archive or an export. */
import type { DocumentKind } from './door.ts';

/**
 * Counts up when any reader gives other text for the same bytes: then every file is read anew, and stays findable until
 * it was.
 */
export const READERS = 1;

/** Where a page, slide or sheet begins in the text; in order. */
export interface Anchor {
  readonly at: number;
  readonly page: number;
}
/** One document, as the reader process read it. */
export interface Part {
  readonly kind: DocumentKind;
  /** Newlines only, no control characters. Headings stand as Markdown has them where `kind` has structure. */
  readonly text: string;
  readonly title?: string;
  /** Milliseconds since 1970: a mail's or a conversation's own date. */
  readonly date?: number;
  readonly pages?: number;
  readonly anchors?: readonly Anchor[];
  /** ISO 639-3, where the text is long enough to tell. */
  readonly language?: string;
  readonly note?: string;
}
export type Told =
  | { readonly kind: 'part'; readonly part: Part }
  /** One of many that could not be read; the others go on. */
  | { readonly kind: 'refused'; readonly why: string };

/** The last item: all of the file was read. */
export interface End {
  readonly kind: 'end';
  /** SHA-256, hex, of exactly the bytes that were read. */
  readonly hash: string;
}
/** What `parts` gives, with the bytes that were read so far, of all. */
export type Delivered = (Told | End) & { readonly done: number; readonly total: number };

export interface PartsOptions {
  /** Recognise text in pictures and scanned pages. */
  readonly ocr: boolean;
  /**
   * Whether documents that hang on mails are read as well; yes, if not said. Without them a second try gets through an
   * archive in which one of them never ends, or ends the process.
   */
  readonly attached?: boolean;
}
