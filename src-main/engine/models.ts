/** The models that are here: taken in, listed, checked before each load, removed. */
import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { copyFile, mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { diskFull as fullFault, isFull, syncFolder } from '../base/files.ts';
import type { Clock, Store } from '../base/ports.ts';
import { Fault, type schema } from '../wire/index.ts';
import { entryOf } from './catalogue.ts';
import { modelPath } from './fetch.ts';
import { readGguf, type GgufInfo } from './gguf/index.ts';
import type { Needs } from './fit.ts';

export interface Kept {
  /** Catalogue id, or `sha256:<first 16>`. */
  readonly id: string;
  readonly sha256: schema.Sha256;
  readonly size: number;
  readonly path: string;
  /** Who keeps the file, when it is only linked. */
  readonly keeper?: string;
  readonly info: GgufInfo;
}
interface Row {
  readonly sha256: string;
  readonly entry: string | null;
  readonly size: number;
  readonly changed: number;
  readonly path: string | null;
  readonly keeper: string | null;
  readonly info: string;
}

export interface ModelsNeeds {
  readonly store: Store;
  readonly clock: Clock;
  /** The models folder. */
  readonly folder: string;
}
export type Models = ReturnType<typeof openModels>;

export function openModels({ store, clock, folder }: ModelsNeeds) {
  const toKept = (row: Row): Kept => ({
    id: row.entry ?? shortId(row.sha256),
    sha256: row.sha256 as schema.Sha256,
    size: row.size,
    path: row.path ?? modelPath(folder, row.sha256),
    ...(row.keeper !== null && { keeper: row.keeper }),
    info: JSON.parse(row.info) as GgufInfo,
  });
  const rows = (): Row[] => store.all<Row>('SELECT * FROM engine_models ORDER BY added, sha256');
  const find = (id: string): Row | undefined =>
    store.get<Row>('SELECT * FROM engine_models WHERE entry = ?', id) ??
    (id.startsWith('sha256:')
      ? store.get<Row>('SELECT * FROM engine_models WHERE substr(sha256, 1, 16) = ?', id.slice(7))
      : undefined);

  /** A file of ours replaces a link; a link never replaces a file of ours. */
  const keep = (row: Omit<Row, 'info'> & { readonly info: GgufInfo }): Kept => {
    store.run(
      `INSERT INTO engine_models (sha256, entry, size, changed, path, keeper, info, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sha256) DO UPDATE SET entry = coalesce(excluded.entry, entry), changed = excluded.changed,
         path = excluded.path, keeper = excluded.keeper, info = excluded.info`,
      ...[row.sha256, row.entry, row.size, row.changed, row.path, row.keeper, JSON.stringify(row.info), clock.now()],
    );
    return toKept(store.get<Row>('SELECT * FROM engine_models WHERE sha256 = ?', row.sha256) as Row);
  };

  return {
    list: (): Kept[] => rows().map(toKept),
    find(id: string): Kept | undefined {
      const row = find(id);
      return row && toKept(row);
    },

    /** Records a file that was fetched into the folder and whose hash was checked. Removes it if it is no model. */
    async adopt(sha256: string, entry: string, signal?: AbortSignal): Promise<Kept> {
      const path = modelPath(folder, sha256);
      try {
        const info = await readGguf(path, signal);
        const { size, mtimeMs } = await stat(path);
        return keep({ sha256, entry, size, changed: mtimeMs, path: null, keeper: null, info });
      } catch (error) {
        if (error instanceof Fault) await rm(path, { force: true });
        throw error;
      }
    },

    /**
     * Takes a file into use: checked, hashed, then linked where it lies or copied.
     *
     * @param options `keeper` who keeps the file; `progress` gets bytes and total of hashing and copying
     * @throws `model-missing`, `not-a-gguf`, `gguf-damaged`, `gguf-unsupported`, `disk-full`, `model-changed`
     */
    async take(
      asked: string,
      options: {
        readonly copy: boolean;
        readonly keeper: string;
        readonly progress: (bytes: number, total: number) => Promise<void>;
      },
      signal: AbortSignal,
    ): Promise<Kept> {
      if (!isAbsolute(asked)) throw new Fault('model-missing', 'Give the whole path of the model file, from the root.');
      const info = await readGguf(asked, signal);
      const path = await realpath(asked);
      const before = await stat(path);
      const sha256 = await hashFile(path, (bytes) => options.progress(bytes, before.size), signal);
      const entry = entryOf(sha256)?.id ?? null;
      const common = { sha256, entry, size: before.size, info };
      const own = modelPath(folder, sha256);
      const there = await stat(own).catch(() => undefined);
      if (there?.size === before.size && find(entry ?? shortId(sha256))?.path === null)
        return keep({ ...common, changed: there.mtimeMs, path: null, keeper: null });
      if (!same(before, await stat(path))) throw changedMeanwhile();
      if (!options.copy) return keep({ ...common, changed: before.mtimeMs, path, keeper: options.keeper });
      await copyIn(path, own, sha256, signal);
      return keep({ ...common, changed: (await stat(own)).mtimeMs, path: null, keeper: null });
    },

    /**
     * The file to load, checked: by size and time, and by its hash when these differ from what was recorded.
     * @throws `no-model`, `model-missing`, `model-changed`
     */
    async check(id: string, signal?: AbortSignal): Promise<Kept> {
      const row = find(id);
      if (!row)
        throw new Fault('no-model', 'This model is not on this machine. Get it under Own, or choose one that is here.');
      const kept = toKept(row);
      const now = await stat(kept.path).catch((cause: unknown) => {
        const next = kept.keeper
          ? `its file, which ${kept.keeper} keeps, was moved or deleted. Choose the file again`
          : 'its file was deleted from the models folder. Fetch it again';
        throw new Fault('model-missing', `${kept.info.name} cannot be loaded: ${next}, or choose another model.`, {
          cause,
        });
      });
      if (now.size === row.size && now.mtimeMs === row.changed) return kept;
      const sha256 = now.size === row.size ? await hashFile(kept.path, undefined, signal) : '';
      if (sha256 !== row.sha256)
        throw new Fault(
          'model-changed',
          `${kept.info.name} cannot be loaded: its file is not the one that was checked (it was changed or cut short). Your conversations are safe; remove the model and take it in again.`,
        );
      store.run('UPDATE engine_models SET changed = ? WHERE sha256 = ?', now.mtimeMs, sha256);
      return kept;
    },

    /** Forgets a model and deletes its file, unless the file is only linked. Returns the bytes freed. */
    async remove(id: string): Promise<number> {
      const row = find(id);
      if (!row) throw new Fault('no-model', 'This model is not on this machine; nothing was removed.');
      let freed = 0;
      if (row.path === null) {
        const path = modelPath(folder, row.sha256);
        freed = (await stat(path).catch(() => ({ size: 0 }))).size;
        await rm(path, { force: true });
      }
      store.run('DELETE FROM engine_models WHERE sha256 = ?', row.sha256);
      return freed;
    },
  };

  async function copyIn(from: string, to: string, sha256: string, signal: AbortSignal): Promise<void> {
    const part = `${to}.copy`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await copyFile(from, part);
      if ((await hashFile(part, undefined, signal)) !== sha256) throw changedMeanwhile();
      await rename(part, to);
      syncFolder(folder);
    } catch (error) {
      await rm(part, { force: true });
      throw isFull(error) ? fullFault(error) : error;
    }
  }
}

export const shortId = (sha256: string): string => `sha256:${sha256.slice(0, 16)}`;

/** What the fit needs to know of a file that is here: all from its own header. */
export const needsOf = (info: GgufInfo): Needs => ({
  weights: info.tensorBytes,
  bytesPerToken: info.bytesPerToken,
  contextBytes: info.kvHeads * (info.keyLength + info.valueLength) * 2,
  trainedContext: info.trainedContext,
  vocabulary: info.vocabulary,
  width: info.width,
});

const same = (a: Stats, b: Stats): boolean => a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
const changedMeanwhile = () =>
  new Fault(
    'model-changed',
    'The file changed while it was read, so it was not taken in. Wait until it is whole, then try again.',
  );

/** SHA-256 of a file, in hex; `progress` gets the bytes so far and may wait. */
export async function hashFile(
  path: string,
  progress: ((bytes: number) => Promise<void>) | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    await progress?.(bytes);
  }
  return hash.digest('hex');
}

/** The models folder of a data folder. */
export const modelsFolder = (dataFolder: string): string => join(dataFolder, 'models');
