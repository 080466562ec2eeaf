/** Ways into the confirm window: single-use keys in 0600 redirect files, so that no key stands in a command line. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LASTS_MS = 5 * 60_000;
const NAME = /^confirm-[0-9a-f]{16}\.html$/;

interface Entry {
  readonly request: string;
  readonly file: string;
  readonly timer: NodeJS.Timeout;
}
export type Entries = ReturnType<typeof openEntries>;

/** The key as it is looked up: by hash, so that comparing takes the same time for every wrong guess. */
const mark = (key: string) => createHash('sha256').update(key).digest('hex');

export function openEntries({ folder }: { readonly folder: string }) {
  const entries = new Map<string, Entry>();
  const drop = async (hash: string) => {
    const entry = entries.get(hash);
    if (!entry) return;
    entries.delete(hash);
    clearTimeout(entry.timer);
    await unlink(entry.file).catch(() => {});
  };

  return {
    /** A redirect file for one request; opening it in a browser leads to `${origin}/confirm/#key`. Returns its path. */
    async make(origin: string, request: string): Promise<string> {
      const key = randomBytes(32).toString('base64url');
      const file = join(folder, `confirm-${randomBytes(8).toString('hex')}.html`);
      const url = `${origin}/confirm/#${key}`;
      const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>daimon</title><p><a href="${url}">Open the confirm window</a></p></html>\n`;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(file, page, { flag: 'wx', mode: 0o600 });
      const hash = mark(key);
      const timer = setTimeout(() => void drop(hash), LASTS_MS).unref();
      entries.set(hash, { request, file, timer });
      return file;
    },
    /** Uses a key up. The request it was made for, or undefined for a key that is unknown, used or old. */
    async use(key: string): Promise<string | undefined> {
      const hash = mark(key);
      const request = entries.get(hash)?.request;
      await drop(hash);
      return request;
    },
    /** Removes the way into a request that has ended. */
    async forget(request: string): Promise<void> {
      for (const [hash, entry] of [...entries]) if (entry.request === request) await drop(hash);
    },
    /** Removes files that a killed signer left behind. */
    async sweep(): Promise<void> {
      const names = await readdir(folder).catch(() => []);
      for (const name of names) if (NAME.test(name)) await unlink(join(folder, name)).catch(() => {});
    },
    async close(): Promise<void> {
      for (const hash of [...entries.keys()]) await drop(hash);
    },
  };
}
