/**
 * The seal: a one-line glyph drawn from a public key, shown beside keys, devices, models and people.
 *
 * One pen line walks through one sector of a small polar lattice (5 rings × 9 leans) and is turned until it closes: a
 * woven rosette with 3 to 8 arms, an open or dotted middle, one of five rims. About 20 bits of choice reach the drawing:
 * two keys picked by chance practically never share a seal, but whoever wants a key with yours can search for one in
 * minutes. It helps to notice and to remember. It proves nothing.
 */

export interface SealDrawing {
  /** The woven line, as SVG path data in a 64 × 64 box. */
  readonly line: string;
  /** Middle and rim; '' when the key gives neither. */
  readonly extra: string;
  readonly arms: number;
}

type Point = readonly [x: number, y: number];

/** Arms, and how many sectors the pen skips. Never four arms (a hooked cross), never a ringed middle (an atom). */
const WEAVES = [
  [3, 1],
  [7, 1],
  [5, 1],
  [5, 2],
  [6, 1],
  [7, 2],
  [7, 3],
  [8, 3],
] as const;
/** Taut, easy or loose curves. */
const PULLS = [0.17, 0.22, 0.28] as const;
const MIDDLE = 32;

/** A 32-bit mixer over the whole key, so that every digit matters; gives whole numbers in [0, limit). */
function numbersOf(key: string): (limit: number) => number {
  const digits = key
    .toLowerCase()
    .replace(/^0x/, '')
    .replace(/[^0-9a-f]/g, '');
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  for (let i = 0; i < digits.length; i++) {
    const code = digits.charCodeAt(i);
    a = Math.imul(a ^ code, 0x85ebca6b);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ a ^ code, 0xc2b2ae35);
    b ^= b >>> 16;
  }
  return (limit) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | b);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    b = Math.imul(b ^ t, 0x27d4eb2f);
    b ^= b >>> 15;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

const round = (value: number) => (Math.round(value * 10) / 10).toString();
const pair = ([x, y]: Point) => `${round(x)} ${round(y)}`;
const circle = ([x, y]: Point, r: number) =>
  `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

/**
 * Draws the seal of a key.
 *
 * @param key hex, with or without `0x`, in either case; other characters are skipped
 * @returns the same drawing for the same key, for ever
 */
export function sealDrawing(key: string): SealDrawing {
  const next = numbersOf(key);
  const [arms, skip] = WEAVES[next(WEAVES.length)]!;
  const sector = (2 * Math.PI) / arms;
  const stride = sector * skip;
  const lean = () => (next(9) - 4) / 4;
  // One point outside, two inside, leaning far enough for the line to cross itself. The order of `next` is the format.
  const steps = [
    { r: 27, a: 0 },
    { r: 5 + 4 * next(5), a: stride / 3 + lean() * sector * 0.8 },
    { r: 9 + 4 * next(5), a: (2 * stride) / 3 + lean() * sector * 0.6 },
  ];
  const pull = PULLS[next(3)]!;
  const core = next(2);
  const rim = next(5);
  const turn = next(2) * (sector / 2);
  const at = (r: number, a: number): Point => [MIDDLE + r * Math.sin(a + turn), MIDDLE - r * Math.cos(a + turn)];

  const points = Array.from({ length: arms }, (_, k) => steps.map(({ r, a }) => at(r, a + k * stride))).flat();
  const dot = core === 1 ? circle([MIDDLE, MIDDLE], 1.2) : '';
  return { line: closedCurve(points, pull), extra: dot + rimOf(rim, arms, sector, at), arms };
}

/** A closed curve through all points; each control point is pulled along the line between its neighbours. */
function closedCurve(points: readonly Point[], pull: number): string {
  const point = (i: number) => points[(i + points.length) % points.length]!;
  const along = (from: Point, before: Point, after: Point, by: number): Point => [
    from[0] + (after[0] - before[0]) * by,
    from[1] + (after[1] - before[1]) * by,
  ];
  let line = 'M' + pair(point(0));
  for (let i = 0; i < points.length; i++) {
    const leave = along(point(i), point(i - 1), point(i + 1), pull);
    const arrive = along(point(i + 1), point(i), point(i + 2), -pull);
    line += `C${pair(leave)} ${pair(arrive)} ${pair(point(i + 1))}`;
  }
  return line + 'Z';
}

/** None, a whole ring, an arc, a bead or a ray for each arm. */
function rimOf(rim: number, arms: number, sector: number, at: (r: number, a: number) => Point): string {
  if (rim === 0) return '';
  if (rim === 1) return circle([MIDDLE, MIDDLE], 31.5);
  const each = (k: number) => {
    const between = (k + 0.5) * sector;
    if (rim === 2)
      return `M${pair(at(31.5, k * sector - sector * 0.32))}A31.5 31.5 0 0 1 ${pair(at(31.5, k * sector + sector * 0.32))}`;
    if (rim === 3) return circle(at(30, between), 1);
    return `M${pair(at(28.5, between))}L${pair(at(32, between))}`;
  };
  return Array.from({ length: arms }, (_, k) => each(k)).join('');
}
