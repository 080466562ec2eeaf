/** Which tests are heavy, and which of them a name means. */
import { basename, dirname, join, normalize } from 'node:path';

/** Words that issues use, for what the files are called. */
const ALIASES: Readonly<Record<string, string>> = { download: 'fetch', window: 'src-renderer' };

/**
 * Tests that take a count from DAIMON_LONG, themselves or through a suite under test/ that they import.
 * @param files paths with forward slashes @param read the text of one; undefined when there is none
 */
export function heavyTests(files: readonly string[], read: (file: string) => string | undefined): readonly string[] {
  const asks = (file: string, seen: Set<string>): boolean => {
    if (seen.has(file)) return false;
    seen.add(file);
    const text = read(file);
    if (text === undefined) return false;
    if (text.includes('DAIMON_LONG')) return true;
    const imports = [...text.matchAll(/from '(\.{1,2}\/[^']+)'/g)].map(([, to]) => normalize(join(dirname(file), to!)));
    return imports.some((to) => to.startsWith('test/') && asks(to, seen));
  };
  return files.filter((file) => file.endsWith('.test.ts') && asks(file, new Set()));
}

/** @param files heavy tests @param name `all`, a folder on the path, or a word of a test file's name */
export function matching(files: readonly string[], name: string): readonly string[] {
  if (name === 'all') return files;
  const wanted = ALIASES[name] ?? name;
  const folder = files.filter((file) => file.split('/').slice(0, -1).includes(wanted));
  if (folder.length > 0) return folder;
  return files.filter((file) => basename(file, '.test.ts').split(/[.-]/).includes(wanted));
}
