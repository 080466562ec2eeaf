/** XML as events, without a tree: a spreadsheet of 60 MB passes in the memory of its text. No document type, no entities of its own. */
import { Fault } from '../../wire/index.ts';

/** Attributes by local name; one that had a prefix stands under `:name` as well, since `id` and `r:id` stand side by side. */
export type Attributes = Readonly<Record<string, string>>;

export interface XmlEvents {
  /** `name` is without its prefix: prefixes are the writer's choice. */
  open?(name: string, attributes: Attributes): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** No office program nests half as deep; handlers keep a stack. */
const DEEPEST = 2000;
/** Name, attributes, self-closing. Each part ends where the next begins, so a tag is read in one pass. */
const TAG = /<([^\s/>"'=<]+)((?:\s+[^\s=>"'/<]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const NONE: Attributes = Object.freeze({});

/**
 * Calls `events` in the order of the document. Checks nesting and nothing else.
 *
 * @throws Fault `unreadable` for a document type definition: entities that grow into gigabytes or name files stand in one,
 *   and no format that is read with this has any (ECMA-376 part 2, 8.1.4; OpenDocument 1.3 part 2; EPUB's are taken off)
 * @throws Error for what is not well-formed
 */
export function readXml(source: Uint8Array | string, events: XmlEvents): void {
  const xml = typeof source === 'string' ? source : decodeXml(source);
  const path: string[] = [];
  let at = 0;
  while (at < xml.length) {
    const tag = xml.indexOf('<', at);
    const end = tag < 0 ? xml.length : tag;
    if (end > at && path.length > 0) events.text?.(unescape(xml.slice(at, end)));
    if (tag < 0) break;
    const next = xml[tag + 1];
    if (next === '!') at = marked(xml, tag, path, events);
    else if (next === '?') at = after(xml, '?>', tag);
    else if (next === '/') {
      at = after(xml, '>', tag);
      const name = xml.slice(tag + 2, at - 1).trimEnd();
      if (path.pop() !== name) throw broken();
      events.close?.(local(name));
    } else {
      TAG.lastIndex = tag;
      const found = TAG.exec(xml);
      if (!found) throw broken();
      const [whole, name, attributes, closed] = found as unknown as [string, string, string, string];
      at = tag + whole.length;
      events.open?.(local(name), attributes === '' ? NONE : parse(attributes));
      if (closed) events.close?.(local(name));
      else if (path.push(name) > DEEPEST) throw broken();
    }
  }
  if (path.length > 0) throw broken();
}

/** Comments and CDATA; anything else that begins with `<!` is a document type definition. */
function marked(xml: string, tag: number, path: readonly string[], events: XmlEvents): number {
  if (xml.startsWith('<!--', tag)) return after(xml, '-->', tag);
  if (!xml.startsWith('<![CDATA[', tag))
    throw new Fault(
      'unreadable',
      'This document defines entities of its own, as no such document does; it was not read.',
    );
  const end = after(xml, ']]>', tag);
  if (path.length > 0) events.text?.(xml.slice(tag + 9, end - 3));
  return end;
}

function after(xml: string, mark: string, from: number): number {
  const at = xml.indexOf(mark, from);
  if (at < 0) throw broken();
  return at + mark.length;
}

function parse(attributes: string): Attributes {
  // Without a prototype: an attribute may be called `constructor`.
  const all = Object.create(null) as Record<string, string>;
  for (const [, name, double, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = unescape(double ?? single ?? '');
    const colon = name!.lastIndexOf(':');
    if (colon < 0) all[name!] = value;
    else {
      all[name!.slice(colon)] = value;
      all[name!.slice(colon + 1)] ??= value;
    }
  }
  return all;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const ENTITY = /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What names no character stays as it stands. */
const unescape = (text: string): string =>
  text.includes('&')
    ? text.replace(ENTITY, (whole, hex?: string, decimal?: string, name?: string) => {
        if (name) return NAMED[name.toLowerCase()]!;
        const code = hex ? parseInt(hex, 16) : Number(decimal);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      })
    : text;

/** By its mark, or by what its first line claims; else UTF-8, which is what every office program writes. */
export function decodeXml(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString('latin1');
  const claimed = /^(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(head)?.[1];
  // UTF-16 without its mark, or a name that nobody knows: then it is not what it claims.
  if (claimed && !/^utf-?(?:8|16)/i.test(claimed))
    try {
      return new TextDecoder(claimed).decode(bytes);
    } catch {
      // Not a label of the Encoding Standard.
    }
  return new TextDecoder().decode(bytes);
}

const broken = () => new Error('The XML is not well-formed');
