/** A log that a test reads. */
import type { Log } from '../../src-main/base/ports.ts';

export interface KeptLog extends Log {
  readonly lines: { readonly event: string; readonly facts: Readonly<Record<string, unknown>> }[];
  readonly errors: { readonly error: unknown; readonly where: string }[];
}

export function keptLog(): KeptLog {
  const lines: KeptLog['lines'] = [];
  const errors: KeptLog['errors'] = [];
  return {
    lines,
    errors,
    info: (event, facts = {}) => void lines.push({ event, facts }),
    unexpected: (error, where) => `kept-${errors.push({ error, where })}`,
  };
}
