/** The form that an answer is held to, checked in plain code before a model or native code sees it. */
import { readGbnf } from './gbnf.ts';
import { readJsonSchema, type JsonSchema } from './json-schema.ts';
import type { Format } from './ports.ts';

export type CheckedFormat =
  { readonly kind: 'json'; readonly schema: JsonSchema } | { readonly kind: 'grammar'; readonly gbnf: string };

/** @throws Faults `bad-json-schema`, `bad-grammar` */
export function checkFormat(format: Format): CheckedFormat {
  if (format.kind === 'json') return { kind: 'json', schema: readJsonSchema(format.schema) };
  readGbnf(format.gbnf);
  return { kind: 'grammar', gbnf: format.gbnf };
}
