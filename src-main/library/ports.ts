/** What rooms above may ask of the library besides its door. */
import type { Id } from '../wire/schema.ts';
import type { Document, DocumentKind, Hit } from './door.ts';

/** A file of this machine, or bytes that the window handed over; exactly one of them. */
export interface Source {
  readonly path?: string | undefined;
  readonly upload?: Id | undefined;
}

export interface ParsedMessage {
  /** The export's own id, unique within the conversation. */
  readonly id: string;
  /** Of a message before this one in the list; null: at the beginning. */
  readonly parent: string | null;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** Milliseconds since 1970, where the export says. */
  readonly at?: number;
  readonly model?: string;
  readonly attachments?: readonly { readonly name: string; readonly text?: string }[];
  /** Of an answer that was made from files, by number; only daimon's own export has them. */
  readonly sources?: readonly ParsedSource[];
  /** Of an answer that did not come to its end. */
  readonly state?: 'stopped' | 'cut-off' | 'failed';
}
/** A passage that an answer was made from, with what of it was quoted. */
export interface ParsedSource {
  /** 1, 2, 3 …; each once. */
  readonly n: number;
  readonly file: string;
  readonly name: string;
  readonly title?: string;
  readonly kind: DocumentKind;
  readonly page?: number;
  readonly heading?: string;
  readonly date?: number;
  readonly quote: string;
  readonly cited?: boolean;
  readonly gone?: boolean;
  readonly weight?: 'much' | 'little' | 'none';
}
/** One conversation of an export: a tree, parents before children, without system and tool turns. */
export interface ParsedConversation {
  readonly from: 'chatgpt' | 'claude' | 'daimon';
  /** The export's own id; the same conversation brought twice has the same. */
  readonly id: string;
  readonly title: string;
  readonly createdAt?: number;
  readonly changedAt?: number;
  readonly messages: readonly ParsedMessage[];
  /** The message that the current branch ends with. */
  readonly tip?: string;
  readonly folder?: string;
  readonly pinned?: boolean;
}
export type Parsed =
  | {
      readonly kind: 'conversation';
      readonly conversation: ParsedConversation;
      readonly done: number;
      readonly total: number;
    }
  /** A conversation that could not be read; the others go on. */
  | { readonly kind: 'refused'; readonly why: string; readonly done: number; readonly total: number };

/** What a search is asked; see `library.search`. */
export interface SearchRequest {
  readonly query: string;
  readonly limit?: number;
  readonly places?: readonly Id[] | undefined;
  readonly kinds?: readonly DocumentKind[] | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly weak?: boolean | undefined;
}
/** What was taken out: everything of a place, or of a path in it (a file, or a folder with all below it). */
export interface TakenOut {
  readonly place: Id;
  readonly path?: string;
}
/** Which passages a later room wants: a filter, never an order. */
export interface PassageFilter {
  readonly places?: readonly Id[];
  /** A file, or a folder with all below it. */
  readonly paths?: readonly string[];
  readonly kinds?: readonly DocumentKind[];
  readonly languages?: readonly string[];
  readonly since?: number;
  readonly until?: number;
}
export interface LibraryPassage {
  /** The whole path; of given files the name alone. */
  readonly file: string;
  /** SHA-256 of the file's bytes when it was read. */
  readonly hash: string;
  readonly document: number;
  readonly kind: DocumentKind;
  readonly title?: string;
  readonly language?: string;
  readonly date?: number;
  /** Within the document; its passages follow each other, and their texts together are its text. */
  readonly n: number;
  readonly page?: number;
  readonly heading?: string;
  readonly text: string;
}

/** What the library needs to find by meaning; the engine has it (a room beside this one, so `core.ts` hands it over). */
export interface Embedder {
  /** Whose vectors these are: only vectors of one id are comparable. Undefined while no such model is here. */
  embedderNow(): { readonly id: string; readonly dimensions: number } | undefined;
  /** One vector a text, of length 1. `behind`: between answers, at low priority. Faults: `no-embedder`, `engine-crashed`. */
  embed(texts: readonly string[], how: { readonly behind: boolean }, signal?: AbortSignal): Promise<Float32Array[]>;
  /** Called whenever such a model arrives or goes. Returns the way to be called no more. */
  onEmbedder(listener: () => void): () => void;
}

/** What is read and not kept. */
export interface Reading {
  /**
   * Reads one document in the reader process. Throws Faults: `unknown-kind`, `too-large`, `unreadable`, `encrypted-file`,
   * `no-text`, `file-missing`, `reader-timeout`, `reader-crashed`.
   */
  read(source: Source, signal?: AbortSignal): Promise<Document>;
  /**
   * Streams the conversations of an export (ChatGPT or Claude: the zip or its conversations.json; daimon: JSON Lines).
   * Memory stays bounded by the largest single conversation. Faults as `read`, and `not-an-export`.
   */
  conversations(source: Source, signal?: AbortSignal): AsyncIterable<Parsed>;
}

export interface Library extends Reading {
  /** Passages that fit, best first; none when nothing fits well enough. */
  search(request: SearchRequest, signal?: AbortSignal): Promise<Hit[]>;
  /** Passages by file path, document and place in it: the same files give the same stream, on every machine. */
  passages(filter: PassageFilter, signal?: AbortSignal): AsyncIterable<LibraryPassage>;
  /**
   * Before something is taken out for good, `forget` is told, and waited for; what it keeps of it must be gone then.
   * It may be told twice. Returns the way to be told no more.
   */
  forgetting(forget: (what: TakenOut) => Promise<void>): () => void;
}
