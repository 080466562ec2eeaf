/** The lint rules that guard the wallet are planted with what they must refuse, and with what they must let pass. */
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';
import { root } from './step.ts';

const eslint = new ESLint({ cwd: root });

/** The rules that speak about `code`, were it the text of `filePath` (which exists, so that its types are known). */
async function rules(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: `${root}${filePath}` });
  return result!.messages.map(({ ruleId }) => ruleId);
}
const svelte = (code: string) => rules('src-renderer/Planted.svelte', code);
const IMPORTS = '@typescript-eslint/no-restricted-imports';

it.each([
  ['HTML drawn from a string', '{@html "<b>x</b>"}', 'svelte/no-at-html-tags'],
  ['a literal style attribute', '<p style="color: red">x</p>', 'no-restricted-syntax'],
  ['innerHTML', '<script lang="ts">document.body.innerHTML = "x";</script>', 'no-restricted-syntax'],
  [
    'insertAdjacentHTML',
    '<script>document.body.insertAdjacentHTML("beforeend", "x");</script>',
    'no-restricted-syntax',
  ],
  ['eval', '<script lang="ts">eval("1");</script>', 'no-eval'],
  ['new Function', '<script lang="ts">new Function("1")();</script>', 'no-restricted-syntax'],
  ['fetch', '<script lang="ts">void fetch("/x");</script>', 'no-restricted-globals'],
  ['browser storage', '<script lang="ts">localStorage.setItem("a", "b");</script>', 'no-restricted-globals'],
])('a component may not use %s', async (_, code, rule) => {
  expect(await svelte(code)).toContain(rule);
});

it('a component may use style directives and dynamic styles', async () => {
  expect(await svelte('<script>const look = "color: red";</script><p style:color="red" style={look}>x</p>')).toEqual(
    [],
  );
});

it.each([
  ['src-main/wire/serve.ts', "import 'node:https';", IMPORTS],
  ['src-main/wire/serve.ts', "import 'net';", IMPORTS],
  ['src-main/vault/door.ts', "import 'undici';", IMPORTS],
  ['src-main/vault/door.ts', "import 'better-sqlite3';", IMPORTS],
  ['src-main/base/store/store.ts', "import 'node-llama-cpp';", IMPORTS],
  ['src-main/base/store/store.ts', "import 'node:http';", IMPORTS],
  ['src-main/base/store/store.ts', "void fetch('https://example.org');", 'no-restricted-globals'],
  ['src-main/wire/serve.ts', "console.log('x');", 'no-console'],
  ['src-main/wire/serve.ts', 'async function f() {}\nf();', '@typescript-eslint/no-floating-promises'],
])('%s may not: %s', async (file, code, rule) => {
  expect(await rules(file, code)).toContain(rule);
});

it.each([
  ['src-main/base/store/driver.ts', "import 'better-sqlite3';"],
  ['src-main/shell/run.ts', "import 'node:net';\nconsole.log('x');"],
  ['src-main/wire/carriers/socket.ts', "import 'ws';"],
  ['src-main/wire/wire.test.ts', "import 'node:http';"],
])('%s may: %s', async (file, code) => {
  expect(await rules(file, code)).toEqual([]);
});
