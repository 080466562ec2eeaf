/** The branch on screen as plain values: whatever is joined or asked, what stands there is one path of the tree. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeId } from '../../core/fake-world.ts';
import type { Message } from '../../../src-main/assistant/door.ts';
import { answering, join, pending, type Branch, type Entry } from './branch.ts';
import { MOST, newest, settled } from './span.ts';

/** A path of `length` messages that leaves the first one at `fork`: its ids are those of the branch `name` from there. */
const path = (length: number, fork = length, name = 1): Message[] => {
  const id = (i: number) => fakeId(i < fork ? i : name * 10_000 + i);
  return Array.from({ length }, (_, i) => ({
    id: id(i), conversation: fakeId(9_999_999), parent: i === 0 ? null : id(i - 1), at: i, text: `${id(i)}`,
    role: i % 2 ? 'assistant' : 'user',
  })); // prettier-ignore
};
const here = (messages: readonly Message[], base: number): Branch => ({
  entries: messages.slice(base),
  base,
  more: base > 0,
});
const isPath = (entries: readonly Entry[]) => entries.every((one, i) => i === 0 || one.parent === entries[i - 1]!.id);
const runs = 500;

test('a page of another branch that meets what is here leaves one path, at its place', () => {
  fc.assert(
    fc.property(
      fc.record({ old: fc.integer({ min: 1, max: 60 }), next: fc.integer({ min: 1, max: 60 }) }),
      fc.nat(59),
      fc.nat(59),
      fc.nat(59),
      ({ old, next }, atFork, atBase, atPage) => {
        const fork = Math.min(atFork, old - 1, next - 1);
        const base = Math.min(atBase, old - 1);
        const branch = path(next, fork, 2);
        // As it is read: back to a message that is here, or at least as far as what is here went.
        const from = Math.min(atPage, next - 1, Math.max(base, 0));
        const joined = join(here(path(old), base), { messages: branch.slice(from), total: next, more: from > 0 });
        expect(isPath(joined.entries)).toBe(true);
        expect(joined.entries.at(-1)!.id).toBe(branch.at(-1)!.id);
        expect(joined.base).toBe(next - joined.entries.length);
        expect(joined.more).toBe(joined.base > 0);
      },
    ),
    { numRuns: runs, seed: 4 },
  );
});

test('messages that did not change stay the same objects', () => {
  const branch = here(path(10), 0);
  const fresh = structuredClone(path(10)).slice(4);
  fresh[5] = { ...fresh[5]!, text: 'changed' };
  const { entries } = join(branch, { messages: fresh, total: 10, more: true });
  expect(entries.map((one, i) => one === branch.entries[i])).toEqual([...Array<boolean>(9).fill(true), false]);
});

test('a question after any answer takes the place of what came next, and both are versions', () => {
  const branch = here(path(6), 0);
  const asked = pending(branch, { text: 'again', parent: branch.entries[1]!.id }, 1);
  expect(asked.entries).toHaveLength(4);
  expect(isPath(asked.entries)).toBe(true);
  expect(asked.entries[2]).toMatchObject({ text: 'again', versions: [branch.entries[2]!.id, 'pending-question'] });
  const first = pending(branch, { text: 'new', parent: null }, 1);
  expect(first.entries.map(({ text }) => text)).toEqual(['new', '']);
  const last = pending(branch, { text: 'more' }, 1);
  expect(last.entries).toHaveLength(8);
  expect(last.entries[6]!.versions).toBeUndefined();
});

test('a question whose branch is off the screen stands alone until the branch is read', () => {
  const asked = pending(here(path(60), 20), { text: 'lost', parent: 'elsewhere' }, 1);
  expect(asked).toMatchObject({ base: 0, more: false });
  expect(asked.entries.map(({ text }) => text)).toEqual(['lost', '']);
});

test('an answer that begins takes its place once, however often it is told of', () => {
  const branch = pending(here(path(2), 0), { text: 'more' }, 1);
  const once = answering(branch.entries, 'q', 'a', 2);
  expect(isPath(once)).toBe(true);
  expect(once.map(({ id }) => id)).toEqual([fakeId(0), fakeId(1), 'q', 'a']);
  expect(answering(once, 'q', 'a', 3)).toEqual(once);
  const again = answering(once, 'q', 'b', 4);
  expect(again.at(-1)).toMatchObject({ id: 'b', parent: 'q', versions: ['a', 'b'], text: '' });
  expect(answering(again, 'q', 'c', 5).at(-1)!.versions).toEqual(['a', 'b', 'c']);
});

test('a span over a branch that changed is within it and short', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(20_000), fc.nat(20_000), fc.boolean(), fc.boolean(), (a, b, c, open, atEnd) => {
      const base = Math.min(a, b);
      const end = Math.max(a, b);
      const span = { from: c, to: open ? Infinity : c + 30 };
      const next = settled(span, base, end, atEnd);
      const shown = Math.min(next.to, end) - Math.max(next.from, base);
      expect(shown).toBeLessThanOrEqual(MOST);
      if (end > base) expect(shown).toBeGreaterThan(0);
      if (end > base && (c >= end || span.to <= base)) expect(next).toEqual(newest(base, end));
    }),
    { numRuns: runs, seed: 4 },
  );
});
