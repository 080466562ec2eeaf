/**
 * One conversation of a ChatGPT export: a `mapping` of nodes with `parent` and `children`, and the `current_node`.
 *
 * There is no official description. This follows exports of 2023 to 2026 and what others found in theirs (such as
 * github.com/mohamed-chs/convoviz, docs/dev/chatgpt-spec.md, version 3.0): one `conversations.json`, since 2026 cut into
 * `conversations-000.json` and so on.
 */
import type { ParsedConversation, ParsedMessage } from '../ports.ts';
import { repairTree, type RawNode } from './repair.ts';
import {
  clean,
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

export const isChatgpt = (value: unknown): value is JsonObject => objectOf(value, 'mapping') !== undefined;

/** @param value for which `isChatgpt` holds */
export function fromChatgpt(value: JsonObject): ParsedConversation {
  const mapping = objectOf(value, 'mapping')!;
  const ids = Object.keys(mapping);
  const parents = new Map<string, string>();
  for (const id of ids)
    for (const child of listOf(mapping[id], 'children'))
      if (typeof child === 'string' && !parents.has(child)) parents.set(child, id);
  const nodes = ids.map((id): RawNode => {
    const node = mapping[id];
    const parent = idOf(node, 'parent');
    const message = messageOf(objectOf(node, 'message'));
    // Where a node does not know its parent, its parent may know it.
    const known = parent !== undefined && Object.hasOwn(mapping, parent) ? parent : parents.get(id);
    return message ? { id, parent: known, message } : { id, parent: known };
  });
  const { messages, tip } = repairTree(nodes, idOf(value, 'current_node'));
  const title = shortOf(value, 'title', 200) ?? '';
  const createdAt = timeOf(value, 'create_time');
  return {
    from: 'chatgpt',
    id: idOf(value, 'conversation_id') ?? idOf(value, 'id') ?? `${createdAt}:${messages[0]?.id}:${title}`,
    title,
    ...present({ createdAt, changedAt: timeOf(value, 'update_time'), tip }),
    messages,
    ...((field(value, 'is_starred') === true || timeOf(value, 'pinned_time') !== undefined) && { pinned: true }),
  };
}

/** @returns undefined for everything that people do not see as a turn: system, tools and calls of them, thoughts */
function messageOf(message: JsonObject | undefined): RawNode['message'] {
  const role = field(field(message, 'author'), 'role');
  const content = objectOf(message, 'content');
  const metadata = objectOf(message, 'metadata');
  if (!content || field(metadata, 'is_visually_hidden_from_conversation') === true) return undefined;
  const picture = role === 'tool' && isPicture(content);
  if (role !== 'user' && role !== 'assistant' && !picture) return undefined;
  const text = wordsOf(content, field(message, 'recipient')).trim();
  const attachments = attachmentsOf(metadata);
  if (text === '' && attachments.length === 0) return undefined;
  return {
    role: role === 'user' ? 'user' : 'assistant',
    text,
    ...present({ at: timeOf(message, 'create_time'), model: shortOf(metadata, 'model_slug', 100) }),
    ...(attachments.length > 0 && { attachments }),
  };
}

/** What the picture tool answered with stands in the conversation as the assistant's. */
const isPicture = (content: JsonObject) =>
  field(content, 'content_type') === 'multimodal_text' &&
  listOf(content, 'parts').some((part) => field(part, 'content_type') === 'image_asset_pointer');

function wordsOf(content: JsonObject, recipient: unknown): string {
  if (recipient === 'canmore.create_textdoc') return canvas(parts(content));
  const toAll = recipient === undefined || recipient === null || recipient === 'all';
  switch (field(content, 'content_type')) {
    case 'code': {
      const code = textOf(content, 'text') ?? '';
      const language = textOf(content, 'language');
      // A program for the interpreter was part of the answer on screen; searches and other calls were not.
      if (!toAll && recipient !== 'python') return '';
      return code.trim() && fence(code, language && language !== 'unknown' ? language : toAll ? '' : 'python');
    }
    case 'text':
    case 'multimodal_text':
    case undefined:
      return toAll ? parts(content) : '';
    // Thoughts and their recap, the person's standing instructions, pages that were browsed, errors of tools.
    default:
      return '';
  }
}

/** A document that was written beside the conversation; the call that made it holds its first text. */
function canvas(call: string): string {
  try {
    const made: unknown = JSON.parse(call);
    const text = textOf(made, 'content') ?? '';
    const [, language] = (textOf(made, 'type') ?? '').split('/');
    const title = shortOf(made, 'name', 200);
    return `${title ? `${title}\n\n` : ''}${language ? fence(text, language) : text}`;
  } catch {
    return '';
  }
}

function parts(content: JsonObject): string {
  const words = listOf(content, 'parts').map((part): string => {
    if (typeof part === 'string') return clean(part);
    if (!isObject(part)) return '';
    const said = textOf(part, 'text');
    switch (field(part, 'content_type')) {
      case 'image_asset_pointer':
        return '[picture]';
      case 'audio_transcription':
        return said ?? '';
      case 'audio_asset_pointer':
      case 'real_time_user_audio_video_asset_pointer':
        // What was said stands in its transcription.
        return '';
      case 'video_container_asset_pointer':
        return '[video]';
      default:
        return said ?? '';
    }
  });
  const text = words.filter((word) => word !== '').join('\n\n');
  return text !== '' || content['parts'] !== undefined ? text : (textOf(content, 'text') ?? '');
}

function attachmentsOf(metadata: JsonObject | undefined): NonNullable<ParsedMessage['attachments']> {
  return listOf(metadata, 'attachments').flatMap((one) => {
    const name = shortOf(one, 'name', 300);
    return name ? [{ name }] : [];
  });
}

/** A code block whose fence is longer than any inside it. */
export function fence(code: string, language: string): string {
  let longest = 2;
  // A loop: as arguments of one call a million of them would overflow the stack.
  for (const [ticks] of code.matchAll(/`{3,}/g)) longest = Math.max(longest, ticks.length);
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language.replace(/[^\w+#.-]/g, '').slice(0, 30)}\n${code.replace(/\n$/, '')}\n${ticks}`;
}
