/** One conversation as Markdown: its current branch, for people and for other programs' note folders. */
import type { WholeMessage } from './bulk.ts';
import type { Whole } from './export-lines.ts';
import { mapProse } from './prose.ts';

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
  for (const [i, message] of branch(whole).entries()) {
    const { role, at, text, documents, model, state } = message;
    const who = role === 'user' ? 'You' : writer(message, from, name);
    yield `\n## ${who}${model ? ` (${flat(model)})` : ''} · ${minute(at)}\n\n`;
    if (documents.length > 0) yield `*Attached: ${documents.map((one) => flat(one.name)).join(', ')}*\n\n`;
    if (text !== '') yield `${withFootnotes(message, i + 1).replace(/\s+$/, '')}\n`;
    if (state !== undefined && state !== 'done')
      yield `${text === '' ? '' : '\n'}*(This answer did not come to its end.)*\n`;
    yield* footnotes(message, i + 1);
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

/** Numbers of an answer become footnotes of the file, where every answer has its own. */
const withFootnotes = ({ text, sources = [] }: WholeMessage, turn: number): string =>
  sources.length === 0
    ? text
    : mapProse(text, (prose) =>
        prose.replace(/\[(\d{1,3})\]/g, (mark, n) =>
          sources.some((one) => one.n === Number(n)) ? `[^${turn}-${n}]` : mark,
        ),
      );

/** What each number points to; sources that the answer does not point to are not told. */
function* footnotes({ sources = [] }: WholeMessage, turn: number): Generator<string> {
  const cited = sources.filter((one) => one.cited);
  if (cited.length > 0) yield '\n';
  for (const { n, name, title, page, heading, quote, gone } of cited) {
    const where = [name, title === name ? undefined : title, page === undefined ? undefined : `page ${page}`, heading];
    const what = gone ? '(taken out)' : quote === '' ? '' : `“${flat(quote)}”`;
    yield `[^${turn}-${n}]: ${where.flatMap((one) => (one === undefined ? [] : flat(one))).join(', ')}${what && `: ${what}`}\n`;
  }
}
