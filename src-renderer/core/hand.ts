/** Hands a file of the person's to the core: by its path where the shell knows it, else piece by piece into memory. */
import type { Id } from '../../src-main/wire/schema.ts';
import { desktop } from './desktop.ts';
import type { Core } from './doors.ts';

/** Bytes a piece; the door takes 1 MiB. */
const PIECE = 512 * 1024;

/** @param progress bytes given so far @returns what `assistant.attach` and `assistant.import` take */
export async function hand(
  core: Core,
  file: File,
  signal?: AbortSignal,
  progress?: (bytes: number) => void,
): Promise<{ readonly path: string } | { readonly upload: Id }> {
  const path = desktop()?.pathOf(file);
  if (path) return { path };
  const { upload } = await core['library.offer']({ name: file.name, size: file.size }, signal);
  for (let at = 0; at < file.size; at += PIECE) {
    const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    await core['library.give']({ upload, bytes }, signal);
    progress?.(at + bytes.length);
  }
  return { upload };
}
