/** Trees out of whatever pointers an export has. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repairTree, type RawNode } from './repair.ts';

const runs = process.env['DAIMON_LONG'] ? 20_000 : 500;
const said = (id: string, parent: string | undefined, role: 'user' | 'assistant' = 'user'): RawNode => ({
  id,
  parent,
  message: { role, text: `text of ${id}` },
});
const brief = (nodes: RawNode[], tip?: string) => {
  const tree = repairTree(nodes, tip);
  return [tree.messages.map(({ id, parent }) => `${parent ?? ''}>${id}`).join(' '), tree.tip];
};

test('orphans begin anew, circles open at their first node, children may stand before parents', () => {
  expect(brief([said('b', 'a'), said('a', undefined)])).toEqual(['>a a>b', 'b']);
  expect(brief([said('a', 'lost'), said('b', 'a')])).toEqual(['>a a>b', 'b']);
  expect(brief([said('x', 'a'), said('a', 'c'), said('b', 'a'), said('c', 'b')])).toEqual(['>a a>x a>b b>c', 'c']);
  expect(brief([said('a', 'a')])).toEqual(['>a', 'a']);
});

test('what is not kept is bridged, also for the tip', () => {
  const gone = (id: string, parent?: string): RawNode => ({ id, parent });
  expect(
    brief([gone('r'), said('a', 'r'), gone('t', 'a'), gone('t2', 't'), said('b', 't2'), gone('e', 'b')], 'e'),
  ).toEqual(['>a a>b', 'b']);
  expect(brief([gone('r'), said('a', 'r'), said('b', 'a')], 'r')).toEqual(['>a a>b', 'b']);
  expect(brief([gone('r')])).toEqual(['', undefined]);
});

test('an answer goes on in the next one; beside another it stays a message of its own', () => {
  const u = said('u', undefined);
  expect(repairTree([u, said('a', 'u', 'assistant'), said('b', 'a', 'assistant'), said('v', 'b')], 'a')).toEqual({
    messages: [
      { id: 'u', parent: null, role: 'user', text: 'text of u' },
      { id: 'b', parent: 'u', role: 'assistant', text: 'text of a\n\ntext of b' },
      { id: 'v', parent: 'b', role: 'user', text: 'text of v' },
    ],
    tip: 'b',
  });
  expect(brief([u, said('a', 'u', 'assistant'), said('b', 'a', 'assistant'), said('c', 'a', 'assistant')])).toEqual([
    '>u u>a a>b a>c',
    'c',
  ]);
  expect(brief([said('u', undefined), said('v', 'u')])).toEqual(['>u u>v', 'v']);
});

test('of two nodes with one id both are kept', () => {
  expect(brief([said('a', undefined), said('b', 'a'), said('b', 'a'), said('c', 'b')])).toEqual([
    '>a a>b a>b#2 b>c',
    'c',
  ]);
});

test('whatever the pointers: a tree, parents first, every kept text once, branches as they were', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '__proto__', 'constructor');
  const node = fc.record({
    id: name,
    parent: fc.option(name, { nil: undefined }),
    kept: fc.constantFrom('user', 'assistant', undefined),
  });
  fc.assert(
    fc.property(fc.array(node, { maxLength: 14 }), fc.option(name, { nil: undefined }), (raw, tip) => {
      const nodes = raw.map(({ id, parent, kept }, i): RawNode => ({
        id,
        parent,
        ...(kept && { message: { role: kept, text: `<${i}>` } }),
      }));
      const { messages, tip: end } = repairTree(nodes, tip);
      const seen = new Set<string>();
      for (const { id, parent } of messages) {
        expect(seen.has(id)).toBe(false);
        if (parent !== null) expect(seen.has(parent)).toBe(true);
        seen.add(id);
      }
      const texts = messages.flatMap(({ text }) => text.split('\n\n')).toSorted();
      expect(texts).toEqual(nodes.flatMap(({ message }) => (message ? [message.text] : [])).toSorted());
      if (messages.length > 0) expect(seen.has(end!)).toBe(true);
      else expect(end).toBeUndefined();
      // What was repaired once needs no repair.
      const again = repairTree(
        messages.map(({ id, parent, ...message }) => ({ id, parent: parent ?? undefined, message })),
        end,
      );
      expect(again).toEqual({ messages, tip: end });
    }),
    { numRuns: runs, seed: 3 },
  );
});
