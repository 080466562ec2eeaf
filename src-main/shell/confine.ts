/** How a shell closes the reader process in before it begins; what the process does for itself stands in library/confine.ts. */
import { fileURLToPath } from 'node:url';

/** Old-space of V8 in MiB: a document of 32 MiB of XML fits, a bomb does not. */
const HEAP = 512;
/** Data segment and anonymous memory in KiB, of which buffers are made: they are not in V8's heap. Linux only. */
const DATA = 2 << 20;

/** More than a process ever uses before it is replaced (`Supervisor` in library/supervisor.ts); exports of 4 GB take some 400, mails of 4 GB some 900 and more on slow machines. */
const CPU_SECONDS = 7200;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Flags of Node: the permission model (no file but our own code and its packages, no write, no child process, no worker,
 * no native add-on, no inspector), no code from strings, a limited heap. Under Electron, whose `utilityProcess` knows no
 * permission model, only the last two apply.
 */
export const readerFlags = (): readonly string[] => [
  '--permission',
  ...['../', '../../node_modules/', '../../package.json'].map((path) => `--allow-fs-read=${here(path)}`),
  '--disallow-code-generation-from-strings',
  `--max-old-space-size=${HEAP}`,
];

/**
 * The command of /bin/sh that becomes the process, `"$0" "$@"`, each step only where it works:
 *
 * - Linux: a network namespace without any interface, which every user may make where user namespaces are allowed. Many
 *   containers forbid it: then the reader runs without that wall, and its first line in the log says so.
 * - Linux: the kernel kills it when the core is gone. A parser in a loop never learns that its wire has closed. (After
 *   `unshare`, since a change of credentials forgets the wish.)
 * - Elsewhere such an orphan ends after its share of processor time.
 */
export const readerShell = (platform: NodeJS.Platform): string =>
  `ulimit -t ${CPU_SECONDS}; ${platform === 'linux' ? LINUX : ''}exec $apart $bound "$0" "$@"`;

const LINUX = [
  `ulimit -d ${DATA} 2>/dev/null`,
  'apart="unshare --user --net --"',
  '$apart true 2>/dev/null || apart=',
  'bound="setpriv --pdeathsig KILL --"',
  '$bound true 2>/dev/null || bound=',
  '',
].join('; ');
