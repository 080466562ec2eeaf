/** Copies the checkout through the filter that Forge's packager uses, its pruning of modules included. */
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './build.ts';
import { ignores } from './packed.ts';

type Filter = (options: {
  readonly dir: string;
  readonly out: string;
  readonly ignore: (path: string) => boolean;
  readonly prune: boolean;
  readonly quiet: boolean;
}) => (file: string) => Promise<boolean>;

/**
 * @param folder replaced by the tree
 * @throws what the file system says
 */
export async function stage(folder: string): Promise<void> {
  // Not among what the package exports, and its version is pinned: a filter of our own would only be nearly the same.
  const inside = join(root, 'node_modules/@electron/packager/dist/copy-filter.js');
  const { userPathFilter } = (await import(pathToFileURL(inside).href)) as { userPathFilter: Filter };
  const target = { platform: process.platform, arch: process.arch };
  const filter = userPathFilter({
    dir: root.replace(/[\\/]$/, ''),
    // Forge's own place for packages, which is never packed itself.
    out: join(root, 'out'),
    ignore: ignores(target),
    prune: true,
    quiet: true,
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // One by one: the folder may lie inside the checkout.
  for (const name of await readdir(root))
    if (await filter(join(root, name)))
      await cp(join(root, name), join(folder, name), { recursive: true, filter, verbatimSymlinks: true });
}
