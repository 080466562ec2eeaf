/** Numbers in square brackets that point to sources: which ones do, and what happens when one is pressed. */
import { getContext, setContext } from 'svelte';

export interface Cites {
  has(n: number): boolean;
  label(n: number): string;
  open(n: number): void;
}

const KEY = Symbol('cites');

/** @param now read whenever text is drawn; undefined where numbers are only numbers */
export const provideCites = (now: () => Cites | undefined): void => void setContext(KEY, now);
export const useCites = (): (() => Cites | undefined) => getContext<(() => Cites | undefined) | undefined>(KEY) ?? none;
const none = () => undefined;

/** `'so [1].'` → `'so '`, `1`, `'.'`; brackets round a number that points nowhere stay text. */
export function citePieces(text: string, cites: Cites): (string | number)[] {
  const pieces: (string | number)[] = [];
  let from = 0;
  for (const { 0: whole, 1: digits, index } of text.matchAll(/\[(\d{1,2})\]/g)) {
    const n = Number(digits);
    if (!cites.has(n)) continue;
    if (index > from) pieces.push(text.slice(from, index));
    pieces.push(n);
    from = index + whole.length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}
