/** Conversations without a template, and templates' texts cut into the parts of a prompt. */
import type { Turn } from './ports.ts';
import type { Segment } from './prompt.ts';

/** A conversation that every template takes. */
export const EXCHANGE: readonly Turn[] = (['system', 'user', 'assistant', 'user'] as const).map((role) => ({
  role,
  text: 'a',
}));

/** A rendered text, cut where marks `…N;` stand for the texts of turns. */
export function* splitAtMarks(value: string, marks: RegExp): Generator<Segment> {
  let from = 0;
  for (const match of value.matchAll(marks)) {
    if (match.index > from) yield { text: value.slice(from, match.index) };
    yield { turn: Number(match[1]) };
    from = match.index + match[0].length;
  }
  if (from < value.length) yield { text: value.slice(from) };
}

/** For a base model: lines that any text model has seen. */
export const plainLines = {
  stopStrings: ['\nUser:', '\nAssistant:'],
  render(turns: readonly Turn[], open: boolean): Segment[] {
    const segments = turns.flatMap(({ role }, turn): Segment[] => {
      const break_: Segment[] = turn === 0 ? [] : [{ text: '\n' }];
      if (role === 'system') return [...break_, { turn }, { text: '\n' }];
      if (role === 'user') return [...break_, { text: 'User: ' }, { turn }];
      return [...break_, { text: 'Assistant:' }, { turn, lead: ' ' }];
    });
    return open ? segments : [...segments, { text: '\nAssistant:' }];
  },
};
