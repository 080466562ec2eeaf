/** How much code stands behind the keys: the signer's import closure, counted; and the primitives it may not use. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)'([^']+)'/g;

/** Our files that `entry` reaches, and the packages that they name; `import type` is no code. */
function closure(entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const source = readFileSync(file, 'utf8').replace(/^(?:import|export) type [^;]*;/gm, '');
    for (const [, name] of source.matchAll(IMPORT)) {
      if (name!.startsWith('.')) visit(join(dirname(file), name!));
      else if (!name!.startsWith('node:'))
        packages.add(
          name!
            .split('/')
            .slice(0, name!.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
  };
  visit(join(root, entry));
  return { files: [...files].map((file) => relative(root, file)), packages };
}

/** What those packages depend on in turn; platform binaries are optional dependencies and are not counted. */
function withDependencies(direct: Iterable<string>): string[] {
  const all = new Set<string>();
  const visit = (name: string, from: string) => {
    if (all.has(name)) return;
    all.add(name);
    const paths = createRequire(from).resolve.paths(name)!;
    const file = paths
      .map((path) => join(path, name, 'package.json'))
      .find((path) => {
        try {
          return readFileSync(path);
        } catch {
          return false;
        }
      })!;
    const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
    for (const dependency of Object.keys(dependencies)) visit(dependency, file);
  };
  for (const name of direct) visit(name, join(root, 'package.json'));
  return [...all].sort();
}

test('the signer has at most 12 packages behind it, and these are they', () => {
  const { files, packages } = closure('src-main/signer/process.ts');
  expect(files).toContain(join('src-main', 'signer', 'kdf-wasm.ts'));
  const all = withDependencies(packages);
  expect(all.length).toBeLessThanOrEqual(12);
  expect(all).toEqual([
    '@noble/ciphers',
    '@noble/curves',
    '@noble/hashes',
    '@node-rs/argon2',
    '@scure/base',
    '@scure/bip32',
    '@scure/bip39',
    'hash-wasm',
    'micro-eth-signer',
    'micro-packed',
    'valibot',
  ]);
  // Neither a test's KDF nor any other room of the house.
  expect(files.filter((file) => /fixture|engine|assistant|core|settings/.test(file))).toEqual([]);
});

test('each library of the signer is imported by one file only', () => {
  const importers = new Map<string, string[]>();
  for (const file of closure('src-main/signer/process.ts').files)
    for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      if (name!.startsWith('.') || name!.startsWith('node:') || name === 'valibot') continue;
      const library = name!
        .split('/')
        .slice(0, name!.startsWith('@') ? 2 : 1)
        .join('/');
      importers.set(library, [...new Set([...(importers.get(library) ?? []), file])]);
    }
  for (const [library, files] of importers) expect([library, files.length]).toEqual([library, 1]);
});

test('no source uses a primitive that Electron’s BoringSSL lacks', () => {
  const forbidden =
    /chacha20-poly1305|crypto\.argon2|\bargon2Sync\b|aes-(?:128|192|256)-(?:ccm|ocb)|['"]blake2|['"]sha3-|\bscrypt(?:Sync)?\s*\(|ed448|x448/;
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? walk(join(folder, entry.name))
        : /(?<!\.test)\.ts$/.test(entry.name)
          ? [join(folder, entry.name)]
          : [],
    );
  const found = walk(join(root, 'src-main')).filter((file) =>
    forbidden.test(readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
  );
  expect(found).toEqual([]);
});
