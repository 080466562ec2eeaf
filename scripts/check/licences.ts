/** Every package that a person installs must have a licence that GPL-3.0-or-later may be combined with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, pass, root, type Outcome } from './step.ts';

/** Compatible with GPL-3 by the FSF's list (Apache-2.0 with version 3 only), or public domain by dedication. */
const COMPATIBLE = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'Zlib',
  'MPL-2.0',
  'Python-2.0',
  'LGPL-3.0-or-later',
  'GPL-3.0-or-later',
]);

/** Packages whose package.json names no SPDX licence; what their licence file is was read by hand. */
const READ_BY_HAND: Readonly<Record<string, string>> = { 'node_modules/duck': 'BSD-2-Clause' };

/** @param expression an SPDX expression: names joined with OR (one suffices) or AND (all must do), in at most one bracket */
export function compatible(expression: string): boolean {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  if (/ OR /.test(bare)) return bare.split(' OR ').some(compatible);
  if (/ AND /.test(bare)) return bare.split(' AND ').every(compatible);
  return COMPATIBLE.has(bare);
}

interface LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly license?: string;
  readonly integrity?: string;
}

/** @returns the packages at fault; a platform package that the registry did not serve has no licence to read */
export function licenceFaults(packages: Readonly<Record<string, LockEntry>>): { checked: number; faults: string[] } {
  const installed = Object.entries(packages).filter(([path, entry]) => path !== '' && entry.dev !== true);
  const known = installed.filter(([, entry]) => !(entry.optional && entry.integrity === undefined));
  const faults = known
    .filter(([path, { license }]) => !compatible(READ_BY_HAND[path] ?? license ?? ''))
    .map(([path, { license }]) => `${path.replace(/^node_modules\//, '')}: ${license ?? 'no licence'}`);
  return { checked: known.length, faults };
}

export async function licences(): Promise<Outcome> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  const { checked, faults } = licenceFaults(lock.packages);
  if (checked === 0) return fail('the lock names no package');
  return faults.length === 0 ? pass(`${checked} packages`) : fail(faults.join('\n'));
}
