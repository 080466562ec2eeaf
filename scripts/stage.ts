/**
 * `npm run stage [FOLDER]`: writes exactly what Forge would pack, without Electron's binary, so that the compiled tree can
 * be started and looked at. The folder (out/stage when none is named) is replaced.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, root } from './stage/build.ts';
import { stage } from './stage/copy.ts';

const folder = resolve(process.argv[2] ?? join(root, 'out', 'stage'));
await build();
await stage(folder);

let files = 0;
let bytes = 0;
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  files++;
  bytes += (await lstat(join(entry.parentPath, entry.name))).size;
}
console.log(`${folder}: ${files.toLocaleString('en')} files, ${Math.round(bytes / 1e6)} MB`);
