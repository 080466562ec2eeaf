/** What the terminal prints when it is asked for nothing in particular. */
import type { Door } from '../../wire/index.ts';

/** Every verb with its sentence, and how to call one. */
export function help(door: Door): string {
  const width = Math.max(...Object.keys(door).map((verb) => verb.length));
  const verbs = Object.entries(door).map(
    ([verb, { says, kind }]) => `  ${verb.padEnd(width)}  ${says}${kind === 'stream' ? ' (stream)' : ''}`,
  );
  return `Usage: npm run -s daimon -- <verb> ['<json>'] [--approve DIGEST]

Answers come as JSON lines on standard output, faults as one JSON line on standard error.
The password comes from DAIMON_PASSWORD, from the descriptor in DAIMON_PASSWORD_FD, or is asked for;
24 words come from DAIMON_PHRASE; a changed password from DAIMON_NEW_PASSWORD; the data folder from DAIMON_DATA.

${verbs.join('\n')}
`;
}
