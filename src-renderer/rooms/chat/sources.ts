/** Where a source of an answer stands on the page, and how its number leads there. */

export const opener = (entry: string, n: number): string => `source-${entry}-${n}`;

/** Brings a source onto the screen and gives it the focus; in the list of those that are not pointed to, it opens that. */
export function showSource(entry: string, n: number): void {
  const found = document.getElementById(opener(entry, n));
  if (!found) return;
  const folded = found.closest('details');
  if (folded) folded.open = true;
  found.focus({ preventScroll: true });
  found.scrollIntoView({ block: 'nearest' });
}
