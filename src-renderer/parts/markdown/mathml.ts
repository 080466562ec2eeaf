/** KaTeX's MathML as nodes of ours: a closed set of elements and attributes, everything else refused or left out. */
import { letters } from './letters.ts';
import { readMarkup } from './markup.ts';

export interface MathNode {
  readonly tag: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly children: readonly (MathNode | string)[];
}

const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** Elements that are drawn; their text, if they hold any, is drawn as it is. */
const ELEMENTS = new Set([
  'math', 'mrow', 'mi', 'mn', 'mo', 'mtext', 'mspace', 'mfrac', 'msqrt', 'mroot', 'msub', 'msup', 'msubsup', 'munder',
  'mover', 'munderover', 'mstyle', 'mpadded', 'mphantom', 'menclose', 'mtable', 'mtr', 'mtd',
]); // prettier-ignore
/** Elements whose children stand in a row; those of the others each have a place of their own. */
const ROWS = new Set(['math', 'mrow', 'mstyle', 'mtd', 'mpadded', 'mphantom', 'msqrt', 'menclose']);
const LEAVES = new Set(['mi', 'mn', 'mo', 'mtext']);

const LOGICAL = /^(?:true|false)$/;
const LENGTH = /^[+-]?(?:\d{1,2}(?:\.\d{0,4})?|\.\d{1,4})(?:em|ex|px)$/;
/** Attributes that are drawn, and what they may say. */
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  accent: LOGICAL, accentunder: LOGICAL, display: /^block$/, displaystyle: LOGICAL, fence: LOGICAL, largeop: LOGICAL,
  linethickness: LENGTH, lspace: LENGTH, maxsize: LENGTH, minsize: LENGTH, movablelimits: LOGICAL, rspace: LENGTH,
  scriptlevel: /^[+-]?\d$/, separator: LOGICAL, stretchy: LOGICAL, symmetric: LOGICAL,
  width: LENGTH, height: LENGTH, depth: LENGTH, voffset: LENGTH,
}; // prettier-ignore
/** KaTeX may move and stretch boxes by any length: far enough to write over what stands beside the formula. */
const LEAST: Readonly<Record<string, number>> = { width: -1, height: 0, depth: 0, voffset: -1, lspace: -1, rspace: -1 };
const MOST: Readonly<Record<string, number>> = { width: 20, height: 10, depth: 10, voffset: 1, lspace: 5, rspace: 5, minsize: 10, maxsize: 10, linethickness: 1 }; // prettier-ignore

/** How a table, an enclosure or a text is drawn by a class of `css/code.css`, since MathML Core has no such attribute. */
const ENCLOSURES: Readonly<Record<string, string>> = {
  box: 'boxed', top: 'over', bottom: 'under', updiagonalstrike: 'struck', downdiagonalstrike: 'struck-down',
  horizontalstrike: 'struck-through', roundedbox: 'boxed', actuarial: 'boxed', left: 'barred', right: 'barred-after',
}; // prettier-ignore
const TEXTS: Readonly<Record<string, string>> = {
  bold: 'bold', italic: 'italic', 'bold-italic': 'bold italic', monospace: 'mono', 'sans-serif': 'sans',
  'bold-sans-serif': 'bold sans', 'sans-serif-italic': 'italic sans', 'sans-serif-bold-italic': 'bold italic sans',
}; // prettier-ignore
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** More elements than any formula that a person reads. */
const MOST_NODES = 4000;
const DEEPEST = 60;

interface Building {
  readonly tag: string;
  readonly given: ReadonlyMap<string, string>;
  readonly children: (MathNode | string)[];
}

/** The formula in KaTeX's output; undefined when it holds what is not a formula of ours, an error among others. */
export function mathOf(markup: string, error: string): MathNode | undefined {
  let math: MathNode | undefined;
  let count = 0;
  let drawn = false;
  const open: Building[] = [];
  const good = readMarkup(markup, {
    open(tag, given) {
      // KaTeX draws what it does not know, or may not do, in the colour of errors: half a formula misleads.
      if (given.get('mathcolor') === error || ++count > MOST_NODES || open.length > DEEPEST) return false;
      if (!ELEMENTS.has(tag) && tag !== 'semantics' && tag !== 'annotation' && tag !== 'span') return false;
      open.push({ tag, given, children: [] });
      return true;
    },
    close() {
      const done = open.pop()!;
      drawn ||= done.tag === 'mspace' || (LEAVES.has(done.tag) && done.children.length > 0);
      const within = open.at(-1);
      if (done.tag === 'math') math = build(done);
      else if (done.tag === 'semantics') within?.children.push(...done.children);
      else if (ELEMENTS.has(done.tag)) within?.children.push(build(done));
    },
    text(text) {
      if (open.length > 0) open.at(-1)!.children.push(text);
    },
  });
  return good && drawn ? math : undefined;
}

const length = (name: string, value: string): string => {
  const size = Number.parseFloat(value);
  const unit = /[a-z]+$/.exec(value)![0];
  const sign = value.startsWith('+') ? '+' : '';
  return `${sign}${Math.min(Math.max(size, own(LEAST, name) ?? 0), own(MOST, name) ?? 5)}${unit}`;
};

function build({ tag, given, children }: Building): MathNode {
  const attributes: [string, string][] = [];
  const classes: string[] = [];
  for (const [name, value] of given) {
    const allowed = own(ATTRIBUTES, name);
    if (allowed?.test(value)) attributes.push([name, allowed === LENGTH ? length(name, value) : value]);
  }
  const variant = given.get('mathvariant');
  // Text stands in leaves only, whatever comes.
  let inner = LEAVES.has(tag) ? [children.join('')] : children.filter((child) => typeof child !== 'string');
  if (variant !== undefined && tag === 'mtext') classes.push(own(TEXTS, variant) ?? '');
  else if (variant === 'normal' && tag === 'mi') attributes.push(['mathvariant', 'normal']);
  else if (variant !== undefined && LEAVES.has(tag)) inner = [letters(inner[0] as string, variant)];
  if (tag === 'menclose')
    for (const notation of (given.get('notation') ?? '').split(' ')) classes.push(own(ENCLOSURES, notation) ?? '');
  if (tag === 'mspace' && given.has('mathbackground')) classes.push('rule');
  if (tag === 'mtable') {
    inner = tabled(inner as MathNode[], given, classes);
    // A numbered formula is a table of KaTeX's; it is as large as one without a number.
    if (given.get('width') === '100%') attributes.push(['displaystyle', 'true']);
  }
  if (tag === 'mover' || tag === 'munder') {
    const [base, mark] = inner as MathNode[];
    // Few fonts have a line that stretches; every browser has borders.
    if (mark?.children[0] === LINE)
      return { tag: 'mrow', attributes: [['class', tag === 'mover' ? 'over' : 'under']], children: [base!] };
  }
  // Padding that adds to a width is not in MathML Core.
  if (tag === 'mpadded' && given.get('width')?.startsWith('+'))
    return { tag: 'mrow', attributes: [['class', 'padded']], children: inner };
  if (ROWS.has(tag)) inner = spaced(inner as MathNode[]);
  const named = classes.filter(Boolean).join(' ');
  if (named) attributes.push(['class', named]);
  return { tag, attributes, children: inner };
}

const LINE = '\u203e';
const GAP: MathNode = { tag: 'mspace', attributes: [['width', '0.17em']], children: [] };

const isMark = (node: MathNode | string | undefined, mark: RegExp): boolean =>
  typeof node === 'object' && node.tag === 'mo' && mark.test(String(node.children[0]));
const first = (node: MathNode | string | undefined): MathNode | string | undefined =>
  typeof node === 'object' && node.tag === 'mrow' ? first(node.children[0]) : node;
/** "sin" or "lim" with its limits: ends in the invisible sign that applies a function. */
const applies = (node: MathNode): boolean =>
  isMark(node, /^\u2061$/) ||
  (/^m(?:row|sub|sup|subsup|under|over|underover)$/.test(node.tag) &&
    node.children.some(
      (child, i, all) =>
        typeof child === 'object' && (node.tag === 'mrow' ? i === all.length - 1 : i === 0) && applies(child),
    ));

/** Thin spaces between a function's name and what is no bracket or sign; the invisible sign itself has no width. */
function spaced(nodes: readonly MathNode[]): MathNode[] {
  return nodes.flatMap((node, i) => {
    if (!applies(node)) return [node];
    const before = nodes[i - 1];
    const next = nodes[i + 1];
    // A lone sign belongs to the name in front of it.
    const apart = before && node.tag !== 'mo' && (before.tag !== 'mo' || isMark(before, /^[)\]}|]$/));
    return [...(apart ? [GAP] : []), node, ...(next && !isMark(first(next), /^[([{|\u2061]$/) ? [GAP] : [])];
  });
}

/** Puts what KaTeX says of a table's columns and rows on their cells. */
function tabled(rows: readonly MathNode[], given: ReadonlyMap<string, string>, classes: string[]): MathNode[] {
  const words = (name: string) => (given.get(name) ?? '').split(' ').filter(Boolean);
  const aligns = words('columnalign');
  const gaps = words('columnspacing');
  const lines = words('columnlines');
  const under = words('rowlines');
  if (gaps[0] && Number.parseFloat(gaps[0]) === 0) classes.push('joined');
  if (Number.parseFloat(words('rowspacing')[0] ?? '0') >= 0.25) classes.push('airy');
  return rows.map((row, y) => ({
    ...row,
    children: row.children.map((cell, x) => {
      if (typeof cell === 'string') return cell;
      const marks = [
        { left: 'start', right: 'end' }[aligns[x] ?? ''] ?? '',
        lines[x] === 'solid' || lines[x] === 'dashed' ? 'barred-after' : '',
        under[y] === 'solid' || under[y] === 'dashed' ? 'under' : '',
      ].filter(Boolean);
      return marks.length > 0 ? { ...cell, attributes: [...cell.attributes, ['class', marks.join(' ')]] as const } : cell;
    }),
  })); // prettier-ignore
}

/** The nodes as elements of a page. */
export function drawMath(node: MathNode): Element {
  const element = document.createElementNS(MATHML, node.tag);
  for (const [name, value] of node.attributes) element.setAttribute(name, value);
  for (const child of node.children) element.append(typeof child === 'string' ? child : drawMath(child));
  return element;
}
