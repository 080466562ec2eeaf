/** Pictures: their text where the person wants it recognised, and else a sentence that says how. */
import { Fault } from '../../wire/index.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';

/** A page at 600 dots an inch has 35 million; what unpacks to more is a poster or a bomb. */
export const MOST_PIXELS = 50_000_000;

/** @throws Fault `picture` where recognition is off, `no-text`, `too-large`, `unreadable` */
export async function readPicture({ bytes, ocr, letters }: Given): Promise<Raw> {
  if (!ocr || !letters) throw unread('is a picture');
  if (pixels(bytes) > MOST_PIXELS)
    throw new Fault('too-large', 'This picture has more than 50 million dots; save a smaller copy, and add that.');
  const { openRecogniser } = await import('./ocr.ts');
  const recogniser = await openRecogniser(letters());
  try {
    const text = recogniser.read(bytes);
    if (text === undefined)
      throw new Fault('unreadable', 'This picture is damaged, or of a kind that daimon does not read. Save it as PNG.');
    const said = tidy(text).trim();
    if (said === '') throw new Fault('no-text', 'There is no text in this picture, or none that daimon can make out.');
    return { kind: 'image', text: said, note: RECOGNISED };
  } finally {
    recogniser.close();
  }
}

export const RECOGNISED = 'Its text was recognised in a picture, so some letters may be wrong.';

/** @param is what completes "This file …" */
export const unread = (is: string): Fault =>
  new Fault('picture', `This file ${is}; daimon reads it when "Read pictures" is turned on for its folder.`);

/** Width by height, of the kinds whose header says so at a fixed place; 0 for the others, which the process's limits bound. */
function pixels(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 32) return 0;
  if (bytes[0] === 0x89) return view.getUint32(16) * view.getUint32(20);
  if (bytes[0] === 0x47) return view.getUint16(6, true) * view.getUint16(8, true);
  if (bytes[0] === 0x42) return Math.abs(view.getInt32(18, true) * view.getInt32(22, true));
  if (bytes[0] === 0xff) return jpegPixels(view);
  return 0;
}

/** The first frame header (ITU T.81, B.2.2). */
function jpegPixels(view: DataView): number {
  for (let at = 2; at + 9 < view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return view.getUint16(at + 5) * view.getUint16(at + 7);
    at += 2 + view.getUint16(at + 2);
  }
  return 0;
}
