/** The log file: JSON lines without content, keys or file names; two files of 1 MB at most. */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { packaged } from './asset.ts';
import type { Clock, Log } from './ports.ts';

const LIMIT = 1_000_000;
const LONGEST_FACT = 200;
const FRAMES = 20;
const ROOT = packaged('');

export interface OpenLogOptions {
  /** `<data>/daimon.log`; the one before it is kept as `.1`. Both are for the owner only (0600). */
  readonly file: string;
  readonly clock: Clock;
  readonly limit?: number;
}

/** Writing never throws: a full disk or a lost folder must not take the wallet down with its log. */
export function openLog({ file, clock, limit = LIMIT }: OpenLogOptions): Log & { close(): void } {
  let handle: number | undefined;
  let size = 0;
  const write = (line: Readonly<Record<string, unknown>>) => {
    try {
      const bytes = Buffer.from(`${JSON.stringify({ at: new Date(clock.now()).toISOString(), ...line })}\n`);
      if (handle !== undefined && size + bytes.length > limit) {
        closeSync(handle);
        handle = undefined;
        renameSync(file, `${file}.1`);
      }
      if (handle === undefined) {
        handle = openSync(file, 'a', 0o600);
        size = fstatSync(handle).size;
      }
      size += writeSync(handle, bytes);
    } catch {
      // See above.
    }
  };
  return {
    info(event, facts = {}) {
      const short = Object.entries(facts).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.slice(0, LONGEST_FACT) : value,
      ]);
      write({ event, ...(Object.fromEntries(short) as object) });
    },
    unexpected(error, where) {
      const id = randomBytes(5).toString('hex');
      write({ event: 'unexpected', id, where: where.slice(0, LONGEST_FACT), ...describe(error) });
      return id;
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
    },
  };
}

/** Class, code and places, of the error and of its causes. Its message may quote what a person wrote, so it is left out. */
function describe(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { class: error === null ? 'null' : typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    class: error.constructor.name,
    ...(typeof code === 'string' && /^[\w-]{1,64}$/.test(code) && { code }),
    frames: frames(error),
    ...(error.cause !== undefined && depth < 3 && { cause: describe(error.cause, depth + 1) }),
  };
}

/**
 * Our own places in the stack, `src-main/base/log.ts:41:7`, without function names: a message may imitate a stack, so
 * it is cut off first, and only what looks like a source path of ours is let through.
 */
function frames({ stack = '', message }: Error): string[] {
  const after = message === '' ? 0 : stack.indexOf(message) + message.length;
  return stack
    .slice(stack.includes(message) ? after : 0)
    .split('\n')
    .map((line) => /^ {4}at (?:.* \()?(?:file:\/\/)?(.+?:\d+:\d+)\)?$/.exec(line)?.[1])
    .filter((place) => place?.startsWith(ROOT))
    .map((place) => place!.slice(ROOT.length))
    .filter((place) => /^(?:[\w@.-]+\/)*[\w.-]+\.[cm]?[jt]s:\d+:\d+$/.test(place))
    .slice(0, FRAMES);
}
