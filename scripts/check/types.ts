/** The type checks: TypeScript's native compiler for everything but the window, svelte-check for the window. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, pass, root, sum, tool, type Outcome } from './step.ts';

const SVELTE_CHECK = 'svelte-check/bin/svelte-check';

async function main(): Promise<Outcome> {
  const { code, text } = await tool('@typescript/native/bin/tsc', ['-p', 'tsconfig.json']);
  return code === 0 ? pass() : fail(text);
}

/** @param text svelte-check's machine output; its last line counts the files it looked at */
export function readSvelteCheck(text: string): { files: number; errors: number; warnings: number } | undefined {
  const found = /COMPLETED (\d+) FILES (\d+) ERRORS (\d+) WARNINGS/.exec(text);
  if (!found) return undefined;
  return { files: Number(found[1]), errors: Number(found[2]), warnings: Number(found[3]) };
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => / (ERROR|WARNING) /.test(line))
    .map((line) => line.replace(/^\d+ /, ''))
    .join('\n');

function svelteCheck(workspace: string, tsconfig: string) {
  const options = ['--tsgo', '--fail-on-warnings', '--output', 'machine'];
  return tool(SVELTE_CHECK, ['--workspace', workspace, '--tsconfig', tsconfig, ...options]);
}

async function window(): Promise<Outcome> {
  const { code, text } = await svelteCheck('.', 'tsconfig.window.json');
  const result = readSvelteCheck(text);
  if (!result || result.files === 0) return fail(`svelte-check looked at no file:\n${text}`);
  return code === 0 && result.errors + result.warnings === 0
    ? pass(`${result.files} files of the window`)
    : fail(lines(text) || text);
}

/**
 * Two compilers stand side by side here, and svelte-check has been seen elsewhere to find nothing under a new
 * TypeScript. So a component with one mistake of each kind is planted: a checker that praises it is broken.
 */
async function canary(): Promise<Outcome> {
  const at = join(root, 'dist', 'canary');
  mkdirSync(join(at, 'src-renderer'), { recursive: true });
  const planted = `<!-- A planted mistake of each kind. -->
<script lang="ts">
  let { n }: { n: number } = $props();
  const wrong: number = 'text';
  let copy = $state(n);
</script>
<img src="a.png">{wrong}{copy}`;
  writeFileSync(join(at, 'src-renderer', 'Planted.svelte'), planted);
  writeFileSync(
    join(at, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.window.json', include: ['src-renderer'] }),
  );
  writeFileSync(join(at, 'svelte.config.js'), 'export default { compilerOptions: { runes: true } };\n');
  const { code, text } = await svelteCheck('dist/canary', 'tsconfig.json');
  rmSync(at, { recursive: true, force: true });
  const seen = ["Type 'string' is not assignable", 'state_referenced_locally', 'a11y_missing_attribute'];
  const missed = seen.filter((words) => !text.includes(words));
  if (code !== 0 && missed.length === 0) return pass();
  return fail(`svelte-check did not report what was planted: ${missed.join(', ') || `exit code ${code}`}\n${text}`);
}

export async function types(): Promise<Outcome> {
  return sum([await main(), await window(), await canary()]);
}
