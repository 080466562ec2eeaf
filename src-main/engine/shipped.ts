/** The model that finds by meaning, as it came with daimon: in a package's assets, or where set-up has put it. */
import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asset } from '../base/asset.ts';
import { syncFolder } from '../base/files.ts';
import { EMBEDDER } from './catalogue.ts';
import { modelPath } from './fetch.ts';
import { hashFile, type Kept, type Models } from './models.ts';

/** Where it may lie, in the order in which it is looked for; the cache is that of `scripts/setup/embedder.mjs`. */
export function shippedFiles(env: NodeJS.ProcessEnv = process.env, home = homedir()): readonly string[] {
  const name = `${EMBEDDER.pinned.sha256}.gguf`;
  return [
    asset(join('assets', 'models', name)),
    join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'daimon/models', name),
  ];
}

export interface ShippedNeeds {
  readonly files: readonly string[];
  readonly models: Pick<Models, 'adopt'>;
  /** The models folder. */
  readonly folder: string;
}

/**
 * Takes it into the models folder: a second name for the same bytes where both lie on one file system, else a copy. No
 * connection is made.
 * @returns undefined when no file is there, or none is the right one
 */
export async function takeShipped(
  { files, models, folder }: ShippedNeeds,
  signal?: AbortSignal,
): Promise<Kept | undefined> {
  const { sha256, size } = EMBEDDER.pinned;
  const path = modelPath(folder, sha256);
  for (const file of files) {
    if ((await stat(file).catch(() => undefined))?.size !== size) continue;
    // Swept at start if we end in between.
    const part = `${path}.copy`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await rm(part, { force: true });
      await link(file, part).catch(() => copyFile(file, part));
      if ((await hashFile(part, undefined, signal)) !== sha256) continue;
      await rename(part, path);
      syncFolder(folder);
      return await models.adopt(sha256, EMBEDDER.id, signal);
    } finally {
      await rm(part, { force: true });
    }
  }
  return undefined;
}
