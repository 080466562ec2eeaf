/** One conversation as a line of JSON: the format of docs/decisions/exports.md, read back by library/exports/ours.ts. */
import type { WholeMessage } from './bulk.ts';
import type { Conversation, UsedSource } from './door.ts';

export interface Whole {
  readonly conversation: Conversation;
  readonly tip: string | null;
  /** `chatgpt:ID`, where it was brought from; null: begun here. */
  readonly source: string | null;
  /** Parents before children. */
  readonly messages: readonly WholeMessage[];
}

const date = (at: number) => new Date(at).toISOString();

/**
 * The whole tree. Messages are numbered within the line, so that the same conversation gives the same line in every
 * daimon that it was brought to.
 */
export function toLine({ conversation, tip, source, messages }: Whole): string {
  const numbers = new Map<string, number>(messages.map(({ id }, i) => [id, i]));
  const [program, origin] = source === null ? [undefined, undefined] : split(source);
  return `${JSON.stringify({
    daimon: 'conversation',
    version: 1,
    // As whoever it was brought from calls it.
    id: origin ?? conversation.id,
    ...(program !== undefined && program !== 'daimon' && { from: program }),
    title: conversation.title,
    created: date(conversation.createdAt),
    changed: date(conversation.changedAt),
    ...(conversation.folder !== null && { folder: conversation.folder }),
    ...(conversation.pinned && { pinned: true }),
    ...(tip !== null && { tip: numbers.get(tip) }),
    messages: messages.map((one, i) => ({
      id: i,
      parent: one.parent === null ? null : numbers.get(one.parent),
      role: one.role,
      at: date(one.at),
      ...(one.model !== undefined && { model: one.model }),
      ...(one.state !== undefined &&
        one.state !== 'done' && { state: one.state === 'writing' ? 'cut-off' : one.state }),
      text: one.text,
      ...(one.sources && { sources: one.sources.map(toSource) }),
      ...(one.documents.length > 0 && {
        attachments: one.documents.map(({ name, text }) => ({ name, ...(text !== '' && { text }) })),
      }),
    })),
  })}\n`;
}

/** What an answer was made from; numbers of our own database say nothing elsewhere. */
const toSource = ({ passage: _p, document: _d, date: at, cited, ...rest }: UsedSource) => ({
  ...rest,
  ...(at !== undefined && { date: date(at) }),
  ...(cited && { cited }),
});

function split(source: string): [string, string] {
  const at = source.indexOf(':');
  return [source.slice(0, at), source.slice(at + 1)];
}
