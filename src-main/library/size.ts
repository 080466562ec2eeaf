/** How large a file may be, and how its size reads. */
import { Fault } from '../wire/index.ts';

/** @throws Fault `too-large` that names both figures */
export function refuseLarger(size: number, { bytes, what }: { readonly bytes: number; readonly what: string }): void {
  if (size <= bytes) return;
  throw new Fault('too-large', `This file has ${human(size)}; ${what} of at most ${human(bytes)} are read.`, {
    details: { size, limit: bytes },
  });
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];
/** 64 MiB reads as 64 MB: the limits are round in the units that file managers of today do not agree on. */
export function human(bytes: number): string {
  const step = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return `${(bytes / 1024 ** step).toLocaleString('en', { maximumFractionDigits: 1 })} ${UNITS[step]}`;
}
