/** The one importer of marked: its lexer only, with formulas, without raw HTML and definitions, and nesting bounded. */
import { Hooks, Lexer, Tokenizer, type MarkedOptions, type Token, type TokensList } from 'marked';
import { blockStartOf, formulaAt, formulaBlock, masked, startOf, type Found } from './formulas.ts';

/** The fields of marked's tokens that we read; everything else is ignored. */
export interface Lexed {
  readonly type: string;
  readonly raw: string;
  readonly text?: string;
  readonly href?: string;
  readonly depth?: number;
  readonly lang?: string;
  readonly ordered?: boolean;
  readonly start?: number | '';
  readonly task?: boolean;
  readonly checked?: boolean;
  readonly tokens?: readonly Lexed[];
  readonly items?: readonly Lexed[];
  readonly align?: readonly ('left' | 'center' | 'right' | null)[];
  readonly header?: readonly Lexed[];
  readonly rows?: readonly (readonly Lexed[])[];
  /** A formula: true where it stands on a line of its own. */
  readonly display?: boolean;
}

/** Deeper than any answer a person reads; 10,000 nested quotes otherwise overflow the stack. */
const BLOCK_DEPTH = 8;
const INLINE_DEPTH = 6;
/**
 * Characters of running text that are scanned for emphasis at once. Worst known inputs are quadratic: 10,000 characters
 * of `a.` before an `@` take 170 ms, 4,000 take 29 ms. Longer runs are scanned piece by piece.
 */
const INLINE_RUN = 4000;

/** HTML stays text, and a definition stays where the model wrote it. */
class PlainTokenizer extends Tokenizer {
  override html() {
    return undefined;
  }
  override tag() {
    return undefined;
  }
  override def() {
    return undefined;
  }
}

class FormulaHooks extends Hooks {
  override emStrongMask(src: string) {
    return masked(src);
  }
}

class BoundedLexer extends Lexer {
  #blocks = 0;
  #inlines = 0;

  override blockTokens(src: string, tokens: Token[] | TokensList = [], lastParagraphClipped?: boolean): TokensList {
    // marked's two overloads differ only in `links`, which definitions would fill; there are none here.
    if (this.#blocks >= BLOCK_DEPTH) {
      if (src) tokens.push({ type: 'text', raw: src, text: src });
      return tokens as TokensList;
    }
    this.#blocks++;
    try {
      return super.blockTokens(src, tokens as TokensList, lastParagraphClipped) as TokensList;
    } finally {
      this.#blocks--;
    }
  }

  override inlineTokens(src: string, tokens: Token[] = []) {
    if (this.#inlines >= INLINE_DEPTH) {
      if (src) tokens.push({ type: 'text', raw: src, text: src });
      return tokens;
    }
    this.#inlines++;
    try {
      let rest = src;
      while (rest.length > INLINE_RUN) {
        const cut = cutNear(rest, INLINE_RUN);
        super.inlineTokens(rest.slice(0, cut), tokens);
        rest = rest.slice(cut);
      }
      return super.inlineTokens(rest, tokens);
    } finally {
      this.#inlines--;
    }
  }
}

/** Where to cut `text` at or before `at`: after white space if there is some near, never inside a surrogate pair. */
export function cutNear(text: string, at: number): number {
  const space = Math.max(text.lastIndexOf(' ', at - 1), text.lastIndexOf('\n', at - 1));
  if (space > at * 0.8) return space + 1;
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? at - 1 : at;
}

const formula = (found: Found | undefined) =>
  found && { type: 'formula', raw: found.raw, text: found.source, display: found.display };
/** The character before an inline token: of the text in front of it, or a space at the beginning. */
const before = (tokens: readonly Token[]) => tokens.at(-1)?.raw.at(-1) ?? ' ';

const EXTENSIONS: NonNullable<MarkedOptions['extensions']> = {
  renderers: {},
  childTokens: {},
  block: [(src) => formula(formulaBlock(src))],
  startBlock: [blockStartOf],
  inline: [(src, tokens) => formula(formulaAt(src, before(tokens)))],
  startInline: [startOf],
};

/** Lexes Markdown (GFM) into block tokens. Never throws: what marked cannot read comes back as one run of text. */
export function lex(source: string): readonly Lexed[] {
  try {
    return new BoundedLexer({
      gfm: true,
      tokenizer: new PlainTokenizer(),
      extensions: EXTENSIONS,
      hooks: new FormulaHooks(),
    }).lex(source) as readonly Lexed[];
  } catch {
    return [{ type: 'text', raw: source, text: source }];
  }
}
