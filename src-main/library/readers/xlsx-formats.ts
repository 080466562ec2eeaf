/** How Excel shows a number: whether it is a date, a time, a share, or just a number. Money and colours are left to the eye. */
import { readXml } from './xml.ts';

export type Format = (value: number) => string;

const DAY = 86_400_000;
/** Day 0 of Excel's two calendars. The first counts a 29 February 1900 that never was, so it is right from March 1900 on. */
const FROM_1900 = Date.UTC(1899, 11, 30);
const FROM_1904 = Date.UTC(1904, 0, 1);
/** Last day that Excel knows: 31 December 9999. */
const LAST = 2_958_465;

/** Built-in formats that are dates, and those that are times (ECMA-376 part 1, 18.8.30, with the East Asian ones). */
const builtIn = (id: number): string | undefined => {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return 'yyyy-mm-dd';
  if (id === 22) return 'yyyy-mm-dd hh:mm';
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return 'hh:mm';
  return id === 9 || id === 10 ? '0%' : undefined;
};

/** By the index that cells give (`s`): the format of each entry of `cellXfs`. */
export function formats(styles: Uint8Array | undefined, from1904: boolean): Format[] {
  const own = new Map<number, string>();
  const used: number[] = [];
  let inCells = false;
  if (styles)
    readXml(styles, {
      open(name, attributes) {
        if (name === 'numFmt') own.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
        else if (name === 'cellXfs') inCells = true;
        else if (name === 'xf' && inCells) used.push(Number(attributes['numFmtId'] ?? 0));
      },
      close: (name) => void (inCells &&= name !== 'cellXfs'),
    });
  return used.map((id) => format(own.get(id) ?? builtIn(id) ?? '', from1904 ? FROM_1904 : FROM_1900));
}

function format(code: string, epoch: number): Format {
  // The first section is for positive numbers. Words in quotes, colours and locales are no letters of the format, but
  // hours in brackets are: `[h]:mm` counts beyond a day.
  const plain = (code.split(';')[0] ?? '')
    .replace(/general|"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .toLowerCase();
  if (plain.includes('%')) return (value) => `${number(value * 100)}%`;
  if (/\[(?:h+|m+|s+)\]/.test(plain)) return duration;
  const time = /[hs]/.test(plain);
  // `m` is a month, unless hours or seconds make it a minute.
  const day = /[dy]/.test(plain) || (plain.includes('m') && !time);
  if (!day && !time) return number;
  return (value) => {
    if (value < 0 || value > LAST) return number(value);
    const iso = new Date(epoch + Math.round(value * DAY)).toISOString();
    const clock = iso.slice(11, iso.endsWith(':00.000Z') ? 16 : 19);
    return [day && iso.slice(0, 10), time && clock].filter(Boolean).join(' ');
  };
}

const duration: Format = (value) => {
  const minutes = Math.round(Math.abs(value) * 24 * 60);
  return `${value < 0 ? '-' : ''}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
};

/** Excel keeps 15 digits: what comes after is the error of the binary fraction. */
const number: Format = (value) => String(Number(value.toPrecision(15)));
