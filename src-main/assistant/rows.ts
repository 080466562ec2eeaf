/** How conversations, messages and attachments lie in the store, and as what they leave it. */
import * as v from 'valibot';
import type { Id } from '../wire/schema.ts';
import {
  shape,
  sources,
  type Attachment,
  type Conversation,
  type Message,
  type Shape,
  type Sources,
  type UsedSource,
} from './door.ts';

export interface ConversationRow {
  readonly id: Id;
  readonly title: string;
  readonly created_at: number;
  readonly changed_at: number;
  readonly model: string | null;
  readonly tip: Id | null;
  readonly length: number;
  readonly pinned: number;
  readonly folder: string | null;
  readonly persona: Id | null;
  readonly shape: string;
  readonly source: string | null;
  readonly sources: string | null;
}
export const conversationColumns =
  'c.id, c.title, c.created_at, c.changed_at, c.model, c.tip, c.length, c.pinned, c.folder, c.persona, c.shape, c.source, c.sources';

export interface MessageRow {
  readonly id: Id;
  readonly conversation: Id;
  readonly parent: Id | null;
  readonly depth: number;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly at: number;
  readonly state: NonNullable<Message['state']> | null;
  readonly model: string | null;
  readonly tokens: number | null;
  readonly tokens_per_second: number | null;
  readonly first_token_ms: number | null;
  readonly device: string | null;
  readonly note: string | null;
  readonly seed: number | null;
  readonly persona: string | null;
  readonly chosen: Id | null;
  readonly kept_from: number | null;
  readonly sources: string | null;
}
export const messageColumns =
  'm.id, m.conversation, m.parent, m.depth, m.role, m.text, m.at, m.state, m.model, m.tokens, m.tokens_per_second, m.first_token_ms, m.device, m.note, m.seed, m.persona, m.chosen, m.kept_from, m.sources';

export interface AttachmentRow {
  readonly id: Id;
  readonly draft: string | null;
  readonly message: Id | null;
  readonly name: string;
  readonly kind: Attachment['kind'];
  readonly characters: number;
  readonly pages: number | null;
  readonly note: string | null;
  readonly tokens: number | null;
  readonly room: number | null;
  readonly measured_by: string | null;
}
/** Without the text. */
export const attachmentColumns =
  'a.id, a.draft, a.message, a.name, a.kind, a.characters, a.pages, a.note, a.tokens, a.room, a.measured_by';

/** A passage as it was kept with an answer. */
export interface SourceRow {
  readonly message: Id;
  readonly n: number;
  readonly place: string;
  readonly file: string;
  readonly name: string;
  readonly title: string | null;
  readonly kind: UsedSource['kind'];
  readonly page: number | null;
  readonly heading: string | null;
  readonly date: number | null;
  readonly passage: number;
  readonly document: number;
  readonly text: string;
  readonly quote: string;
  readonly cited: number;
  readonly weight: UsedSource['weight'] | null;
  readonly gone: number;
}
/** Without the text, which only prompts need. */
export const sourceColumns =
  's.message, s.n, s.place, s.file, s.name, s.title, s.kind, s.page, s.heading, s.date, s.passage, s.document, s.quote, s.cited, s.weight, s.gone';

const opt = <K extends string, T>(key: K, value: T | null | undefined) =>
  (value === null || value === undefined ? {} : { [key]: value }) as { [P in K]?: T };

/** A shape as it lies in the store. One that this version does not understand counts as none: answers still come. */
export function toShape(json: string): Shape {
  if (json === '{}') return {};
  try {
    const read = v.safeParse(shape, JSON.parse(json));
    return read.success ? read.output : {};
  } catch {
    return {};
  }
}

/** From what files, as it lies in the store; what this version does not understand counts as none. */
export function toSources(json: string | null): Sources | null {
  if (json === null) return null;
  try {
    const read = v.safeParse(sources, JSON.parse(json));
    return read.success ? read.output : null;
  } catch {
    return null;
  }
}

export const toUsedSource = (row: Omit<SourceRow, 'text'>): UsedSource => ({
  n: row.n,
  file: row.file,
  name: row.name,
  ...opt('title', row.title),
  kind: row.kind,
  ...opt('page', row.page),
  ...opt('heading', row.heading),
  ...opt('date', row.date),
  quote: row.quote,
  cited: row.cited === 1,
  passage: row.passage,
  document: row.document,
  ...(row.gone === 1 && { gone: true as const }),
  ...opt('weight', row.weight),
});

export const toMessage = (row: MessageRow): Message => ({
  id: row.id,
  conversation: row.conversation,
  parent: row.parent,
  role: row.role,
  text: row.text,
  at: row.at,
  ...opt('state', row.state),
  ...opt('model', row.model),
  ...opt('tokens', row.tokens),
  ...opt('tokensPerSecond', row.tokens_per_second),
  ...opt('firstTokenMs', row.first_token_ms),
  ...opt('device', row.device),
  ...opt('seed', row.seed),
  ...opt('persona', row.persona),
  ...opt('note', row.note),
});

export const toConversation = (row: ConversationRow): Conversation => ({
  id: row.id,
  title: row.title,
  createdAt: row.created_at,
  changedAt: row.changed_at,
  messages: row.length,
  model: row.model,
  pinned: row.pinned === 1,
  folder: row.folder,
  persona: row.persona,
  shape: toShape(row.shape),
  ...opt('sources', toSources(row.sources)),
  ...opt('from', row.source === null ? null : (row.source.split(':', 1)[0] as Conversation['from'])),
});

/** @param model under which `tokens` and `room` would be asked for; of another one they say nothing */
export const toAttachment = (row: AttachmentRow, model?: string): Attachment => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  characters: row.characters,
  ...opt('pages', row.pages),
  ...(model !== undefined && row.measured_by === model && { ...opt('tokens', row.tokens), ...opt('room', row.room) }),
  ...opt('note', row.note),
});
