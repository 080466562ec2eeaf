/** Languages of code blocks: the name that people know one by, and the grammars that colour it, loaded when needed. */
import type { LanguageFn } from 'highlight.js';
import { clean, literal } from './clean.ts';

type Load = () => Promise<{ default: LanguageFn }>;

/** One chunk of the build each, 0.5 to 7 kB gzip. */
const GRAMMARS = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  lua: () => import('highlight.js/lib/languages/lua'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  php: () => import('highlight.js/lib/languages/php'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
} satisfies Record<string, Load>;

export type Grammar = keyof typeof GRAMMARS;

/** Fetches one grammar. */
export const grammar = async (name: Grammar): Promise<LanguageFn> => (await GRAMMARS[name]()).default;

/** By the name on screen: the grammar that reads the block, then those that it calls for what stands inside. */
const READS: Readonly<Record<string, readonly [Grammar, ...Grammar[]]>> = {
  C: ['c'], 'C#': ['csharp'], 'C++': ['cpp'], CSS: ['css'], Diff: ['diff'], Dockerfile: ['dockerfile'], Go: ['go'],
  HTML: ['xml', 'css', 'javascript'], INI: ['ini'], Java: ['java'], JavaScript: ['javascript', 'xml'], JSON: ['json'],
  JSX: ['javascript', 'xml'], Kotlin: ['kotlin'], Lua: ['lua'], Markdown: ['markdown', 'xml'], PHP: ['php', 'xml'],
  Python: ['python'], R: ['r'], Ruby: ['ruby'], Rust: ['rust'], SCSS: ['css'], Shell: ['bash'], SQL: ['sql'],
  Svelte: ['xml', 'css', 'javascript'], SVG: ['xml', 'css'], Swift: ['swift'], TOML: ['ini'], TSX: ['typescript', 'xml'],
  TypeScript: ['typescript', 'xml'], Vue: ['xml', 'css', 'javascript'], XML: ['xml'], YAML: ['yaml'],
}; // prettier-ignore

/** The grammars for a block whose language is shown as `name`; undefined where none of ours reads it. */
export const grammarsOf = (name: string): readonly [Grammar, ...Grammar[]] | undefined =>
  Object.hasOwn(READS, name) ? READS[name] : undefined;

const NAMES: Readonly<Record<string, string>> = {
  bash: 'Shell', c: 'C', 'c++': 'C++', cc: 'C++', console: 'Shell', cpp: 'C++', cs: 'C#', csharp: 'C#', css: 'CSS',
  diff: 'Diff', docker: 'Dockerfile', dockerfile: 'Dockerfile', go: 'Go', golang: 'Go', h: 'C', hpp: 'C++', htm: 'HTML',
  html: 'HTML', ini: 'INI', java: 'Java', javascript: 'JavaScript', js: 'JavaScript', json: 'JSON', json5: 'JSON',
  jsonc: 'JSON', jsx: 'JSX', kotlin: 'Kotlin', kt: 'Kotlin', latex: 'LaTeX', lua: 'Lua', markdown: 'Markdown',
  md: 'Markdown', mjs: 'JavaScript', patch: 'Diff', php: 'PHP', py: 'Python', python: 'Python', python3: 'Python',
  r: 'R', rb: 'Ruby', rs: 'Rust', ruby: 'Ruby', rust: 'Rust', scss: 'SCSS', sh: 'Shell', shell: 'Shell',
  sol: 'Solidity', sql: 'SQL', sqlite: 'SQL', svelte: 'Svelte', svg: 'SVG', swift: 'Swift', tex: 'LaTeX', toml: 'TOML',
  ts: 'TypeScript', tsx: 'TSX', typescript: 'TypeScript', vue: 'Vue', xml: 'XML', yaml: 'YAML', yml: 'YAML', zsh: 'Shell',
}; // prettier-ignore

/** The first word of a fence's info string, in the form that people know it by; '' when there is none. */
export function languageOf(info: string): string {
  const word = literal(clean(/^[^\s{]*/.exec(info)![0])).slice(0, 24);
  const known = word.toLowerCase();
  return Object.hasOwn(NAMES, known) ? NAMES[known]! : word;
}
