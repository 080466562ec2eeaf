/** Scanned pages: the picture that a page shows, as dots, and the text that is recognised in it. */
import { openRecogniser, type Recogniser } from './ocr.ts';
import { tidy } from './tidy.ts';

export interface Recognised {
  /** By page number, only where there is text. */
  readonly texts: ReadonlyMap<number, string>;
  /** Pages for which there was no time. */
  readonly left: number;
}
export interface RecogniseOptions {
  readonly letters: Uint8Array;
  /** What a page shows, in a format of leptonica's; undefined for a page without a picture. */
  picture(page: number): Promise<Uint8Array | undefined>;
  /** Asked before each page, which takes some seconds. */
  enough(): boolean;
}

export async function recognise(pages: readonly number[], options: RecogniseOptions): Promise<Recognised> {
  const texts = new Map<number, string>();
  let recogniser: Recogniser | undefined;
  try {
    for (const [index, number] of pages.entries()) {
      if (options.enough()) return { texts, left: pages.length - index };
      const image = await options.picture(number);
      if (!image) continue;
      recogniser ??= await openRecogniser(options.letters);
      const text = tidy(recogniser.read(image) ?? '').trim();
      if (text !== '') texts.set(number, text);
    }
    return { texts, left: 0 };
  } finally {
    recogniser?.close();
  }
}

/** What pdf.js gives for an image (`ImageKind`): dots of 1 bit, 3 bytes or 4 bytes. */
interface Dots {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}
interface Objects {
  get(name: string, found: (object: unknown) => void): unknown;
}
/** Of pdf.js's page. */
interface Page {
  readonly objs: Objects;
  readonly commonObjs: Objects;
  getOperatorList(): Promise<{ fnArray: readonly number[]; argsArray: readonly (readonly unknown[] | null)[] }>;
  cleanup(): unknown;
}
interface Operators {
  readonly paintImageXObject: number;
  readonly paintInlineImageXObject: number;
}

/** Smaller ones are marks and logos, in which no page of text is found. */
const LEAST_PIXELS = 40_000;
/** An image that never comes: pdf.js does not answer for some broken ones. */
const PATIENCE_MS = 5000;

/** The largest picture of a page, as PNM; undefined for a page that shows none. A page that is turned is read as it lies. */
export async function scanOf(page: Page, operators: Operators): Promise<Uint8Array | undefined> {
  const { fnArray, argsArray } = await page.getOperatorList();
  let best: Dots | undefined;
  for (const [index, operator] of fnArray.entries()) {
    if (operator !== operators.paintImageXObject && operator !== operators.paintInlineImageXObject) continue;
    const given = argsArray[index]?.[0];
    const dots = typeof given === 'string' ? await object(page, given) : (given as Dots | undefined);
    if (dots?.data && dots.width * dots.height > (best ? best.width * best.height : LEAST_PIXELS)) best = dots;
  }
  const image = best && pnm(best);
  page.cleanup();
  return image;
}

function object(page: Page, name: string): Promise<Dots | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    (name.startsWith('g_') ? page.commonObjs : page.objs).get(name, (found) => {
      clearTimeout(timer);
      resolve((found as Dots | null) ?? undefined);
    });
  });
}

/** Netpbm's raw formats: a line of text before the dots. */
function pnm({ width, height, data: dots }: Dots): Uint8Array | undefined {
  const data = new Uint8Array(dots.buffer, dots.byteOffset, dots.length);
  const head = (kind: string, most: string) => Buffer.from(`${kind}\n${width} ${height}\n${most}`);
  // A bit that is set is white in PDF and black in PBM.
  if (data.length === ((width + 7) >> 3) * height)
    return Buffer.concat([head('P4', ''), Uint8Array.from(data, (byte) => byte ^ 0xff)]);
  if (data.length === width * height) return Buffer.concat([head('P5', '255\n'), data]);
  if (data.length === width * height * 3) return Buffer.concat([head('P6', '255\n'), data]);
  if (data.length !== width * height * 4) return undefined;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++)
    grey[i] = (data[4 * i]! * 299 + data[4 * i + 1]! * 587 + data[4 * i + 2]! * 114) / 1000;
  return Buffer.concat([head('P5', '255\n'), grey]);
}
