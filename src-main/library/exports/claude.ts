/**
 * One conversation of a Claude export: `chat_messages` in order, and since 2025 each with its `parent_message_uuid`.
 *
 * There is no official description. Text stands in `content` blocks and, joined and with stand-ins for what was no text,
 * in `text`; a long paste is an attachment without a name; the first message's parent is a fixed id that no message has.
 */
import type { ParsedConversation, ParsedMessage } from '../ports.ts';
import { fence } from './chatgpt.ts';
import { repairTree, type RawNode } from './repair.ts';
import {
  field,
  idOf,
  isObject,
  listOf,
  objectOf,
  present,
  shortOf,
  textOf,
  timeOf,
  type JsonObject,
} from './values.ts';

export const isClaude = (value: unknown): value is JsonObject => Array.isArray(field(value, 'chat_messages'));

/** @param value for which `isClaude` holds */
export function fromClaude(value: JsonObject): ParsedConversation {
  const all = listOf(value, 'chat_messages').filter(isObject);
  const tree = all.some((one) => idOf(one, 'parent_message_uuid') !== undefined);
  const nodes = all.map((one, i): RawNode => {
    const message = messageOf(one, shortOf(value, 'model', 100));
    return {
      id: idOf(one, 'uuid') ?? `#${i}`,
      parent: tree ? idOf(one, 'parent_message_uuid') : i === 0 ? undefined : (idOf(all[i - 1], 'uuid') ?? `#${i - 1}`),
      ...(message && { message }),
    };
  });
  const last = nodes.at(-1)?.id;
  const { messages, tip } = repairTree(nodes, idOf(value, 'current_leaf_message_uuid') ?? (tree ? undefined : last));
  const title = shortOf(value, 'name', 200) ?? '';
  const createdAt = timeOf(value, 'created_at');
  const folder = shortOf(objectOf(value, 'project'), 'name', 100);
  return {
    from: 'claude',
    id: idOf(value, 'uuid') ?? `${createdAt}:${messages[0]?.id}:${title}`,
    title,
    ...present({ createdAt, changedAt: timeOf(value, 'updated_at'), tip }),
    messages,
    ...(folder && { folder }),
    ...(field(value, 'is_starred') === true && { pinned: true }),
  };
}

/** @param usual the conversation's model, for answers that do not say theirs */
function messageOf(one: JsonObject, usual: string | undefined): RawNode['message'] {
  const sender = field(one, 'sender') ?? field(one, 'role');
  const role = sender === 'human' || sender === 'user' ? 'user' : sender === 'assistant' ? 'assistant' : undefined;
  if (!role) return undefined;
  const blocks = listOf(one, 'content')
    .map(blockText)
    .filter((text) => text.trim() !== '');
  const text = (blocks.length > 0 ? blocks.join('\n\n') : (textOf(one, 'text') ?? '')).trim();
  const attachments = attachmentsOf(one);
  if (text === '' && attachments.length === 0) return undefined;
  return {
    role,
    text,
    ...present({
      at: timeOf(one, 'created_at'),
      model: shortOf(one, 'model', 100) ?? (role === 'assistant' ? usual : undefined),
    }),
    ...(attachments.length > 0 && { attachments }),
  };
}

/** Text, and documents that were written for the person; thoughts, tools and what they answered were not on screen. */
function blockText(block: unknown): string {
  const type = field(block, 'type');
  if (type === 'text') return textOf(block, 'text') ?? '';
  if (type === 'image') return '[picture]';
  const input = objectOf(block, 'input');
  if (type !== 'tool_use' || !input) return '';
  const name = field(block, 'name');
  const code =
    name === 'artifacts' ? textOf(input, 'content') : name === 'create_file' ? textOf(input, 'file_text') : '';
  if (!code) return '';
  const title = shortOf(input, 'title', 200) ?? shortOf(input, 'path', 200);
  return `${title ? `${title}\n\n` : ''}${fence(code, textOf(input, 'language') ?? '')}`;
}

function attachmentsOf(one: JsonObject): NonNullable<ParsedMessage['attachments']> {
  const named = listOf(one, 'attachments').map((file) => {
    const text = textOf(file, 'extracted_content');
    return { name: nameOf(file) ?? 'pasted text', ...(text && { text }) };
  });
  const files = listOf(one, 'files').length > 0 ? listOf(one, 'files') : listOf(one, 'files_v2');
  const others = files.flatMap((file) => {
    const name = nameOf(file);
    return name && !named.some((other) => other.name === name) ? [{ name }] : [];
  });
  return [...named, ...others];
}

const nameOf = (file: unknown) => shortOf(file, 'file_name', 300);
