/** How figures are written: a table for people, one array for programs. */
import type { Figure } from './figure.ts';

const words = { true: 'holds', false: 'DOES NOT HOLD', null: 'not judged' } as const;

/** Seven digits at most are worth reading, and fewer when the number is large. */
const readable = (value: number) =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));

/** For people: one line a figure, columns aligned. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, bound, holds }) => [
    name,
    `${readable(value)} ${unit}`,
    bound ?? '',
    bound === undefined ? '' : words[`${holds ?? null}`],
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** For programs: always the same five keys; `bound` and `holds` are null where there are none. */
export function asJson(figures: readonly Figure[]): string {
  return JSON.stringify(
    figures.map(({ name, value, unit, bound, holds }) => ({
      name,
      value,
      unit,
      bound: bound ?? null,
      holds: holds ?? null,
    })),
  );
}
