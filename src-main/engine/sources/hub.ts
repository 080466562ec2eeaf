/** Finds a model's file in its publisher's repository on the hub, with the size and SHA-256 that the hub states. */
import * as v from 'valibot';
import type { Dial } from '../../base/ports.ts';
import { Unreachable } from './faults.ts';
import { refusal } from './https.ts';
import type { Want } from './part.ts';

/** The hub's own address, as its documentation and its client libraries state it. */
export const HUB = 'https://huggingface.co';

/** A list of a few hundred files is a few hundred kB. */
const MOST = 4 << 20;

const listing = v.array(
  v.object({
    type: v.string(),
    path: v.pipe(v.string(), v.maxLength(1000)),
    size: v.optional(v.number()),
    lfs: v.optional(
      v.object({ oid: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), size: v.pipe(v.number(), v.safeInteger()) }),
    ),
  }),
);
type File = v.InferOutput<typeof listing>[number];

export interface HubFile extends Want {
  readonly url: string;
}
export interface HubNeeds {
  readonly dial: Dial;
  /** Another hub with the same interface; tests have their own. */
  readonly hub?: string;
  readonly repository: string;
  readonly quantisation: string;
  /** For "What left this machine". */
  readonly reason: string;
}

/**
 * Asks the hub which file of the repository has the quantisation.
 * @throws Unreachable with the reason in words; Faults of the dialler
 */
export async function findOnHub(needs: HubNeeds, signal: AbortSignal): Promise<HubFile> {
  const { dial, hub = HUB, repository, quantisation, reason } = needs;
  const response = await dial.fetch(`${hub}/api/models/${repository}/tree/main?recursive=true`, { reason }, signal);
  if (!response.ok) {
    await response.body?.cancel().catch(() => {});
    // The hub answers 401 for a repository that does not exist: it could be a private one.
    throw new Unreachable(
      [401, 403, 404].includes(response.status)
        ? `has no public repository ${repository} (any more)`
        : refusal(response.status),
    );
  }
  const files = v.safeParse(listing, await json(response));
  if (!files.success) throw new Unreachable('answered with something that is no list of files');
  const file = choose(files.output, quantisation);
  if (!file?.lfs) throw new Unreachable(`${repository} has no file in ${quantisation}`);
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return { url: `${hub}/${repository}/resolve/main/${path}`, sha256: file.lfs.oid, size: file.lfs.size };
}

/** The GGUF file whose name carries the quantisation: not a part of several, not a vision projector; the plainest name. */
export function choose(files: readonly File[], quantisation: string): File | undefined {
  const label = new RegExp(`(^|[-._/])${quantisation.replace(/[^\w]/g, '\\$&')}([-._]|$)`, 'i');
  return files
    .filter(({ type, path, lfs }) => type === 'file' && lfs !== undefined && /\.gguf$/i.test(path))
    .filter(({ path }) => label.test(path.replace(/\.gguf$/i, '')))
    .filter(({ path }) => !/mmproj|-\d{5}-of-\d{5}|(^|[-._/])UD-/i.test(path))
    .sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1))[0];
}

/** The answer as JSON, never more than `MOST` bytes of it. */
async function json(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body)
    for await (const chunk of response.body) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > MOST) throw new Unreachable('answered with far too long a list of files');
    }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}
