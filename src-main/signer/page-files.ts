/** The built confirm window on disk: its page and the assets beside it, nothing else. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Fault } from '../wire/index.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Looks up what may be served, by exact name: no path of a request ever reaches the file system.
 *
 * @throws Fault `confirm-missing` where the window was not built
 */
export async function openPageFiles(folder: string): Promise<(path: string) => Promise<PageFile | undefined>> {
  const missing = (cause: unknown) =>
    new Fault(
      'confirm-missing',
      'The confirm window has not been built, so nothing can be approved in it. Run npm run build, or approve from a terminal with --approve.',
      { cause },
    );
  const page = await readFile(join(folder, 'confirm', 'index.html')).catch((cause: unknown) => {
    throw missing(cause);
  });
  const names = await readdir(join(folder, 'assets')).catch((cause: unknown) => {
    throw missing(cause);
  });
  const assets = new Map(names.filter((name) => TYPES[extname(name)]).map((name) => [`/assets/${name}`, name]));
  return async (path) => {
    if (path === '/confirm/') return { type: TYPES['.html']!, bytes: page };
    const name = assets.get(path);
    if (!name) return undefined;
    return { type: TYPES[extname(name)]!, bytes: await readFile(join(folder, 'assets', name)) };
  };
}
