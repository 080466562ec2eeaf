/** The thread that looks through folders: a slow disk, or one that hangs, holds up nobody but it. */
import { parentPort } from 'node:worker_threads';
import { walkTree, type Counted, type Entry, type Tree } from './tree.ts';

export type ToWalker =
  | { readonly kind: 'begin'; readonly id: number; readonly tree: Tree; readonly countOnly: boolean }
  | { readonly kind: 'next'; readonly id: number }
  | { readonly kind: 'stop'; readonly id: number };
export interface FromWalker {
  readonly id: number;
  readonly entries: readonly Entry[];
  readonly counted: Counted;
  readonly done: boolean;
}

/** Of one answer: little enough that the core's thread compares it in a few milliseconds. */
const MOST_ENTRIES = 250;
const MOST_MS = 60;

interface Walk {
  readonly entries: Iterator<Entry | undefined, void>;
  readonly counted: Counted;
  readonly countOnly: boolean;
}
const walks = new Map<number, Walk>();
const port = parentPort!;

port.on('message', (message: ToWalker) => {
  const { id } = message;
  if (message.kind === 'begin') {
    const counted: Counted = { files: 0, folders: 0, bytes: 0, left: 0, closed: 0 };
    walks.set(id, { entries: walkTree(message.tree, counted), counted, countOnly: message.countOnly });
    return;
  }
  if (message.kind === 'stop') {
    walks.delete(id);
    return;
  }
  const walk = walks.get(id);
  if (!walk) return;
  const entries: Entry[] = [];
  const until = performance.now() + MOST_MS;
  let done = false;
  while (entries.length < MOST_ENTRIES) {
    const next = walk.entries.next();
    if (next.done) {
      done = true;
      break;
    }
    if (next.value && !walk.countOnly) entries.push(next.value);
    if (performance.now() > until) break;
  }
  if (done) walks.delete(id);
  port.postMessage({ id, entries, counted: { ...walk.counted }, done } satisfies FromWalker);
});
