/** Reads a GBNF grammar before llama.cpp does, which dies or never returns on some of those that this refuses. */
import { Fault } from '../wire/index.ts';

/** A grammar of a programming language has a few hundred lines; these are far above it. */
export const GRAMMAR_LIMITS = {
  /** Characters of text. */
  text: 65_536,
  /** Groups within groups: the parser there recurses for each. */
  nesting: 64,
  /** Copies of one element: where llama.cpp itself gives up. */
  repeats: 1999,
  /** Characters and references after repetitions are written out. */
  elements: 1 << 20,
  /** Rules that begin with a rule that begins with a rule …: its search for left recursion recurses for each. */
  chain: 1000,
  /** Visits of that search, which enters a rule anew from each place: ten rules `a ::= b | b` already are 1,024. */
  visits: 1 << 15,
} as const;

export type Item =
  | { readonly kind: 'rule'; readonly name: string }
  /** `text` of a literal, as it is written; classes have none. */
  | { readonly kind: 'chars'; readonly count: number; readonly text?: string }
  | { readonly kind: 'group'; readonly alternatives: readonly Item[][] }
  | { readonly kind: 'repeat'; readonly item: Item; readonly least: number; readonly most: number | undefined };
export interface Grammar {
  /** Alternatives of each rule, by name. */
  readonly rules: ReadonlyMap<string, readonly Item[][]>;
}

const NAME = /[a-zA-Z0-9-]+/y;
const SPACE = /(?:[ \t]|#[^\r\n]*)*/y;
const LINES = /(?:[ \t\r\n]|#[^\r\n]*)*/y;
const CHAR = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[trn\\"[\]-])|[^\\]/uy;
const BOUNDS = /\{[ \t]*(\d{1,9})[ \t]*(?:(,)[ \t]*(\d{1,9})?[ \t]*)?\}/y;

/**
 * Checks a grammar: its form, that each rule is there and none begins with itself, and that it stays within
 * `GRAMMAR_LIMITS` once llama.cpp has written its repetitions out.
 *
 * @throws Fault `bad-grammar` with the line, in plain words
 */
export function readGbnf(text: string): Grammar {
  if (text.length > GRAMMAR_LIMITS.text)
    throw bad(`it has ${text.length} characters, and at most ${GRAMMAR_LIMITS.text} are taken`);
  if (text.includes('\0')) throw bad('it has a NUL character, at which it would be cut off');
  const rules = parse(text);
  if (!rules.has('root')) throw bad('no rule is called root, and that is where an answer begins');
  measure(rules);
  return { rules };
}

function parse(text: string): Map<string, Item[][]> {
  const rules = new Map<string, Item[][]>();
  const used: { name: string; at: number }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match ?? undefined;
  };
  const line = (of = at) => text.slice(0, of).split('\n').length;
  const fail = (what: string): never => {
    throw bad(`${what} (line ${line()})`);
  };

  const chars = (end: '"' | ']'): number => {
    let count = 0;
    while (text[at] !== end) {
      if (at >= text.length) fail(`a ${end} is missing`);
      const char = take(CHAR)?.[0] ?? fail('a backslash has no meaning there');
      // llama.cpp takes it for the end of the rule.
      if (end === '"' && /^\\[xuU]0+$/.test(char)) fail('an answer cannot have a NUL character');
      count++;
    }
    at++;
    return count;
  };
  const alternatives = (depth: number): Item[][] => {
    if (depth > GRAMMAR_LIMITS.nesting) fail(`more than ${GRAMMAR_LIMITS.nesting} groups stand within each other`);
    const all = [sequence(depth)];
    while (text[at] === '|') {
      at++;
      take(LINES);
      all.push(sequence(depth));
    }
    return all;
  };
  const sequence = (depth: number): Item[] => {
    const items: Item[] = [];
    const space = depth > 0 ? LINES : SPACE;
    for (;;) {
      const next = text[at];
      const from = at;
      if (next === '"') {
        at++;
        const count = chars('"');
        items.push({ kind: 'chars', count, text: text.slice(from + 1, at - 1) });
      } else if (next === '[') {
        at++;
        if (text[at] === '^') at++;
        items.push({ kind: 'chars', count: chars(']') });
      } else if (next === '.') {
        at++;
        items.push({ kind: 'chars', count: 1 });
      } else if (next === '(') {
        at++;
        take(LINES);
        items.push({ kind: 'group', alternatives: alternatives(depth + 1) });
        if (text[at] !== ')') fail('a ) is missing');
        at++;
      } else if (next === '<' || next === '!') fail('tokens cannot be named; write the characters');
      else if (next === '*' || next === '+' || next === '?' || next === '{') {
        const item = items.pop();
        if (!item || item.kind === 'repeat' || (item.kind === 'chars' && item.count === 0))
          return fail(`nothing that can be repeated stands before ${next}`);
        items.push(repeat(next, item));
      } else {
        const name = take(NAME)?.[0];
        if (name === undefined) return items;
        used.push({ name, at });
        items.push({ kind: 'rule', name });
      }
      take(space);
    }
  };
  const repeat = (sign: string, item: Item): Item => {
    if (sign !== '{') {
      at++;
      return { kind: 'repeat', item, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : undefined };
    }
    const [, low, comma, high] = take(BOUNDS) ?? fail('a repetition is not of the form {2}, {2,} or {2,5}');
    const least = Number(low);
    const most = comma === undefined ? least : high === undefined ? undefined : Number(high);
    if (Math.max(least, most ?? 0) > GRAMMAR_LIMITS.repeats)
      fail(`a repetition counts above ${GRAMMAR_LIMITS.repeats}`);
    // llama.cpp counts down from here until memory ends.
    if (most !== undefined && most < least) fail('a repetition ends below where it begins');
    return { kind: 'repeat', item, least, most };
  };

  take(LINES);
  while (at < text.length) {
    const name = take(NAME)?.[0] ?? fail('a rule must begin with its name');
    if (rules.has(name)) fail(`the rule ${shown(name)} is there twice`);
    take(SPACE);
    if (text.slice(at, at + 3) !== '::=') fail(`::= is missing after ${shown(name)}`);
    at += 3;
    take(LINES);
    rules.set(name, alternatives(0));
    if (at < text.length && text[at] !== '\n' && text[at] !== '\r') fail('a rule goes on in a way that means nothing');
    take(LINES);
  }
  const unknown = used.find((one) => !rules.has(one.name));
  if (unknown) throw bad(`the rule ${shown(unknown.name)} is used and not there (line ${line(unknown.at)})`);
  return rules;
}

/** Follows what llama.cpp's set-up of a grammar costs, without paying it. */
function measure(rules: ReadonlyMap<string, readonly Item[][]>): void {
  // Which rules may say nothing: a fixed point, since rules may name each other in circles.
  const empties = new Set<string>();
  const empty = (item: Item): boolean =>
    item.kind === 'rule'
      ? empties.has(item.name)
      : item.kind === 'chars'
        ? item.count === 0
        : item.kind === 'group'
          ? item.alternatives.some((all) => all.every(empty))
          : item.least === 0 || empty(item.item);
  const users = new Map<string, Set<string>>();
  const note = (item: Item, by: string): void => {
    if (item.kind === 'rule') users.set(item.name, (users.get(item.name) ?? new Set()).add(by));
    else if (item.kind === 'repeat') note(item.item, by);
    else if (item.kind === 'group') for (const one of item.alternatives.flat()) note(one, by);
  };
  for (const [name, alternatives] of rules) for (const one of alternatives.flat()) note(one, name);
  // Looked at again only when a rule that it names turned out empty: going over all of them each time took seconds for a
  // chain of some thousand rules, and the core waits here.
  const waiting = [...rules.keys()];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (empties.has(name) || !rules.get(name)!.some((all) => all.every(empty))) continue;
    empties.add(name);
    waiting.push(...(users.get(name) ?? []));
  }

  let elements = 0;
  const size = (item: Item): number => {
    if (item.kind === 'rule') return 1;
    if (item.kind === 'chars') return item.count;
    if (item.kind === 'group') {
      elements += item.alternatives.flat().reduce((sum, one) => sum + size(one), item.alternatives.length);
      return 1;
    }
    return (size(item.item) + 2) * Math.max(item.least + 1, item.most ?? item.least + 1);
  };
  for (const alternatives of rules.values())
    for (const all of alternatives) {
      elements += all.reduce((sum, item) => sum + size(item), 1);
      if (elements > GRAMMAR_LIMITS.elements) throw bad('written out, its repetitions are too long');
    }

  /** Visits and depth of the search for left recursion, by rule; undefined while it is under way. */
  const known = new Map<string, { visits: number; depth: number } | undefined>();
  const walk = (name: string, depth: number): { visits: number; depth: number } => {
    if (known.has(name)) {
      const cost = known.get(name);
      if (!cost) throw bad(`the rule ${shown(name)} begins with itself, which would never end`);
      return cost;
    }
    if (depth > GRAMMAR_LIMITS.chain) throw tooDeep();
    known.set(name, undefined);
    const cost = alternativesOf(rules.get(name)!, depth);
    if (cost.visits > GRAMMAR_LIMITS.visits || cost.depth > GRAMMAR_LIMITS.chain) throw tooDeep();
    known.set(name, cost);
    return cost;
  };
  const alternativesOf = (alternatives: readonly Item[][], depth: number): { visits: number; depth: number } => {
    let visits = 1;
    let deepest = 0;
    for (const all of alternatives)
      for (const item of all) {
        const cost = itemOf(item, depth);
        visits += cost.visits;
        deepest = Math.max(deepest, cost.depth);
        if (visits > GRAMMAR_LIMITS.visits) throw tooDeep();
        if (!empty(item)) break;
      }
    return { visits, depth: deepest + 1 };
  };
  const itemOf = (item: Item, depth: number): { visits: number; depth: number } => {
    if (item.kind === 'rule') return walk(item.name, depth + 1);
    if (item.kind === 'chars') return { visits: 0, depth: 0 };
    if (item.kind === 'group') return alternativesOf(item.alternatives, depth + 1);
    const inner = itemOf(item.item, depth + 1);
    // Optional copies become rules in a chain, and an item that may say nothing lets the search through to the next.
    const copies = Math.max(item.least, item.most ?? item.least + 1);
    const through = empty(item.item) ? copies : 1;
    return { visits: (inner.visits + 1) * through * (empty(item.item) ? through : 1), depth: inner.depth + through };
  };
  for (const name of rules.keys()) walk(name, 0);
}

const shown = (name: string) => (name.length > 40 ? `${name.slice(0, 40)}…` : name);
const tooDeep = () => bad('its rules begin with each other too often to be checked');
const bad = (what: string) =>
  new Fault('bad-grammar', `The grammar cannot be used: ${what}. Nothing was written; mend it and ask again.`);
