/** What PowerPoint's and Excel's files have in common: parts that name each other, and what is said of the whole (ECMA-376 part 2). */
import { readXml } from './xml.ts';

export type Parts = ReadonlyMap<string, Uint8Array>;

export interface Relation {
  /** The last word of its type's address; the rest differs between editions of the standard. */
  readonly type: string;
  /** Name of a part in the archive. */
  readonly target: string;
}

/** Relations of a part by their id; none for a part that has none. */
export function relationsOf(parts: Parts, name: string): ReadonlyMap<string, Relation> {
  const slash = name.lastIndexOf('/') + 1;
  const relations = new Map<string, Relation>();
  const source = parts.get(`${name.slice(0, slash)}_rels/${name.slice(slash)}.rels`);
  if (source)
    readXml(source, {
      open(tag, { Id, Type, Target, TargetMode }) {
        if (tag !== 'Relationship' || !Id || !Target || TargetMode === 'External') return;
        const target = resolve(name.slice(0, slash), Target);
        relations.set(Id, { type: Type?.slice(Type.lastIndexOf('/') + 1) ?? '', target });
      },
    });
  return relations;
}

function resolve(folder: string, target: string): string {
  const path: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/'))
    if (step === '..') path.pop();
    else if (step !== '' && step !== '.') path.push(step);
  return path.join('/');
}

/** Title and last change, of `docProps/core.xml` or OpenDocument's `meta.xml`: the words are Dublin Core's in both. */
export function properties(source: Uint8Array | undefined): { title?: string; date?: number } {
  const found: Record<string, string> = {};
  let open: string | undefined;
  if (source)
    readXml(source, {
      open: (name) => void (open = name),
      text: (text) => {
        if (open && WANTED.has(open)) found[open] = (found[open] ?? '') + text;
      },
      close: () => void (open = undefined),
    });
  // `date` is OpenDocument's word for the last change.
  const date = Date.parse(found['modified'] ?? found['date'] ?? found['created'] ?? found['creation-date'] ?? '');
  const title = found['title']?.trim();
  return { ...(title && { title }), ...(!Number.isNaN(date) && { date }) };
}
const WANTED = new Set(['title', 'modified', 'created', 'date', 'creation-date']);
