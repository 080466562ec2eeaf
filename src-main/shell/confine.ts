/** How a shell closes the reader process in before it begins; what the process does for itself stands in library/confine.ts. */
import { fileURLToPath } from 'node:url';

/** Old-space of V8 in MiB: a document of 32 MiB of XML fits, a bomb does not. */
const HEAP = 512;
/** Data segment and anonymous memory in KiB, of which buffers are made: they are not in V8's heap. Linux only. */
const DATA = 2 << 20;

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
 * The command of /bin/sh that becomes the process, `"$0" "$@"`. On Linux it steps into a network namespace without any
 * interface first, which every user may make where user namespaces are allowed. Many containers forbid it: then the
 * reader runs without that wall, and its first line in the log says so.
 */
export const readerShell = (platform: NodeJS.Platform): string =>
  platform === 'linux'
    ? `ulimit -d ${DATA} 2>/dev/null; apart="unshare --user --net --"; $apart true 2>/dev/null || apart=; exec $apart "$0" "$@"`
    : 'exec "$0" "$@"';
