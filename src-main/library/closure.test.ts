/** The core loads no parser: what it imports of the library is counted, and so is who imports which package. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const IMPORT = /(?:\bfrom\s+|\bimport\s+)'([^']+)'/g;

/** Our files and the packages that `entry` loads by itself; `import type` is no code, and `import()` waits. */
function loads(entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const source = readFileSync(file, 'utf8').replace(/^(?:import|export) type [^;]*;/gm, '');
    for (const [, name] of source.matchAll(IMPORT))
      if (name!.startsWith('.')) visit(join(dirname(file), name!));
      else packages.add(name!);
  };
  visit(join(root, entry));
  return { files: [...files].map((file) => relative(root, file)), packages };
}

test('the core knows the library without a single parser', () => {
  const { files, packages } = loads('src-main/library/library.ts');
  expect(files.filter((file) => /library.(readers|exports)/.test(file))).toEqual([]);
  expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['valibot']);
});

test('the process closes itself in before anything else is loaded', () => {
  const { files, packages } = loads('src-main/library/process.ts');
  expect(files.sort()).toEqual([
    'src-main/base/asset.ts',
    'src-main/library/confine.ts',
    'src-main/library/process.ts',
  ]);
  expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual([]);
});
