/** What bytes are by their beginning, whatever the name says. */

import { isBinary } from './decode.ts';

export type Magic =
  | { readonly is: 'pdf' | 'zip' | 'gzip' | 'ole' | 'text' | 'picture' }
  /** Of a kind that no reader takes; `what` completes "This file is …". */
  | { readonly is: 'other'; readonly what: string };

const PICTURE = 'a picture of a kind that daimon does not read; save it as PNG or JPEG';
const PROGRAM = 'a program, not a document';
const ARCHIVE = 'an archive; unpack it and attach what is inside';
const SOUND = 'sound or video, which daimon does not read';

/** Offset, signature in Latin-1, meaning. From each format's specification; the list at garykessler.net agrees. */
const SIGNATURES: readonly (readonly [number, string, string])[] = [
  [0, '\x7fELF', PROGRAM],
  [0, '\xfe\xed\xfa\xce', PROGRAM],
  [0, '\xfe\xed\xfa\xcf', PROGRAM],
  [0, '\xce\xfa\xed\xfe', PROGRAM],
  [0, '\xcf\xfa\xed\xfe', PROGRAM],
  [0, '\xca\xfe\xba\xbe', PROGRAM],
  [0, '\0asm', PROGRAM],
  [4, 'ftyphei', PICTURE],
  [4, 'ftypmif1', PICTURE],
  [4, 'ftypavif', PICTURE],
  [4, 'ftyp', SOUND],
  [0, 'OggS', SOUND],
  [0, 'fLaC', SOUND],
  [0, 'ID3', SOUND],
  [8, 'WAVE', SOUND],
  [8, 'AVI ', SOUND],
  [0, '\x1a\x45\xdf\xa3', SOUND],
  [0, 'BZh', ARCHIVE],
  [0, '7z\xbc\xaf\x27\x1c', ARCHIVE],
  [0, 'Rar!\x1a\x07', ARCHIVE],
  [0, '\xfd7zXZ\0', ARCHIVE],
  [0, '\x28\xb5\x2f\xfd', ARCHIVE],
  [257, 'ustar', ARCHIVE],
  [0, 'SQLite format 3\0', 'a database, not a document'],
  [0, 'GGUF', 'a model, not a document; bring it in under Models'],
  [0, '{\\rtf', 'in RTF, which daimon does not read yet; save it as DOCX or text'],
  [0, '%!PS', 'PostScript, which daimon does not read; make a PDF of it'],
];

/** Those that text recognition reads. */
const PICTURES: readonly (readonly [number, string])[] = [
  [0, '\x89PNG\r\n\x1a\n'],
  [0, '\xff\xd8\xff'],
  [0, 'GIF87a'],
  [0, 'GIF89a'],
  [8, 'WEBP'],
  [0, 'II*\0'],
  [0, 'MM\0*'],
];

const WORDS = /^[\w ]+$/;
const PDF_WITHIN = 1024;

export function magic(bytes: Uint8Array, extension: string): Magic {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PDF_WITHIN)).toString('latin1');
  // Readers of PDF accept junk before the header; a text that merely speaks of it must stay text.
  if (/^(?:\xef\xbb\xbf)?\s*%PDF-/.test(head) || (extension === 'pdf' && head.includes('%PDF-'))) return { is: 'pdf' };
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return { is: 'zip' };
  if (head.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return { is: 'ole' };
  if (head.startsWith('\x1f\x8b\x08')) return { is: 'gzip' };
  if (PICTURES.some(([at, signature]) => head.startsWith(signature, at)) && isBinary(bytes.subarray(0, 8192)))
    return { is: 'picture' };
  // A bitmap says its own length (BITMAPFILEHEADER), or `BM` begins a text.
  if (head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0') return { is: 'picture' };
  if (head.startsWith('MZ') && head.includes('\0')) return { is: 'other', what: PROGRAM };
  const other = SIGNATURES.find(([at, signature]) => head.startsWith(signature, at));
  // `ID3 tags are …` is a sentence; sound goes on with bytes that no sentence has. RTF and PostScript are letters.
  if (other && (!WORDS.test(other[1]) || isBinary(bytes.subarray(0, 8192)))) return { is: 'other', what: other[2] };
  return { is: 'text' };
}
