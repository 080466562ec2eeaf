/** The library's verbs. The room begins with reading: one document at a time, in a process without keys or network. */
import * as v from 'valibot';
import { call, schema } from '../wire/index.ts';

export const document = v.object({
  /** The file's own name, without its folder. */
  name: v.string(),
  kind: v.picklist(['text', 'markdown', 'code', 'csv', 'pdf', 'docx']),
  text: v.string(),
  /** UTF-16 units of `text`. */
  characters: v.number(),
  pages: v.optional(v.number()),
  /** One sentence, such as what of the file could not be read. */
  note: v.optional(v.string()),
});
export type Document = v.InferOutput<typeof document>;

export const libraryDoor = {
  'library.read': call(
    'Reads the text of a document: text, Markdown, code, CSV, PDF, DOCX.',
    v.strictObject({ path: v.optional(schema.text(4096)), upload: v.optional(schema.id) }),
    document,
  ),
  'library.offer': call(
    'Announces a file that the window holds; its bytes follow with `library.give`, and stay in memory only.',
    v.strictObject({ name: schema.text(1000), size: schema.count }),
    v.object({ upload: schema.id }),
  ),
  'library.give': call(
    'Hands over the next bytes of an announced file, in order.',
    v.strictObject({
      upload: schema.id,
      bytes: v.pipe(
        v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'is not bytes'),
        v.check((bytes) => bytes.length > 0 && bytes.length <= 1 << 20, 'must have 1 byte to 1 MiB'),
      ),
    }),
    v.object({ received: v.number() }),
  ),
} as const;
