/** Which heavy tests a name means: `all`, a folder on the path, or the name of a test file. */
import { basename } from 'node:path';

/** @param files paths with forward slashes */
export function matching(files: readonly string[], name: string): readonly string[] {
  if (name === 'all') return files;
  const folder = files.filter((file) => file.split('/').slice(0, -1).includes(name));
  if (folder.length > 0) return folder;
  return files.filter((file) => basename(file, '.test.ts').split(/[.-]/).includes(name));
}
