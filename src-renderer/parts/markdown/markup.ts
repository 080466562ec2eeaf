/**
 * Reads the markup that highlight.js and KaTeX write, without a parser of HTML: elements with plain attributes, text,
 * and the five references that both escape with. Anything else is refused, whoever wrote it.
 */

/** What is read, in order. A handler that returns false refuses the whole. */
export interface Reader {
  open(tag: string, attributes: ReadonlyMap<string, string>): boolean;
  close(): void;
  text(text: string): void;
}

const TOKEN = /<([a-z]+)((?: [a-z:]+="[^"<>]*")*)(\/?)>|<\/([a-z]+)>|([^<>&]+)|&(amp|lt|gt|quot|#x27);/y;
const ATTRIBUTE = / ([a-z:]+)="([^"]*)"/g;
const REFERENCE = /&(amp|lt|gt|quot|#x27);/g;
const SIGNS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" };

/** Reads `markup`; false as soon as something in it is not as above, or its elements do not nest. */
export function readMarkup(markup: string, reader: Reader): boolean {
  const open: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < markup.length) {
    const token = TOKEN.exec(markup);
    if (!token) return false;
    const [, tag, attributes, empty, closed, text, sign] = token;
    if (text !== undefined) reader.text(text);
    else if (sign !== undefined) reader.text(SIGNS[sign]!);
    else if (closed !== undefined) {
      if (open.pop() !== closed) return false;
      reader.close();
    } else {
      const read = new Map<string, string>();
      for (const [, name, value] of attributes!.matchAll(ATTRIBUTE))
        read.set(
          name!,
          value!.replace(REFERENCE, (_, one: string) => SIGNS[one]!),
        );
      // A handler may itself read markup: the place in this one is kept.
      const at = TOKEN.lastIndex;
      if (!reader.open(tag!, read)) return false;
      TOKEN.lastIndex = at;
      if (empty) reader.close();
      else open.push(tag!);
    }
  }
  return open.length === 0;
}
