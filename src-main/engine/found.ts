/** Looks for models that Ollama, LM Studio and the Hugging Face cache already keep; a few folders deep, nothing opened but manifests. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Found {
  readonly path: string;
  readonly program: 'Ollama' | 'LM Studio' | 'Hugging Face';
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Folders below which nothing is looked at, entries that are looked at, models that are shown. */
const LIMITS = { depth: 6, entries: 20_000, models: 200 } as const;
/** Smaller files are no chat model: vocabularies and tests. */
const LEAST = 1 << 20;

/** @param options `home` and `env` of another person, for tests */
export async function findModels({
  home = homedir(),
  env = process.env,
}: {
  readonly home?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
} = {}): Promise<readonly Found[]> {
  const cache = env['HF_HOME'] ?? join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'huggingface');
  const all = await Promise.all([
    ollama(env['OLLAMA_MODELS'] ?? join(home, '.ollama', 'models')),
    files(join(home, '.lmstudio', 'models'), 'LM Studio'),
    files(join(home, '.cache', 'lm-studio', 'models'), 'LM Studio'),
    files(env['HF_HUB_CACHE'] ?? join(cache, 'hub'), 'Hugging Face', /^snapshots$/),
  ]);
  // The same file may be reached by several links, in one program or in two.
  const seen = new Set<string>();
  const found: Found[] = [];
  for (const one of all.flat()) {
    const real = await realpath(one.path).catch(() => undefined);
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    found.push(one);
  }
  return found.slice(0, LIMITS.models);
}

/** Ollama names weights by their hash; a manifest says which belong to which name. */
async function ollama(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  for await (const path of walk(join(folder, 'manifests'))) {
    try {
      if ((await stat(path)).size > 1 << 16) continue;
      const { layers } = JSON.parse(await readFile(path, 'utf8')) as { layers?: unknown };
      for (const layer of Array.isArray(layers) ? (layers as { mediaType?: unknown; digest?: unknown }[]) : []) {
        if (layer.mediaType !== 'application/vnd.ollama.image.model') continue;
        // A digest becomes part of a path: nothing but a hash may.
        const digest = /^sha256:([0-9a-f]{64})$/.exec(String(layer.digest))?.[1];
        if (!digest) continue;
        const blob = join(folder, 'blobs', `sha256-${digest}`);
        const size = await sizeOf(blob);
        // manifests/<registry>/<owner>/<model>/<tag>
        if (size !== undefined) found.push({ path: blob, program: 'Ollama', name: tail(path, 2).join(':'), size });
      }
    } catch {
      // A manifest that cannot be read names no model.
    }
  }
  return found;
}

/** GGUF files below a folder; with `below`, only those under a folder of that name. Vision projectors are left out. */
async function files(folder: string, program: Found['program'], below?: RegExp): Promise<Found[]> {
  const found: Found[] = [];
  for await (const path of walk(folder)) {
    const steps = path.slice(folder.length).split(/[\\/]/);
    const name = steps.at(-1) ?? '';
    if (!/\.gguf$/i.test(name) || /mmproj/i.test(name)) continue;
    if (below && !steps.some((step) => below.test(step))) continue;
    const size = await sizeOf(path);
    if (size !== undefined) found.push({ path, program, name: name.replace(/\.gguf$/i, ''), size });
  }
  return found;
}

/** Files below a folder. Links to folders are not followed, so there is no way round in circles. */
async function* walk(root: string): AsyncGenerator<string> {
  let entries = 0;
  let folders = [{ path: root, depth: 0 }];
  while (folders.length > 0) {
    const next: typeof folders = [];
    for (const { path, depth } of folders) {
      for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
        if (++entries > LIMITS.entries) return;
        const inner = join(path, entry.name);
        if (entry.isDirectory() && depth < LIMITS.depth) next.push({ path: inner, depth: depth + 1 });
        // The Hugging Face cache keeps links to blobs.
        else if (entry.isFile() || entry.isSymbolicLink()) yield inner;
      }
    }
    folders = next;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() && found.size >= LEAST ? found.size : undefined;
}

const tail = (path: string, steps: number): string[] => path.split(/[\\/]/).slice(-steps);

/** Which program keeps a file, by where it lies; undefined: none that we know. */
export function keeperOf(path: string): Found['program'] | undefined {
  if (/[\\/]\.ollama[\\/]|[\\/]blobs[\\/]sha256-[0-9a-f]{64}$/.test(path)) return 'Ollama';
  if (/[\\/]\.lmstudio[\\/]|[\\/]lm-studio[\\/]/.test(path)) return 'LM Studio';
  return /[\\/]huggingface[\\/]|[\\/]models--[^\\/]+[\\/]/.test(path) ? 'Hugging Face' : undefined;
}
