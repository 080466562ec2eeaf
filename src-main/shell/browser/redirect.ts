/** The file that sends the browser to an address whose key must not stand in a command line, where every user sees it. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LASTS_MS = 5 * 60_000;
const ADDRESS = /^http:\/\/127\.0\.0\.1:\d{1,5}\/#key=[\w-]+$/;

export interface RedirectOptions {
  /** A folder that only its owner can enter. */
  readonly folder: string;
  /** The file's name without `.html`; an older file of that name is replaced. */
  readonly name: string;
  /** An address of the loopback server. */
  readonly address: string;
  readonly lasts?: number;
}

/**
 * Writes the file (0600) and removes it when its key has run out; the timer keeps no process alive, and a later call
 * replaces what an earlier process left. The key in it works once.
 *
 * @returns the file's path
 */
export async function writeRedirect({ folder, name, address, lasts = LASTS_MS }: RedirectOptions): Promise<string> {
  // The address becomes part of a page: nothing but an address of ours may.
  if (!ADDRESS.test(address)) throw new Error('Only an address of the loopback server can be written.');
  const path = pathOf({ folder, name });
  // Replaced, never overwritten: whoever put a link or an open file there gets nothing.
  await rm(path, { force: true });
  await writeFile(path, page(address), { mode: 0o600, flag: 'wx' });
  setTimeout(() => void removeRedirect({ folder, name }), lasts).unref();
  return path;
}

/** Removes the file, if it is there: whoever lets a window in calls it, for the key in the file has been used. */
export async function removeRedirect({ folder, name }: Pick<RedirectOptions, 'folder' | 'name'>): Promise<void> {
  await rm(pathOf({ folder, name }), { force: true }).catch(() => {});
}

const pathOf = ({ folder, name }: Pick<RedirectOptions, 'folder' | 'name'>) => join(folder, `${name}.html`);

const page = (address: string) => `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>daimon</title>
<script>location.replace(${JSON.stringify(address)});</script>
<noscript><meta http-equiv="refresh" content="0; url=${address}"></noscript>
`;
