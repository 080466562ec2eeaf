/** What code here may not do: reach the network past the dialler, draw HTML from strings, load a library twice, print. */
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const NETWORK = ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'dns/promises'].flatMap((name) => [
  name,
  `node:${name}`,
]);
const NETWORK_LIBRARIES = ['undici', 'ws', 'axios', 'got', 'node-fetch'];
const NETWORK_GLOBALS = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'WebTransport'];

/** The few places that may open a socket: the dialler, servers on loopback and their clients, and the carriers. */
const MAY_CONNECT = [
  'src-main/base/dial.ts',
  'src-main/base/dial/**',
  'src-main/shell/**',
  'src-main/signer/**',
  'src-main/vault/signer/**',
  'src-main/vault/confirm-client.ts',
  'src-main/vault/confirm/**',
  'src-main/wire/carriers/**',
];
/** A third-party library is imported in one adapter only; the rest of the house speaks to the adapter. */
const ADAPTERS = {
  'better-sqlite3': ['src-main/base/store/**', 'src-main/base/store.ts'],
  'node-llama-cpp': ['src-main/engine/llama.ts'],
  unpdf: ['src-main/library/readers/pdf.ts'],
  mammoth: ['src-main/library/readers/docx.ts'],
  'csv-parse': ['src-main/library/readers/csv.ts'],
  fflate: ['src-main/library/readers/unpack.ts'],
};

const message = {
  network: 'Every connection to the outside goes through base/dial, which records it.',
  library: 'This library is imported in its adapter only (see docs/house.md).',
};

const libraries = (names) => names.map((name) => ({ name, message: message.library }));
const imports = (paths) => ({ '@typescript-eslint/no-restricted-imports': ['error', { paths }] });
const network = [...NETWORK, ...NETWORK_LIBRARIES].map((name) => ({ name, message: message.network }));

/** No HTML and no code from strings: model text is untrusted, and this window stands in front of keys. */
const NO_STRINGS_AS_CODE = [
  'error',
  {
    selector: 'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML|srcdoc)$/]',
    message: 'HTML is never made from a string here.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe|createContextualFragment)$/]',
    message: 'HTML is never made from a string here.',
  },
  { selector: "NewExpression[callee.name='Function']", message: 'Code is never made from a string here.' },
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write/]",
    message: 'HTML is never made from a string here.',
  },
];
/** The content-security policy forbids style attributes; `style:` directives and classes are fine. */
const NO_LITERAL_STYLE = {
  selector: "SvelteAttribute[key.name='style']:not(:has(SvelteMustacheTag))",
  message: 'No literal style attribute (the content-security policy forbids it): use a class or a style: directive.',
};

export default ts.config(
  {
    ignores: ['node_modules/', 'dist/', 'out/', 'coverage/', 'reports/', '.stryker-tmp/', '.svelte-check/', '**/*.cjs'],
  },
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-syntax': NO_STRINGS_AS_CODE,
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-throw-literal': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
    },
  },
  {
    files: ['src-main/**/*.ts', 'src-renderer/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'tsconfig.window.json'],
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['src-main/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', ...NETWORK_GLOBALS.map((name) => ({ name, message: message.network }))],
      ...imports([...network, ...libraries(Object.keys(ADAPTERS))]),
    },
  },
  ...Object.entries(ADAPTERS).map(([name, files]) => ({
    files,
    rules: imports([...network, ...libraries(Object.keys(ADAPTERS).filter((other) => other !== name))]),
  })),
  {
    files: MAY_CONNECT,
    rules: { 'no-restricted-globals': 'off', ...imports(libraries(Object.keys(ADAPTERS))) },
  },
  { files: ['src-main/shell/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['src-main/**/*.test.ts', 'src-main/**/*.fixture.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**'],
    rules: { 'no-restricted-globals': 'off', 'no-console': 'off', ...imports([]) },
  },
  {
    files: ['src-renderer/**/*.ts', 'src-renderer/**/*.svelte'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        ...['fetch', 'EventSource', 'XMLHttpRequest', 'WebTransport', 'localStorage', 'indexedDB'].map((name) => ({
          name,
          message: 'The window has one wire, to the core, and keeps nothing in the browser.',
        })),
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      'prefer-const': 'off', // Svelte's own rule knows that props are bound with let.
      'svelte/prefer-const': 'off',
      // Blocks of a streaming answer have no identity but their place.
      'svelte/require-each-key': 'off',
      // It takes the reason written behind a code for further codes.
      'svelte/no-unused-svelte-ignore': 'off',
      // A Map that nobody draws need not be watched.
      'svelte/prefer-svelte-reactivity': 'off',
      'svelte/no-useless-mustaches': 'off',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-target-blank': 'error',
      'svelte/button-has-type': 'error',
      'no-restricted-syntax': [...NO_STRINGS_AS_CODE, NO_LITERAL_STYLE],
    },
  },
  {
    files: ['src-renderer/**/*.test.ts'],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-globals': 'off', 'no-console': 'off' },
  },
);
