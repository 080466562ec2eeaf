/** Conversations with an assistant as documents: what was said on the current branch, and the texts that were handed over. */
import type { Told } from '../parts.ts';
import { oneLine, partOf } from '../parts-finish.ts';
import type { ParsedConversation, ParsedMessage } from '../ports.ts';
import type { Told as ToldConversation } from '../process-door.ts';
import { tidy } from '../readers/tidy.ts';

/** Every conversation becomes a part of its own, as soon as it is read. */
export async function* partsOfConversations(conversations: AsyncIterable<ToldConversation>): AsyncGenerator<Told> {
  for await (const told of conversations)
    if (told.kind === 'refused') yield told;
    else yield* partsOf(told.conversation);
}

function* partsOf(conversation: ParsedConversation): Generator<Told> {
  const branch = current(conversation);
  const date = conversation.changedAt ?? branch.findLast(({ at }) => at !== undefined)?.at ?? conversation.createdAt;
  const dated = date !== undefined ? { date } : {};
  const text = tidy(branch.map(spoken).join('\n\n'));
  const title = oneLine(conversation.title) || oneLine(branch[0]?.text ?? '', 80);
  yield* partOf({ kind: 'conversation', text, title, ...dated });
  for (const { attachments = [] } of branch)
    for (const { name, text: read } of attachments)
      if (read?.trim()) yield* partOf({ kind: 'text', text: tidy(read), title: `${title} › ${name}`, ...dated });
}

/** From the beginning to the message that the conversation ended with; other versions of a turn are left out. */
function current({ messages, tip }: ParsedConversation): ParsedMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: ParsedMessage[] = [];
  for (let at = byId.get(tip ?? '') ?? messages.at(-1); at; at = at.parent === null ? undefined : byId.get(at.parent)) {
    branch.push(at);
    // Parents stand before their children, so this ends; a taken-over id would be a circle all the same.
    byId.delete(at.id);
  }
  return branch.reverse();
}

function spoken({ role, text, attachments = [] }: ParsedMessage): string {
  const files = attachments.map(({ name }) => oneLine(name)).filter((name) => name !== '');
  const said = `${role === 'user' ? 'You' : 'Assistant'}: ${text.trim()}`;
  return files.length > 0 ? `${said}\n\nAttached: ${files.join(', ')}` : said;
}
