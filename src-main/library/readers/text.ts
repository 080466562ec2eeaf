/** Plain text, Markdown and code: what the file says, as it stands. */
import { isCode } from './code.ts';
import { decode } from './decode.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

const MARKDOWN = new Set(['md', 'markdown', 'mdown', 'mkd', 'mdx', 'rmd', 'qmd']);

export function readText({ bytes }: Given, extension: string): Raw {
  return {
    kind: MARKDOWN.has(extension) ? 'markdown' : isCode(extension) ? 'code' : 'text',
    text: tidy(decode(bytes)),
  };
}
