/** EPUB: the chapters of a book in their order, each by the reader of pages (EPUB 3.3, and EPUB 2 where it differs). */
import { Fault } from '../../wire/index.ts';
import { MOST_CHARACTERS } from '../process-door.ts';
import { decodeHtml, pageMarkdown } from './html.ts';
import { tidy } from './tidy.ts';
import type { Given, Raw } from './reading.ts';
import { unpack } from './unpack.ts';
import { decodeXml, readXml } from './xml.ts';

const LIMITS = { total: 64 << 20, ratio: 250 };
/** Pictures, fonts and sound stay packed. */
const PARTS = /\.(?:x?html?|xml|opf)$|^META-INF\//i;
/** Fonts are scrambled against copying; that locks no text. (EPUB 3.3, 4.2; Adobe's older way.) */
const SCRAMBLED_FONTS = /^http:\/\/(?:www\.idpf\.org\/2008\/embedding|ns\.adobe\.com\/pdf\/enc#RC)$/;
/** What is left of 30 s stays for the way to the core. */
const ENOUGH_MS = 20_000;

/** @throws Fault `encrypted-file`, `no-text`, `too-large`, `unreadable` */
export function readEpub({ bytes }: Given, now: () => number = () => performance.now()): Raw {
  const began = now();
  const parts = unpack(bytes, (name) => PARTS.test(name), LIMITS);
  refuseLocked(parts.get('META-INF/encryption.xml'));
  const { chapters, title, authors, date } = packageOf(parts);
  const texts: string[] = [];
  let length = 0;
  let missing = 0;
  let left = 0;
  for (const [index, name] of chapters.entries()) {
    const part = parts.get(name);
    if (length > MOST_CHARACTERS || now() - began > ENOUGH_MS) {
      left = chapters.length - index;
      break;
    }
    if (!part) {
      missing++;
      continue;
    }
    const page = pageMarkdown(decodeHtml(part), false);
    const text = tidy(page.text).trim();
    if (text === '') continue;
    // A chapter whose heading is a picture has its name in its head, often the book's own.
    const named = /^#/m.test(text) || !page.title || page.title === title;
    texts.push(named ? text : `# ${page.title}\n\n${text}`);
    length += text.length + 2;
  }
  if (texts.length === 0) throw new Fault('no-text', 'This book holds no text; pictures in it cannot be read yet.');
  return {
    kind: 'epub',
    text: texts.join('\n\n'),
    ...(title && { title: authors.length > 0 ? `${title} – ${authors.join(', ')}` : title }),
    ...(date !== undefined && { date }),
    note: [
      'Pictures and layout are left out.',
      missing > 0 && `${missing} of ${chapters.length} chapters are missing in the file.`,
      left > 0 && `The last ${left} of ${chapters.length} chapters were not read.`,
    ]
      .filter((sentence) => sentence !== false)
      .join(' '),
  };
}

function refuseLocked(encryption: Uint8Array | undefined): void {
  if (!encryption) return;
  readXml(encryption, {
    open(name, { Algorithm }) {
      if (name === 'EncryptionMethod' && !SCRAMBLED_FONTS.test(Algorithm ?? ''))
        throw new Fault(
          'encrypted-file',
          'This book is locked by its seller, and only their program opens it. Nothing else is affected.',
        );
    },
  });
}

interface Package {
  readonly chapters: string[];
  readonly title?: string;
  readonly authors: string[];
  readonly date?: number;
}

function packageOf(parts: ReadonlyMap<string, Uint8Array>): Package {
  let path: string | undefined;
  const container = parts.get('META-INF/container.xml');
  if (container)
    readXml(container, { open: (name, all) => void (path ??= name === 'rootfile' ? all['full-path'] : undefined) });
  const source = parts.get(path ?? '');
  if (!source) throw new Error('no package in it');
  const folder = path!.slice(0, path!.lastIndexOf('/') + 1);
  const files = new Map<string, string>();
  const order: string[] = [];
  const said: Record<'title' | 'creator' | 'date', string[]> = { title: [], creator: [], date: [] };
  let field: keyof typeof said | undefined;
  let text = '';
  readXml(withoutDoctype(source), {
    open(name, attributes) {
      if (name === 'item' && attributes['id'] && attributes['href'])
        files.set(attributes['id'], resolve(folder, attributes['href']));
      else if (name === 'itemref' && attributes['idref']) order.push(attributes['idref']);
      else if (name === 'title' || name === 'creator' || name === 'date') field = name;
      text = '';
    },
    text: (more) => void (text += more),
    close() {
      if (field) said[field].push(text.replace(/\s+/g, ' ').trim());
      field = undefined;
    },
  });
  const date = said.date.map((one) => Date.parse(one)).find((one) => !Number.isNaN(one));
  return {
    chapters: [...new Set(order)].map((id) => files.get(id)).filter((name) => name !== undefined),
    ...(said.title[0] && { title: said.title[0] }),
    authors: said.creator.filter(Boolean).slice(0, 3),
    ...(date !== undefined && { date }),
  };
}

/** Books of EPUB 2 name the standard's document type; it is not fetched, and one with entities of its own stays and is refused. */
const withoutDoctype = (source: Uint8Array): string => decodeXml(source).replace(/<!DOCTYPE[^[\]<>]*>/i, '');

function resolve(folder: string, href: string): string {
  const path: string[] = [];
  for (const step of (folder + decoded(href.replace(/#.*/, ''))).split('/'))
    if (step === '..') path.pop();
    else if (step !== '.' && step !== '') path.push(step);
  return path.join('/');
}
function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}
