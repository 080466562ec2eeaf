/** The built window in memory, by exact request path: what is not in the map does not exist, so no path can climb out. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Fault } from '../../wire/index.ts';

export interface Page {
  readonly body: Buffer;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Reads every file of a known type under `root`. The confirm window is left out: only the signer may serve it.
 *
 * @returns pages by request path; `/` is `index.html`
 * @throws Fault `no-window` when there is no built window
 */
export async function readPages(root: string): Promise<ReadonlyMap<string, Page>> {
  const pages = new Map<string, Page>();
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(join(root, '/').length).replaceAll('\\', '/');
    if (path.startsWith('confirm/')) continue;
    pages.set(`/${path}`, { body: await readFile(file), type });
  }
  const index = pages.get('/index.html');
  if (!index) throw new Fault('no-window', 'The window has not been built yet; nothing is lost. Run npm start again.');
  pages.set('/', index);
  return pages;
}
