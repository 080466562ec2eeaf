/** ESLint and Prettier over the whole tree. */
import { fail, pass, sum, tool, type Outcome } from './step.ts';

export async function lint(): Promise<Outcome> {
  const eslint = await tool('eslint/bin/eslint.js', ['.', '--max-warnings', '0']);
  const prettier = await tool('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']);
  return sum([
    eslint.code === 0 ? pass() : fail(eslint.text),
    prettier.code === 0 ? pass() : fail(`${prettier.text}\n"npm run format" mends these.`),
  ]);
}
