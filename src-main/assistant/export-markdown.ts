/** One conversation as Markdown: its current branch, for people and for other programs' note folders. */
import type { WholeMessage } from './bulk.ts';
import type { Whole } from './export-lines.ts';

const PROGRAMS = { chatgpt: 'ChatGPT', claude: 'Claude', daimon: 'daimon' };
const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
/** On one line. */
const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
const quoted = (text: string) => JSON.stringify(flat(text));

/** What stands before everything; a JSON string is also a YAML string. */
export const frontMatter = ({ conversation: { title, createdAt, changedAt, from } }: Whole): string =>
  [
    '---',
    `title: ${quoted(title)}`,
    `created: ${new Date(createdAt).toISOString()}`,
    `changed: ${new Date(changedAt).toISOString()}`,
    ...(from ? [`from: ${PROGRAMS[from]}`] : []),
    '---',
    '',
    '',
  ].join('\n');

/**
 * Title, date, and each turn of the current branch with who, when and which model. Texts stand as they are: they are
 * Markdown themselves. Attachments are named, not repeated.
 *
 * @param name the daimon's
 */
export function* toMarkdown(whole: Whole, name: string): Generator<string> {
  const { conversation } = whole;
  const { createdAt, changedAt, folder, from } = conversation;
  const facts = [
    day(createdAt) === day(changedAt) ? day(createdAt) : `${day(createdAt)} to ${day(changedAt)}`,
    ...(folder === null ? [] : [`in ${flat(folder)}`]),
    ...(from ? [`brought from ${PROGRAMS[from]}`] : []),
  ];
  yield `# ${flat(conversation.title) || '…'}\n\n*${facts.join(' · ')}*\n`;
  for (const message of branch(whole)) {
    const { role, at, text, documents, model, state } = message;
    const who = role === 'user' ? 'You' : writer(message, from, name);
    yield `\n## ${who}${model ? ` (${flat(model)})` : ''} · ${minute(at)}\n\n`;
    if (documents.length > 0) yield `*Attached: ${documents.map((one) => flat(one.name)).join(', ')}*\n\n`;
    if (text !== '') yield `${text.replace(/\s+$/, '')}\n`;
    if (state !== undefined && state !== 'done')
      yield `${text === '' ? '' : '\n'}*(This answer did not come to its end.)*\n`;
  }
}

/** Answers that were brought have none of the figures that ours have. */
function writer({ device, tokens }: WholeMessage, from: keyof typeof PROGRAMS | undefined, name: string): string {
  const brought = device === undefined && tokens === undefined;
  return brought && (from === 'chatgpt' || from === 'claude') ? PROGRAMS[from] : flat(name);
}

function branch({ messages, tip }: Whole): WholeMessage[] {
  const all = new Map<string, WholeMessage>(messages.map((one) => [one.id, one]));
  const up: WholeMessage[] = [];
  for (let at = tip === null ? undefined : all.get(tip); at; at = at.parent === null ? undefined : all.get(at.parent))
    up.push(at);
  return up.reverse();
}
