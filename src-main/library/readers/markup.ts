/** reStructuredText, AsciiDoc, Org and LaTeX: headings as Markdown has them, the rest as it stands. */
import { decode } from './decode.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

const DEEPEST = 6;
const hashes = (level: number) => '#'.repeat(Math.min(level, DEEPEST));

const MARKUP: Readonly<Record<string, (text: string) => string>> = {
  org: (text) =>
    text
      .replace(
        /^(\*+) +(?:(?:TODO|DONE) +)?(.+?)(?: +:[\w:@]+:)?$/gm,
        (_all, stars: string, words: string) => `${hashes(stars.length)} ${words}`,
      )
      .replace(/^#\+title: *(.+)$/im, '# $1'),
  adoc: (text) =>
    text.replace(/^(={1,6}) +(\S.*)$/gm, (_all, signs: string, words: string) => `${hashes(signs.length)} ${words}`),
  rst: underlined,
  tex: (text) =>
    text.replace(
      /^\s*\\(part|chapter|section|subsection|subsubsection|paragraph)\*?\{([^{}]*)\}/gm,
      (_all, command: string, words: string) => `${hashes(TEX.indexOf(command) + 1)} ${words}`,
    ),
};
const TEX = ['part', 'chapter', 'section', 'subsection', 'subsubsection', 'paragraph'];
const ALIKE: Readonly<Record<string, string>> = {
  asciidoc: 'adoc',
  asc: 'adoc',
  rest: 'rst',
  latex: 'tex',
  ltx: 'tex',
};

const kindOf = (extension: string) => ALIKE[extension] ?? extension;
export const isMarkup = (extension: string): boolean => Object.hasOwn(MARKUP, kindOf(extension));

export const readMarkup = ({ bytes }: Given, extension: string): Raw => ({
  kind: 'markdown',
  text: MARKUP[kindOf(extension)]!(tidy(decode(bytes))),
});

/** A line of one sign under a heading, sometimes over it too; levels are in the order in which signs appear (docutils). */
function underlined(text: string): string {
  const lines = text.split('\n');
  const out: string[] = [];
  const levels: string[] = [];
  const rule = (line: string | undefined) => /^([=\-~^"'`#*+.:_<>])\1{2,}\s*$/.exec(line ?? '')?.[1];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const over = rule(line);
    const title = over === undefined ? line : (lines[i + 1] ?? '');
    const sign = rule(lines[i + (over === undefined ? 1 : 2)]);
    const fits = /^\s*\S/.test(title) && rule(title) === undefined && sign !== undefined;
    if (!fits || (over !== undefined ? over !== sign : /^\s/.test(title))) {
      out.push(line);
      continue;
    }
    const style = over === undefined ? sign : sign + sign;
    if (!levels.includes(style)) levels.push(style);
    out.push(`${hashes(levels.indexOf(style) + 1)} ${title.trim()}`);
    i += over === undefined ? 1 : 2;
  }
  return out.join('\n');
}
