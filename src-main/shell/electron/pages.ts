/** What `app://` answers: the built window, and the confirm page, each under its own origin, by exact path. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../wire/index.ts';
import { readPages, type Page } from '../browser/pages.ts';
import { headers } from './headers.ts';
import type { Origin } from './origins.ts';

export type Pages = ReadonlyMap<string, Page>;

/** @param root the folder of the built window @throws Fault `no-window` */
export async function bothPages(root: string): Promise<{ readonly window: Pages; readonly confirm: Pages }> {
  const window = await readPages(root);
  const body = await readFile(join(root, 'confirm', 'index.html')).catch((cause: unknown) => {
    throw new Fault('no-window', 'The confirm window has not been built; nothing is lost. Run npm start again.', {
      cause,
    });
  });
  const assets = [...window].filter(([path]) => path.startsWith('/assets/'));
  return { window, confirm: new Map([['/confirm/', { body, type: 'text/html; charset=utf-8' }], ...assets]) };
}

/** Answers one request. What is not in `pages` does not exist: no path of a request ever reaches the file system. */
export function answer({ method, url }: Pick<Request, 'method' | 'url'>, pages: Pages, origin: Origin): Response {
  const refuse = (status: number) => new Response(null, { status, headers });
  if (!url.startsWith(`${origin}/`)) return refuse(404);
  if (method !== 'GET') return refuse(405);
  const page = pages.get(url.slice(origin.length).replace(/[?#].*$/s, ''));
  if (!page) return refuse(404);
  return new Response(new Uint8Array(page.body), { headers: { ...headers, 'content-type': page.type } });
}
