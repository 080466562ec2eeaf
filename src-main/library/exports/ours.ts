/** One line of daimon's own export (docs/decisions/exports.md): the whole tree, and nothing that needs daimon to be read. */
import * as v from 'valibot';
import { cut } from '../cut.ts';
import { documentKind } from '../door.ts';
import type { ParsedConversation, ParsedMessage, ParsedSource } from '../ports.ts';
import { MOST_SOURCES } from '../process-door.ts';
import { repairTree, type RawNode } from './repair.ts';
import { field, idOf, isObject, listOf, present, shortOf, textOf, timeOf, type JsonObject } from './values.ts';

/** Of the format. It goes up when an older daimon could no longer read what a newer one writes. */
export const VERSION = 1;

export const isOurs = (value: unknown): value is JsonObject => field(value, 'daimon') === 'conversation';

/** @returns the conversation, or why it cannot be read */
export function fromOurs(value: JsonObject): ParsedConversation | string {
  const version = field(value, 'version');
  if (typeof version !== 'number' || version > VERSION) return 'It was written by a newer daimon.';
  const nodes = listOf(value, 'messages')
    .filter(isObject)
    .map((one, i): RawNode => {
      const parent = idOf(one, 'parent');
      const role = field(one, 'role');
      const message = role === 'user' || role === 'assistant' ? messageOf(one, role) : undefined;
      return { id: idOf(one, 'id') ?? `#${i}`, parent, ...(message && { message }) };
    });
  const { messages, tip } = repairTree(nodes, idOf(value, 'tip'));
  const from = field(value, 'from');
  const title = textOf(value, 'title') ?? '';
  return {
    // Where it was first brought from: then it is known, whichever of the two exports comes first.
    from: from === 'chatgpt' || from === 'claude' ? from : 'daimon',
    id: idOf(value, 'id') ?? `${messages[0]?.at}:${title}`,
    title,
    ...present({
      createdAt: timeOf(value, 'created'),
      changedAt: timeOf(value, 'changed'),
      tip,
      folder: shortOf(value, 'folder', 100),
    }),
    messages,
    ...(field(value, 'pinned') === true && { pinned: true }),
  };
}

function messageOf(one: JsonObject, role: ParsedMessage['role']): NonNullable<RawNode['message']> {
  const attachments = listOf(one, 'attachments').flatMap((file) => {
    const name = cut(textOf(file, 'name') ?? '', 300);
    const text = textOf(file, 'text');
    return field(file, 'name') === undefined ? [] : [{ name, ...(text !== undefined && text !== '' && { text }) }];
  });
  const state = field(one, 'state');
  const sources = role === 'assistant' && Array.isArray(field(one, 'sources')) ? sourcesOf(one) : undefined;
  return {
    role,
    text: textOf(one, 'text') ?? '',
    ...present({ at: timeOf(one, 'at'), model: shortOf(one, 'model', 100) }),
    ...(attachments.length > 0 && { attachments }),
    ...(sources && { sources }),
    ...(role === 'assistant' && (state === 'stopped' || state === 'cut-off' || state === 'failed') && { state }),
  };
}

/** Files and quotes of an answer; what says nothing is left out, and so is a number's second coming. */
function sourcesOf(one: JsonObject): ParsedSource[] {
  const seen = new Set<number>();
  return listOf(one, 'sources')
    .slice(0, MOST_SOURCES)
    .flatMap((each): ParsedSource[] => {
      const n = field(each, 'n');
      const kind = v.safeParse(documentKind, field(each, 'kind'));
      const weight = field(each, 'weight');
      const page = field(each, 'page');
      const name = shortOf(each, 'name', 300);
      if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 1 || n > 999 || seen.has(n)) return [];
      if (!kind.success || name === undefined) return [];
      seen.add(n);
      return [
        {
          n,
          file: cut(textOf(each, 'file') ?? name, 4096),
          name,
          kind: kind.output,
          ...present({
            title: shortOf(each, 'title', 1000),
            page: Number.isSafeInteger(page) ? (page as number) : undefined,
            heading: shortOf(each, 'heading', 1000),
            date: timeOf(each, 'date'),
          }),
          quote: cut(textOf(each, 'quote') ?? '', 2000),
          ...(field(each, 'cited') === true && { cited: true }),
          ...(field(each, 'gone') === true && { gone: true }),
          ...((weight === 'much' || weight === 'little' || weight === 'none') && { weight }),
        },
      ];
    });
}
