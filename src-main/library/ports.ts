/** What rooms above may ask of the library besides its door. */
import type { Id } from '../wire/schema.ts';
import type { Document } from './door.ts';

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
  /** Of an answer that did not come to its end. */
  readonly state?: 'stopped' | 'cut-off' | 'failed';
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

export interface Library {
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
