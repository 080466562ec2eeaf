/** What set-up leaves must be what the project promises: Node 24, a complete lock, exact versions, no registry named. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { complete } from '../complete-lock.mjs';
import { BACKENDS, VERSION } from '../setup/backend.mjs';
import { NEEDED } from '../setup/node.mjs';
import { fail, pass, root, sum, type Outcome } from './step.ts';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly overrides: Record<string, string>;
}

const EXACT = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

/** @returns dependencies whose version may drift: a lock pins them, but a new lock would not be the one we tested */
export function loose(manifest: Manifest): string[] {
  const all = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
  return Object.entries(all).flatMap(([name, version]) => (EXACT.test(version) ? [] : [`${name}: ${version}`]));
}

export async function tree(): Promise<Outcome> {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const manifest = JSON.parse(read('package.json')) as Manifest;
  const lock = read('package-lock.json');
  const missing = complete(JSON.parse(lock));
  const drifting = loose(manifest);
  const stale = Object.keys({ ...BACKENDS.vulkan, ...BACKENDS.cuda }).filter(
    (name) => !(`@node-llama-cpp/${name}` in manifest.overrides),
  );
  const major = Number(process.versions.node.split('.')[0]);
  return sum([
    major >= NEEDED ? pass(`Node ${process.versions.node}`) : fail(`runs under Node ${process.versions.node}`),
    missing.length === 0
      ? pass()
      : fail(`package-lock.json lacks ${missing.join(', ')}: node scripts/complete-lock.mjs`),
    drifting.length === 0 ? pass() : fail(`not pinned to one version: ${drifting.join(', ')}`),
    /"resolved": "http/.test(lock) ? fail('package-lock.json names a registry') : pass(),
    manifest.dependencies['node-llama-cpp'] === VERSION && stale.length === 0
      ? pass()
      : fail(`scripts/setup/backend.mjs pins back ends of ${VERSION}; package.json and its overrides say otherwise`),
  ]);
}
