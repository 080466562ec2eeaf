/** Makes a tree of what an export calls one: whatever its pointers say, every kept message stands in it exactly once. */
import type { ParsedMessage } from '../ports.ts';

export interface RawNode {
  readonly id: string;
  readonly parent: string | undefined;
  /** Absent where nothing of the node is kept (system, tools, thoughts): what hangs on it moves up. */
  readonly message?: Omit<ParsedMessage, 'id' | 'parent'>;
}
export interface Repaired {
  /** In the order of the nodes, but for parents, which stand before their children. */
  readonly messages: readonly ParsedMessage[];
  /** The message that the current branch ends with; undefined only where there is no message. */
  readonly tip: string | undefined;
}

/** What our own limits allow an id to be; a longer one is only a name for a place in this tree, so another one does. */
const LONGEST_ID = 200;
const NONE = -1;

/**
 * A message whose parent is missing begins the conversation anew (a further first message); a circle is opened at its
 * first node; a second node of one id is a node of its own. An answer right below another answer, alone there, is its
 * continuation (tools and thoughts stood between them): both become one message, under the later one's id and time, so
 * that an export made between the two parts and one made after it differ in a message, not in a text.
 *
 * Linear in the number of nodes, and without recursion: exports have chains of 100,000.
 *
 * @param tip id of the node that the export calls current; the latest leaf where it names none
 */
export function repairTree(nodes: readonly RawNode[], tip?: string): Repaired {
  const at = new Map<string, number>();
  nodes.forEach(({ id }, i) => at.has(id) || at.set(id, i));
  const parents = opened(nodes.map(({ parent }) => (parent === undefined ? NONE : (at.get(parent) ?? NONE))));

  // The nearest kept ancestor of each node, roots first.
  const order = parentsFirst(parents);
  const above = new Int32Array(nodes.length).fill(NONE);
  for (const i of order) {
    const parent = parents[i]!;
    if (parent !== NONE) above[i] = nodes[parent]!.message ? parent : above[parent]!;
  }
  const kept = order.filter((i) => nodes[i]!.message);
  const children = new Int32Array(nodes.length);
  for (const i of kept) if (above[i] !== NONE) children[above[i]!]!++;

  /** One message each; several parts where an answer was continued. */
  const groups: Group[] = [];
  const group = new Int32Array(nodes.length).fill(NONE);
  for (const i of kept) {
    const parent = above[i] === NONE ? undefined : groups[group[above[i]!]!]!;
    if (parent && children[above[i]!] === 1 && continues(nodes, above[i]!, i)) {
      group[i] = group[above[i]!]!;
      parent.parts.push(i);
    } else group[i] = groups.push({ parent, parts: [i], id: '' }) - 1;
  }

  const taken = new Set<string>();
  const messages = groups.map((one): ParsedMessage => {
    const last = one.parts.at(-1)!;
    one.id = nodes[last]!.id.length > LONGEST_ID ? `#${last}` : nodes[last]!.id;
    while (taken.has(one.id)) one.id += `#${last}`;
    taken.add(one.id);
    return { id: one.id, parent: one.parent?.id ?? null, ...joinParts(nodes, one.parts) };
  });
  const named = tip === undefined ? undefined : at.get(tip);
  const nearest = named === undefined ? NONE : nodes[named]!.message ? named : above[named]!;
  return { messages, tip: nearest === NONE ? latestLeaf(messages) : groups[group[nearest]!]!.id };
}

interface Group {
  readonly parent: Group | undefined;
  readonly parts: number[];
  id: string;
}

const continues = (nodes: readonly RawNode[], parent: number, child: number) =>
  nodes[parent]!.message!.role === 'assistant' && nodes[child]!.message!.role === 'assistant';

function joinParts(nodes: readonly RawNode[], parts: readonly number[]): Omit<ParsedMessage, 'id' | 'parent'> {
  const all = parts.map((i) => nodes[i]!.message!);
  const last = all.at(-1)!;
  if (all.length === 1) return last;
  const at = all.findLast((one) => one.at !== undefined)?.at;
  const model = all.findLast((one) => one.model !== undefined)?.model;
  const attachments = all.flatMap((one) => one.attachments ?? []);
  return {
    role: last.role,
    text: all
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join('\n\n'),
    ...(at !== undefined && { at }),
    ...(model !== undefined && { model }),
    ...(attachments.length > 0 && { attachments }),
  };
}

/** The parents with every circle opened: its first node in the order of the export becomes a beginning. */
function opened(parents: readonly number[]): Int32Array {
  const open = Int32Array.from(parents);
  /** The walk on which a node was first met. */
  const walk = new Int32Array(open.length).fill(NONE);
  for (let start = 0; start < open.length; start++) {
    let i = start;
    while (i !== NONE && walk[i] === NONE) {
      walk[i] = start;
      i = open[i]!;
    }
    if (i === NONE || walk[i] !== start) continue;
    // Met on this very walk: from here the parents lead round.
    let first = i;
    for (let on = open[i]!; on !== i; on = open[on]!) first = Math.min(first, on);
    open[first] = NONE;
  }
  return open;
}

/** Indices so that each parent stands before its children, otherwise in the order of the export. */
function parentsFirst(parents: Int32Array): number[] {
  const placed = new Uint8Array(parents.length);
  const order: number[] = [];
  const above: number[] = [];
  for (let start = 0; start < parents.length; start++) {
    for (let i = start; i !== NONE && !placed[i]; i = parents[i]!) {
      placed[i] = 1;
      above.push(i);
    }
    while (above.length > 0) order.push(above.pop()!);
  }
  return order;
}

function latestLeaf(messages: readonly ParsedMessage[]): string | undefined {
  const inner = new Set(messages.map(({ parent }) => parent));
  let best: ParsedMessage | undefined;
  for (const one of messages) if (!inner.has(one.id) && (one.at ?? 0) >= (best?.at ?? 0)) best = one;
  return best?.id;
}
