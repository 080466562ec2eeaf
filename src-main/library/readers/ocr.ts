/** Text in pictures: Tesseract's LSTM as WebAssembly, without the workers of tesseract.js, which a closed process cannot start. */
import { gunzipSync } from 'node:zlib';

/** The part of tesseract.js-core 7 that is called. */
interface Core {
  readonly FS: { writeFile(path: string, bytes: Uint8Array): void; unlink(path: string): void };
  readonly TessBaseAPI: new () => Api;
}
interface Api {
  Init(folder: null, language: string, engine: number): number;
  /** @returns 1 for what is no picture that leptonica knows */
  SetImageFile(orientation: number, angle: number): number;
  Recognize(monitor: null): number;
  GetUTF8Text(): string;
  MeanTextConf(): number;
  End(): void;
}

export interface Recogniser {
  /**
   * Some seconds for a page.
   *
   * @param image PNG, JPEG, TIFF, WebP, BMP, GIF or PNM, as leptonica reads it
   * @returns undefined for what it cannot read; an empty text where it sees none
   */
  read(image: Uint8Array): string | undefined;
  close(): void;
}

const LSTM = 1;
/** Of a hundred, on the average of all words: what lies below is texture that was taken for letters. */
const LEAST_CONFIDENCE = 40;
const INPUT = '/input';
/** What the weights unpack to is 5 MB. */
const MOST_LETTERS = 64 << 20;

/** @param letters weights for English, gzipped (@tesseract.js-data/eng) */
export async function openRecogniser(letters: Uint8Array): Promise<Recogniser> {
  // Its WASM stands in the file itself: nothing is looked for on the disk.
  const { default: load } = await import('tesseract.js-core/tesseract-core-simd-lstm.wasm.js');
  const core = (await load({ print: () => {}, printErr: () => {} })) as Core;
  core.FS.writeFile('eng.traineddata', gunzipSync(letters, { maxOutputLength: MOST_LETTERS }));
  const api = new core.TessBaseAPI();
  if (api.Init(null, 'eng', LSTM) !== 0) throw new Error('Tesseract did not take its weights');
  return {
    read(image) {
      core.FS.writeFile(INPUT, image);
      try {
        if (api.SetImageFile(1, 0) === 1) return undefined;
        api.Recognize(null);
        return api.MeanTextConf() < LEAST_CONFIDENCE ? '' : api.GetUTF8Text();
      } finally {
        core.FS.unlink(INPUT);
      }
    },
    close: () => api.End(),
  };
}
