/** What a drop holds: folders by their path where the shell knows it, else every file below them. */
import { desktop } from '../../core/desktop.ts';
import type { Coming } from './giving.svelte.ts';
import { MOST } from './giving.svelte.ts';

/** The core leaves the same out when it looks into a folder itself. */
const LEFT = /^(?:\.|node_modules$|__pycache__$)/;

type Dropped = { readonly file: File | null; readonly entry: FileSystemEntry | null };

/** Must be called within the drop's own event: what it holds is gone afterwards. */
export const droppedOf = (data: DataTransfer): Dropped[] =>
  [...data.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));

/** The one folder that was dropped, by its path, where the shell knows it. */
export function onlyFolder(dropped: readonly Dropped[]): string | undefined {
  const [one, ...more] = dropped;
  if (!one?.file || !one.entry?.isDirectory || more.length > 0) return undefined;
  return desktop()?.pathOf(one.file);
}

const entries = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/**
 * Every file of a drop, up to what may come at a time; what cannot be looked into is passed over, as hidden files are.
 *
 * @param walked told how many files were seen so far
 */
export async function walk(dropped: readonly Dropped[], walked: (files: number) => void): Promise<Coming> {
  const files: File[] = [];
  const folders: string[] = [];
  let bytes = 0;
  let left = 0;
  const take = (file: File) => {
    files.push(file);
    bytes += file.size;
    walked(files.length);
  };
  const over = () => files.length > MOST.files || bytes > MOST.bytes;
  const queue: FileSystemDirectoryEntry[] = [];
  for (const { file, entry } of dropped) {
    const path = file && desktop()?.pathOf(file);
    if (entry?.isDirectory && path) folders.push(path);
    else if (entry?.isDirectory) queue.push(entry as FileSystemDirectoryEntry);
    else if (file) take(file);
  }
  for (let folder = queue.shift(); folder && !over(); folder = queue.shift()) {
    const reader = folder.createReader();
    try {
      // A hundred at a time at most, until there are none.
      for (let some = await entries(reader); some.length > 0 && !over(); some = await entries(reader))
        for (const entry of some) {
          if (LEFT.test(entry.name)) left++;
          else if (entry.isDirectory) queue.push(entry as FileSystemDirectoryEntry);
          else take(await fileOf(entry as FileSystemFileEntry));
        }
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      left++;
    }
  }
  return { files, folders, left, ...(over() && { over: { files: files.length, bytes } }) };
}

/** The path of a folder that was chosen with its files, from one of them: `/home/mara/letters` of `letters/1956/a.txt`. */
export function folderOf(file: File): string | undefined {
  const path = desktop()?.pathOf(file);
  const within = file.webkitRelativePath;
  if (!path || !within.includes('/')) return undefined;
  if (!path.replaceAll('\\', '/').endsWith(within)) return undefined;
  return path.slice(0, path.length - (within.length - within.indexOf('/')));
}
