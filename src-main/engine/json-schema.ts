/** Takes the part of JSON Schema that answers can be held to, and refuses the rest by name instead of ignoring it. */
import { Fault } from '../wire/index.ts';

/** The schemas that node-llama-cpp makes grammars of; see docs/decisions/formats.md. */
export type JsonSchema =
  | { readonly $ref: string; readonly $defs?: Defs }
  | { readonly oneOf: readonly JsonSchema[]; readonly $defs?: Defs }
  | { readonly const: Literal }
  | { readonly enum: readonly Literal[] }
  | { readonly type: Simple | readonly Simple[] }
  | { readonly type: 'string'; readonly minLength?: number; readonly maxLength?: number }
  | { readonly type: 'string'; readonly format: Format }
  | {
      readonly type: 'object';
      readonly properties?: Readonly<Record<string, JsonSchema>>;
      readonly additionalProperties?: boolean | JsonSchema;
      readonly minProperties?: number;
      readonly maxProperties?: number;
      readonly $defs?: Defs;
    }
  | {
      readonly type: 'array';
      readonly items?: JsonSchema;
      readonly prefixItems?: readonly JsonSchema[];
      readonly minItems?: number;
      readonly maxItems?: number;
      readonly $defs?: Defs;
    };
type Defs = Readonly<Record<string, JsonSchema>>;
type Literal = string | number | boolean | null;
const SIMPLE = ['string', 'number', 'integer', 'boolean', 'null'] as const;
type Simple = (typeof SIMPLE)[number];
const FORMATS = ['date-time', 'time', 'date'] as const;
type Format = (typeof FORMATS)[number];

export const SCHEMA_LIMITS = {
  /** Schemas within schemas. */
  depth: 32,
  /** Schemas, names and constants in all. */
  parts: 2000,
  /** Characters of names and constants in all. */
  text: 32_768,
  /** Of `minLength`, `maxItems` and the like. */
  count: 1000,
} as const;

/** They say something about a schema and hold an answer to nothing. */
const NOTES = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'];
const ALWAYS = [...NOTES, 'readOnly', 'writeOnly', '$defs'];

/**
 * Checks a schema and writes it in the library's terms: `anyOf` becomes `oneOf`, notes fall away. What the library would
 * ignore without a word (`pattern`, `minimum`, `allOf` …) is refused: an answer would be said to fit and would not.
 *
 * @throws Fault `bad-json-schema` with where and what, in plain words
 */
export function readJsonSchema(given: unknown): JsonSchema {
  let parts = 0;
  let text = 0;
  const spend = (where: string, more = '') => {
    if (++parts > SCHEMA_LIMITS.parts) throw bad(where, `it has more than ${SCHEMA_LIMITS.parts} parts`);
    text += more.length;
    if (text > SCHEMA_LIMITS.text) throw bad(where, `its names and constants are longer than ${SCHEMA_LIMITS.text}`);
  };
  /** Texts that an answer must have in them, letter by letter. */
  const verbatim = (value: string, where: string): string => {
    spend(where, value);
    // The library escapes only these; others would make the answer invalid JSON.
    if (/[^\P{Cc}\t\n\r]/u.test(value)) throw bad(where, 'it has a control character');
    if (!value.isWellFormed()) throw bad(where, 'it has half a character');
    return value;
  };
  const literal = (value: unknown, where: string): Literal => {
    if (typeof value === 'string') return verbatim(value, where);
    spend(where);
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw bad(where, 'only texts, numbers, true, false and null can be constants');
  };
  const count = (value: unknown, where: string): number | undefined => {
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= SCHEMA_LIMITS.count)
      return value as number;
    throw bad(where, `it must be a whole number from 0 to ${SCHEMA_LIMITS.count}`);
  };
  const bounds = <L extends string, M extends string>(of: Fields, least: L, most: M, where: string, floor = 0) => {
    const low = count(of[least], `${where}.${least}`);
    const high = count(of[most], `${where}.${most}`);
    if (high !== undefined && high < Math.max(low ?? 0, floor)) throw bad(where, `${most} is below what must be there`);
    return { ...(low !== undefined && { [least]: low }), ...(high !== undefined && { [most]: high }) } as {
      readonly [K in L | M]?: number;
    };
  };
  const list = (value: unknown, where: string): readonly unknown[] => {
    if (!Array.isArray(value) || value.length === 0) throw bad(where, 'it must be a list with something in it');
    return value as unknown[];
  };

  const read = (value: unknown, where: string, defs: ReadonlySet<string>, depth: number): JsonSchema => {
    if (depth > SCHEMA_LIMITS.depth) throw bad(where, `it is more than ${SCHEMA_LIMITS.depth} levels deep`);
    spend(where);
    const of = fields(value, where);
    const own = of['$defs'] === undefined ? [] : Object.entries(fields(of['$defs'], `${where}.$defs`));
    const known = own.length === 0 ? defs : new Set([...defs, ...own.map(([name]) => name)]);
    const inner = (one: unknown, at: string) => read(one, `${where}.${at}`, known, depth + 1);
    const $defs =
      own.length === 0
        ? {}
        : { $defs: Object.fromEntries(own.map(([name, one]) => [verbatim(name, where), inner(one, name)])) };
    const only = (...names: string[]) => {
      const odd = Object.keys(of).find((name) => !ALWAYS.includes(name) && !names.includes(name));
      if (odd !== undefined) throw bad(where, `answers cannot be held to ${JSON.stringify(odd.slice(0, 40))}`);
    };

    if (of['$ref'] !== undefined) {
      only('$ref');
      const name = /^#\/\$defs\/(.+)$/s.exec(typeof of['$ref'] === 'string' ? of['$ref'] : '')?.[1];
      if (name === undefined || !known.has(name)) throw bad(where, '$ref must name one of $defs, as #/$defs/name');
      return { $ref: `#/$defs/${name}`, ...$defs };
    }
    const either = of['oneOf'] ?? of['anyOf'];
    if (either !== undefined) {
      only(of['oneOf'] === undefined ? 'anyOf' : 'oneOf');
      return { oneOf: list(either, where).map((one, i) => inner(one, `oneOf[${i}]`)), ...$defs };
    }
    if (of['const'] !== undefined) {
      only('const', 'type');
      return { const: literal(of['const'], `${where}.const`) };
    }
    if (of['enum'] !== undefined) {
      only('enum', 'type');
      return { enum: list(of['enum'], `${where}.enum`).map((one) => literal(one, `${where}.enum`)) };
    }
    const { type } = of;
    if (type === 'object') {
      only('type', 'properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties');
      const properties = Object.entries(of['properties'] === undefined ? {} : fields(of['properties'], where)).map(
        ([name, one]) => [verbatim(name, where), inner(one, name)] as const,
      );
      const names = new Set(properties.map(([name]) => name));
      // All properties are always written, in their order; so a name that is required must be one of them.
      const required = of['required'] === undefined ? [] : of['required'];
      if (!Array.isArray(required) || !required.every((name) => names.has(name as string)))
        throw bad(where, 'required must list names of its properties');
      const more = of['additionalProperties'] ?? false;
      const open = typeof more === 'boolean' ? more : inner(more, 'additionalProperties');
      const sizes = bounds(of, 'minProperties', 'maxProperties', where, names.size);
      if (open === false && (sizes.minProperties ?? 0) > names.size)
        throw bad(where, 'minProperties is above the properties there are');
      return {
        type,
        ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
        ...(open !== false && { additionalProperties: open }),
        ...sizes,
        ...$defs,
      };
    }
    if (type === 'array') {
      only('type', 'items', 'prefixItems', 'minItems', 'maxItems');
      const prefix = of['prefixItems'] === undefined ? [] : list(of['prefixItems'], `${where}.prefixItems`);
      return {
        type,
        ...(of['items'] !== undefined && { items: inner(of['items'], 'items') }),
        ...(prefix.length > 0 && { prefixItems: prefix.map((one, i) => inner(one, `prefixItems[${i}]`)) }),
        ...bounds(of, 'minItems', 'maxItems', where, prefix.length),
        ...$defs,
      };
    }
    if (type === 'string' && of['format'] !== undefined) {
      only('type', 'format');
      const format = FORMATS.find((one) => one === of['format']);
      if (!format) throw bad(where, `the formats of texts are ${FORMATS.join(', ')}`);
      return { type, format };
    }
    if (type === 'string') {
      only('type', 'minLength', 'maxLength');
      return { type, ...bounds(of, 'minLength', 'maxLength', where) };
    }
    only('type');
    const types = Array.isArray(type) ? (type as unknown[]) : [type];
    const simple = types.filter((one): one is Simple => SIMPLE.includes(one as Simple));
    if (types.length === 0 || simple.length < types.length)
      throw bad(where, `type must be object, array, ${SIMPLE.join(', ')}, or a list of the simple ones`);
    return { type: types.length === 1 ? simple[0]! : simple };
  };
  return read(given, 'schema', new Set(), 0);
}

type Fields = Readonly<Record<string, unknown>>;
function fields(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(where, 'it must be an object with fields');
  if (Object.hasOwn(value, '__proto__')) throw bad(where, '__proto__ cannot be a name');
  return value as Fields;
}

const bad = (where: string, what: string) =>
  new Fault(
    'bad-json-schema',
    `The JSON schema cannot be used: at ${where.length > 80 ? `${where.slice(0, 80)}…` : where}, ${what}. Nothing was written; mend it and ask again.`,
  );
