/** DOCX: headings, paragraphs, lists and tables as Markdown (the one user of mammoth). */
import mammoth from 'mammoth';
import { Fault } from '../../wire/index.ts';
import { documentMarkdown, type Node } from './docx-markdown.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';
import { unpack } from './unpack.ts';

/** 32 MiB of XML are some ten thousand pages; mammoth's trees of it are what the heap has to hold. */
const LIMITS = { total: 32 << 20, ratio: 200 };
/** What mammoth may see: XML, never a picture, a macro or a style map of the document's own. */
const PARTS = /^(?:word\/.*|_rels\/.*|\[Content_Types\])\.(?:xml|rels)$/;

type Parts = ReturnType<typeof unpack>;

/** @throws Fault `no-text`, `too-large`, `unreadable` */
export async function readDocx({ bytes }: Given): Promise<Raw> {
  const parts = unpack(bytes, (name) => PARTS.test(name), LIMITS);
  for (const part of parts.values()) refuseEntities(part);
  let root: Node | undefined;
  await mammoth.convertToHtml({ file: zipOf(parts) } as never, {
    includeEmbeddedStyleMap: false,
    externalFileAccess: false,
    // The tree is all we want of it; an empty one makes no HTML.
    transformDocument(document: Node) {
      root = document;
      return { ...document, children: [] };
    },
  });
  if (!root) throw new Error('mammoth gave no document');
  const { text, pictures } = documentMarkdown(root);
  if (text.trim() === '') throw new Fault('no-text', 'This document holds no text; pictures in it cannot be read yet.');
  return {
    kind: 'docx',
    text: tidy(text),
    note:
      pictures > 0
        ? `Layout and ${pictures} ${pictures === 1 ? 'picture' : 'pictures'} are left out.`
        : 'Layout is left out.',
  };
}

/** Entities that grow into gigabytes or name files need a DTD, which no Word document has (ECMA-376 part 2, 8.1.4). */
function refuseEntities(part: Uint8Array): void {
  const xml = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  if (xml.includes('<!DOCTYPE') || xml.includes('<!ENTITY'))
    throw new Fault(
      'unreadable',
      'This document defines entities of its own, as no Word document does; it was not read.',
    );
}

/** mammoth's own idea of a zip, over parts that are unpacked already. */
const zipOf = (parts: Parts) => ({
  exists: (name: string) => parts.has(name),
  async read(name: string, encoding?: string) {
    const part = parts.get(name);
    if (!part) throw new Error('a part is missing');
    if (encoding === undefined) return part;
    return encoding === 'base64' ? Buffer.from(part).toString('base64') : new TextDecoder(encoding).decode(part);
  },
});
