/** Turns of a conversation, rendered by a template, become the tokens of a prompt; what people wrote stays plain text. */
import type { Turn } from './ports.ts';

/** A part of a rendered conversation, in order. */
export type Segment =
  /** The template's own marks, as tokens: only these may be special. */
  | { readonly ids: readonly number[] }
  /** Text of the template that is no mark. */
  | { readonly text: string }
  /** Where the text of this turn stands; `lead` goes before an answer unless its own first token carries the blank. */
  | { readonly turn: number; readonly lead?: string };

export interface Tokenizer {
  /** Plain text only: what looks like a mark of the template becomes ordinary characters. */
  plain(text: string, startsText: boolean): readonly number[];
  /** Token that must come first, if the model wants one. */
  readonly bos: number | undefined;
}

export interface Prompt {
  readonly tokens: readonly number[];
  /** Tokens of each turn with its share of the template. */
  readonly perTurn: readonly number[];
  /** Tokens of the answer that is to be continued; 0 when a new one begins. */
  readonly open: number;
}

interface PromptOptions {
  readonly turns: readonly Turn[];
  readonly segments: readonly Segment[];
  readonly tokenizer: Tokenizer;
  /** Tokens with which an answer was written, see kept.ts. */
  find?(text: string): readonly number[] | undefined;
}

/**
 * Plain text that touches plain text is tokenised together, as the model saw it in training; marks and answers are
 * boundaries.
 */
export function buildPrompt({ turns, segments, tokenizer, find }: PromptOptions): Prompt {
  const tokens: number[] = [];
  const perTurn = turns.map(() => 0);
  let counted = 0;
  let plain = '';
  let open = 0;
  const flush = () => {
    if (plain !== '') append(tokens, tokenizer.plain(plain, tokens.length === 0));
    plain = '';
  };
  const charge = (turn: number) => {
    if (turn in perTurn) perTurn[turn]! += tokens.length - counted;
    counted = tokens.length;
  };

  if (tokenizer.bos !== undefined) tokens.push(tokenizer.bos);
  for (const segment of segments) {
    if ('text' in segment) plain += segment.text;
    else if ('ids' in segment) {
      flush();
      // Some templates write the first token themselves.
      const doubled = tokens.length === 1 && tokens[0] === tokenizer.bos && segment.ids[0] === tokenizer.bos;
      append(tokens, doubled ? segment.ids.slice(1) : segment.ids);
    } else {
      const turn = turns[segment.turn]!;
      if (turn.role === 'assistant') {
        flush();
        const from = tokens.length;
        const fresh = () => (turn.text === '' ? [] : tokenizer.plain((segment.lead ?? '') + turn.text, from === 0));
        append(tokens, find?.(turn.text) ?? fresh());
        if (segment.turn === turns.length - 1) open = tokens.length - from;
      } else {
        plain += turn.text;
        flush();
      }
      // Marks before a text count towards it; those after it, towards the next.
      charge(segment.turn);
    }
  }
  flush();
  charge(turns.length - 1);
  return { tokens, perTurn, open };
}

/** Turns of which the template's share is learned; their texts must not be empty. */
const SAMPLE = [
  { role: 'system', text: 'a' },
  { role: 'user', text: 'a' },
  { role: 'assistant', text: 'a' },
  { role: 'user', text: 'a' },
] as const;

/**
 * Makes a counter of the tokens of each turn with its share of the template.
 *
 * Rooms above measure parts of a conversation, one turn alone or the newest first; templates that insist on turns in
 * pairs refuse those. So the share of the marks is learned once, from a conversation that every template takes. The
 * counts of a whole conversation that begins with a system turn are those of its prompt.
 */
export function turnCounter(
  render: (turns: readonly Turn[], open: boolean) => readonly Segment[],
  tokenizer: Tokenizer,
): (turns: readonly Turn[]) => number[] {
  const one = tokenizer.plain('a', false).length;
  const { perTurn } = buildPrompt({ turns: SAMPLE, segments: render(SAMPLE, false), tokenizer });
  const [system, user, assistant, last] = perTurn.map((count) => Math.max(0, count - one)) as [
    number,
    number,
    number,
    number,
  ];
  return (turns) =>
    turns.map(({ role, text }, i) => {
      const marks = { system, assistant, user: i === turns.length - 1 ? last : user }[role];
      return marks + (text === '' ? 0 : tokenizer.plain(text, false).length);
    });
}

/** `push(...)` with a long list overflows the stack. */
function append(to: number[], from: readonly number[]): void {
  for (const token of from) to.push(token);
}
