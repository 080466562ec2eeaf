/** The importer of highlight.js, with `languages.ts`: source in, runs of text with one of six kinds out, no HTML. */
import type { HLJSApi } from 'highlight.js';
import { grammar, grammarsOf, type Grammar } from './languages.ts';
import { readMarkup } from './markup.ts';

/** Classes of `css/code.css`: keyword, string, comment, name, number or constant; '' is plain. */
export type Kind = '' | 'k' | 's' | 'c' | 'f' | 'n';
export interface Run {
  readonly kind: Kind;
  readonly text: string;
}
export interface Coloured {
  /** Their texts joined are the source, exactly. */
  readonly runs: readonly Run[];
  /** After how many characters reading may begin anew: the last line's start that lies in no string, comment or block. */
  readonly safe: number;
}
export type Colour = (source: string) => Coloured;

/** The source without colour. */
export const plain: Colour = (source) => ({ runs: source ? [{ kind: '', text: source }] : [], safe: 0 });

/** By highlight.js's scope (its first part); what is not here keeps the colour of what it stands in. */
const KINDS: Readonly<Record<string, Kind>> = {
  keyword: 'k', operator: '', punctuation: '', tag: '', subst: '', params: '',
  string: 's', regexp: 's', char: 's', link: 's', code: 's', addition: 's',
  comment: 'c', quote: 'c', doctag: 'c', meta: 'c',
  title: 'f', type: 'f', built_in: 'f', name: 'f', attr: 'f', attribute: 'f', property: 'f', section: 'f',
  selector: 'f', variable: 'f', template: 'f',
  number: 'n', literal: 'n', symbol: 'n', bullet: 'n', deletion: 'n',
}; // prettier-ignore
const kindOf = (classes: string): Kind | undefined => {
  const scope = /^hljs-([a-z]+(?:_[a-z]+)?)/.exec(classes)?.[1];
  return scope !== undefined && Object.hasOwn(KINDS, scope) ? KINDS[scope] : undefined;
};

/** Reads what highlight.js made of `source`. Plain where a character of it would differ. */
export function runsOf(source: string, value: string): Coloured {
  const runs: { kind: Kind; text: string }[] = [];
  const kinds: Kind[] = [''];
  let length = 0;
  let safe = 0;
  const good = readMarkup(value, {
    open(tag, attributes) {
      if (tag !== 'span' || attributes.size !== 1 || !attributes.has('class')) return false;
      kinds.push(kindOf(attributes.get('class')!) ?? kinds.at(-1)!);
      return true;
    },
    close: () => void kinds.pop(),
    text(text) {
      const kind = kinds.at(-1)!;
      const last = runs.at(-1);
      if (last?.kind === kind) last.text += text;
      else runs.push({ kind, text });
      if (kinds.length === 1) {
        const at = text.lastIndexOf('\n');
        if (at >= 0) safe = length + at + 1;
      }
      length += text.length;
    },
  });
  return good && runs.map(({ text }) => text).join('') === source ? { runs, safe } : plain(source);
}

let core: Promise<HLJSApi> | undefined;
const registered = new Map<Grammar, Promise<void>>();
const colours = new Map<string, Promise<Colour | undefined>>();

/** What colours a language, by its name on screen, fetched at the first block that needs it; undefined: nothing does. */
export function colourOf(language: string): Promise<Colour | undefined> {
  // A model may invent any number of names; only those that something reads are remembered.
  if (!grammarsOf(language)) return Promise.resolve(undefined);
  let known = colours.get(language);
  if (!known) {
    known = load(language).catch(() => {
      // Could not be fetched: the block stays plain, and the next one tries again.
      colours.delete(language);
      return undefined;
    });
    colours.set(language, known);
  }
  return known;
}

async function load(language: string): Promise<Colour | undefined> {
  const names = grammarsOf(language);
  if (!names) return undefined;
  core ??= import('highlight.js/lib/core').then((module) => module.default);
  const hljs = await core.catch((error: unknown) => {
    core = undefined;
    throw error;
  });
  const register = (name: Grammar) => {
    let done = registered.get(name);
    if (!done) {
      done = grammar(name).then((read) => hljs.registerLanguage(name, read));
      registered.set(name, done);
      done.catch(() => registered.delete(name));
    }
    return done;
  };
  await Promise.all(names.map(register));
  return (source) => {
    try {
      return runsOf(source, hljs.highlight(source, { language: names[0], ignoreIllegals: true }).value);
    } catch {
      return plain(source);
    }
  };
}
