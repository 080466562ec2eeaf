/** Rows of a table as lines that people and models read: cells joined by bars. */

/** On one line, without the empty cells at the end; empty when every cell is. */
export function rowLine(cells: readonly string[]): string {
  let end = cells.length;
  while (end > 0 && (cells[end - 1] ?? '').trim() === '') end--;
  return Array.from({ length: end }, (_, i) => oneLine(cells[i] ?? '')).join(' | ');
}

export const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
