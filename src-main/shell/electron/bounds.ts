/** Where the window stood: a small file without anything personal, and a place that is still on a screen. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Standing extends Rectangle {
  readonly maximized: boolean;
}
export const SMALLEST = { width: 400, height: 480 } as const;
const PRESET = { width: 1200, height: 800 } as const;
/** How much of the title bar must be in reach, so that a person can pull the window back. */
const IN_REACH = 100;

const pixel = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const standing = v.strictObject({ x: pixel, y: pixel, width: pixel, height: pixel, maximized: v.boolean() });
const fileIn = (folder: string) => join(folder, 'window.json');

/** Undefined when there is none, or it is not ours. */
export function readStanding(folder: string): Standing | undefined {
  try {
    const parsed = v.safeParse(standing, JSON.parse(readFileSync(fileIn(folder), 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** A window that cannot be remembered is no reason to say anything. */
export const writeStanding = (folder: string, now: Standing): Promise<void> =>
  writeFile(fileIn(folder), `${JSON.stringify(now)}\n`, { mode: 0o600 }).catch(() => {});

/**
 * Clamps to the screens that are here: never larger than the one it is on, never smaller than the smallest, its title bar
 * in reach. On a screen that has been unplugged it comes to the middle of the first.
 *
 * @param areas the usable area of each display, the primary one first
 */
export function fit(was: Rectangle | undefined, areas: readonly Rectangle[]): Rectangle {
  const sized = (area: Rectangle) => ({
    width: between(SMALLEST.width, was?.width ?? PRESET.width, area.width),
    height: between(SMALLEST.height, was?.height ?? PRESET.height, area.height),
  });
  for (const area of was ? areas : []) {
    const now = { x: was!.x, y: was!.y, ...sized(area) };
    if (isInReach(now, area)) return now;
  }
  const first = areas[0] ?? { x: 0, y: 0, ...PRESET };
  const { width, height } = sized(first);
  return {
    x: first.x + Math.max(0, Math.round((first.width - width) / 2)),
    y: first.y + Math.max(0, Math.round((first.height - height) / 2)),
    width,
    height,
  };
}

const between = (least: number, wanted: number, most: number) => Math.max(least, Math.min(wanted, most));

const isInReach = ({ x, y, width }: Rectangle, area: Rectangle) =>
  y >= area.y &&
  y <= area.y + area.height - IN_REACH &&
  Math.min(x + width, area.x + area.width) - Math.max(x, area.x) >= IN_REACH;
