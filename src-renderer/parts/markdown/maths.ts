/** The one importer of KaTeX: a formula's source in, MathML nodes out. Fetched when the first formula is seen. */
import { literal } from './clean.ts';
import { mathOf, type MathNode } from './mathml.ts';

export interface Formula {
  readonly source: string;
  readonly display: boolean;
}
/** The nodes; undefined where the source is not a formula that we can draw, and is shown as code. */
export type Typeset = (formula: Formula) => MathNode | undefined;

/** Longer than any formula that a person reads; KaTeX takes about a millisecond for 300 characters. */
const LONGEST = 2000;
/** Formulas kept: those of the messages on screen, so that a list that moves does not set them anew. */
const KEPT = 500;
/** No formula asks for this colour by chance; where it comes out, KaTeX met what it does not know or may not do. */
const ERROR = '#a1b2c3';

let loading: Promise<Typeset> | undefined;
let loaded: Typeset | undefined;

/** What sets formulas, where it is here already. */
export const ready = (): Typeset | undefined => loaded;

/** What sets formulas. Rejects when it cannot be fetched; the next call tries again. */
export function typesetter(): Promise<Typeset> {
  loading ??= import('katex').then(({ default: katex }) => {
    const known = new Map<string, MathNode | undefined>();
    loaded = ({ source, display }) => {
      if (source.length > LONGEST || source.includes(ERROR)) return undefined;
      const key = `${display ? 'd' : 'i'}${source}`;
      if (known.has(key)) return known.get(key);
      let node: MathNode | undefined;
      try {
        // No links, pictures or attributes (`trust`), no macro that outlives its formula, no endless expansion.
        const markup = katex.renderToString(literal(source), {
          output: 'mathml', displayMode: display, throwOnError: true, errorColor: ERROR, strict: 'ignore', trust: false,
          maxExpand: 300, maxSize: 20, macros: {}, globalGroup: false,
        }); // prettier-ignore
        node = mathOf(markup, ERROR);
      } catch {
        node = undefined;
      }
      known.set(key, node);
      if (known.size > KEPT) known.delete(known.keys().next().value!);
      return node;
    };
    return loaded;
  });
  loading.catch(() => (loading = undefined));
  return loading;
}
