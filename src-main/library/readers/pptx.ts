/** PPTX: slides in the order they are shown, each under its title, with its tables, diagrams and notes (ECMA-376, 19). */
import { Fault } from '../../wire/index.ts';
import { properties, relationsOf, type Parts } from './ooxml.ts';
import { joinPages } from './pages.ts';
import { oneLine, rowLine } from './rows.ts';
import type { Given, Raw } from './reading.ts';
import { unpack } from './unpack.ts';
import { readXml } from './xml.ts';

const LIMITS = { total: 64 << 20, ratio: 200 };
const PARTS =
  /^(?:docProps\/core\.xml|ppt\/(?:presentation|(?:slides|notesSlides|diagrams)\/[^/]+)\.xml|ppt\/(?:slides\/)?_rels\/[^/]+\.rels)$/;
const MAIN = 'ppt/presentation.xml';

/** @throws Fault `no-text`, `too-large`, `unreadable` */
export function readPptx({ bytes }: Given): Raw {
  const parts = unpack(bytes, (name) => PARTS.test(name), LIMITS);
  const names = slideNames(parts);
  let missing = 0;
  const slides = names.map((name, index) => {
    const part = parts.get(name);
    if (!part) missing++;
    return part ? slide(parts, name, part, index + 1) : '';
  });
  if (!slides.some((text) => text.includes('\n')) && !slides.some((text) => /^## (?!Slide \d+$)/.test(text)))
    throw new Fault('no-text', 'This presentation holds no text; pictures in it cannot be read yet.');
  return {
    kind: 'pptx',
    ...joinPages(slides),
    pages: slides.length,
    ...properties(parts.get('docProps/core.xml')),
    note:
      missing > 0
        ? `Pictures and layout are left out, and ${missing} of ${slides.length} slides are missing in the file.`
        : 'Pictures and layout are left out.',
  };
}

function slideNames(parts: Parts): string[] {
  const presentation = parts.get(MAIN);
  if (!presentation) throw new Error('no presentation in it');
  const relations = relationsOf(parts, MAIN);
  const names: string[] = [];
  readXml(presentation, {
    open(name, attributes) {
      const target = name === 'sldId' ? relations.get(attributes[':id'] ?? '')?.target : undefined;
      if (target) names.push(target);
    },
  });
  return names;
}

function slide(parts: Parts, name: string, part: Uint8Array, number: number): string {
  const { title, lines } = shapes(part);
  for (const { type, target } of relationsOf(parts, name).values()) {
    const other = parts.get(target);
    if (!other) continue;
    if (type === 'diagramData') lines.push('', ...shapes(other).lines);
    if (type !== 'notesSlide') continue;
    const notes = shapes(other).lines.join('\n').trim();
    if (notes !== '') lines.push('', `Notes: ${notes.replace(/^- /gm, '')}`);
  }
  const body = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return `## ${title || `Slide ${number}`}${body && `\n\n${body}`}`;
}

/** Placeholders that repeat on every slide. */
const FURNITURE = new Set(['dt', 'ftr', 'hdr', 'sldNum', 'sldImg']);

/** Text of a slide, of its notes or of a diagram: shapes apart by an empty line, points with a dash. */
function shapes(part: Uint8Array): { title: string; lines: string[] } {
  const lines: string[] = [];
  const titles: string[] = [];
  let placeholder: string | undefined;
  let paragraph = '';
  let point = false;
  let level = 0;
  let cells: string[] | undefined;
  let cell: string[] | undefined;
  let inText = false;
  // What older programs shall draw instead says the same again.
  let fallback = 0;
  const end = () => {
    const text = paragraph.trim();
    paragraph = '';
    if (text === '' || FURNITURE.has(placeholder ?? '')) return;
    if (cell) cell.push(text);
    else if (placeholder === 'title' || placeholder === 'ctrTitle') titles.push(oneLine(text));
    else lines.push(point ? `${'  '.repeat(level)}- ${text}` : text);
  };
  readXml(part, {
    open(name, attributes) {
      if (name === 'Fallback' || fallback > 0) fallback += 1;
      else if (name === 'sp' || name === 'graphicFrame') {
        placeholder = undefined;
        lines.push('');
      } else if (name === 'ph') placeholder = attributes['type'] ?? 'obj';
      else if (name === 'p') {
        paragraph = '';
        point = placeholder === 'obj' || placeholder === 'body';
        level = 0;
      } else if (name === 'pPr') level = Math.min(Number(attributes['lvl']) || 0, 8);
      else if (name === 'buNone') point = false;
      else if (name === 'buChar' || name === 'buAutoNum') point = true;
      else if (name === 'br') paragraph += '\n';
      else if (name === 'tab') paragraph += '\t';
      else if (name === 't') inText = true;
      else if (name === 'tr') cells = [];
      else if (name === 'tc') cell = [];
    },
    text(text) {
      if (inText && fallback === 0) paragraph += text;
    },
    close(name) {
      if (fallback > 0) fallback -= 1;
      else if (name === 't') inText = false;
      else if (name === 'p') end();
      else if (name === 'tc') {
        cells?.push((cell ?? []).join(' '));
        cell = undefined;
      } else if (name === 'tr') {
        lines.push(rowLine(cells ?? []));
        cells = undefined;
      }
    },
  });
  return { title: titles.join(' '), lines };
}
