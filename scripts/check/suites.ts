/** Runs one vitest project and counts what it says; a suite that cannot be loaded counts as a failure too. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, tool, type Outcome } from './step.ts';

/** The part of vitest's JSON report that is read here. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * @param code vitest's exit code: not 0 without a failed test means an unhandled error, or that no test was found
 */
export function count(report: Report, code: number): Outcome {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + broken.length;
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    note: `${report.numPassedTests} passed, ${failed} failed${skipped} in ${report.testResults.length} files`,
  };
}

/** @param project 'node', 'window' or 'e2e' @param extra more arguments for vitest */
export async function suites(project: string, extra: readonly string[] = []): Promise<Outcome> {
  const at = mkdtempSync(join(tmpdir(), 'daimon-report-'));
  const file = join(at, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { code, text } = await tool('vitest/vitest.mjs', ['run', '--project', project, ...reporters, ...extra], {
      live: true,
    });
    try {
      return count(JSON.parse(readFileSync(file, 'utf8')) as Report, code);
    } catch {
      return fail(`vitest wrote no report (exit code ${code})\n${text.slice(-2000)}`);
    }
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}
