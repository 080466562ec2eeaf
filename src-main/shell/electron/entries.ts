/** Where each process of ours begins, and the flags it begins with: the closed list of what main may fork. */
import { sibling } from '../../base/asset.ts';
import type { ProcessName } from '../../base/host.ts';

export type Entries = Readonly<Record<ProcessName | 'core' | 'probe', URL>>;

export const entries: Entries = {
  core: sibling('./core-process', import.meta.url),
  signer: sibling('../../signer/process', import.meta.url),
  engine: sibling('../../engine/process', import.meta.url),
  probe: sibling('../../engine/probe', import.meta.url),
  reader: sibling('../../library/process', import.meta.url),
};

/**
 * Flags of V8 and Node: the core's small nursery (docs/decisions/nursery.md); and the reader, which opens strangers' files, makes
 * no code from strings and keeps to a heap. Utility processes know no permission model.
 */
export const FLAGS: Partial<Readonly<Record<keyof Entries, string[]>>> = {
  core: ['--max-semi-space-size=4'],
  reader: ['--disallow-code-generation-from-strings', '--max-old-space-size=512'],
};
