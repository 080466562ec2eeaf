/** The types that follow from a door; the compiler is the judge. */
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import {
  call,
  schema,
  stream,
  type Client,
  type Door,
  type Handlers,
  type In,
  type Out,
  type Parsed,
} from './index.ts';

const door = {
  'c.call': call(
    'A call.',
    v.strictObject({ n: v.optional(v.number(), 5), id: schema.id }),
    v.object({ ok: v.boolean() }),
  ),
  'c.stream': stream('A stream.', schema.empty, v.string(), (a, b) => a + b),
} as const;
type D = typeof door;

test('inputs are what a caller gives, parsed inputs what a handler sees', () => {
  expectTypeOf<In<D['c.call']>>().toEqualTypeOf<{ n?: number | undefined; id: string }>();
  expectTypeOf<Parsed<D['c.call']>>().toEqualTypeOf<{ n: number; id: schema.Id }>();
  expectTypeOf<Out<D['c.call']>>().toEqualTypeOf<{ ok: boolean }>();
  expectTypeOf<Out<D['c.stream']>>().toEqualTypeOf<string>();
});

test('clients and handlers have the door’s verbs in its kinds', () => {
  expectTypeOf<Client<D>['c.call']>().toEqualTypeOf<
    (input: { n?: number | undefined; id: string }, signal?: AbortSignal) => Promise<{ ok: boolean }>
  >();
  expectTypeOf<Client<D>['c.stream']>().returns.toEqualTypeOf<AsyncIterable<string>>();
  expectTypeOf<Handlers<D>['c.call']>().parameters.toEqualTypeOf<[{ n: number; id: schema.Id }, AbortSignal]>();
  expectTypeOf<Handlers<D>['c.stream']>().returns.toEqualTypeOf<AsyncIterable<string>>();
  expectTypeOf<keyof Client<D>>().toEqualTypeOf<'c.call' | 'c.stream'>();
});

test('every door is a Door, and a merge takes what its stream gives', () => {
  expectTypeOf(door).toExtend<Door>();
  // @ts-expect-error a number is not what this stream gives
  stream('Wrong.', schema.empty, v.string(), (a: number, b: number) => a + b);
  const client = {} as Client<D>;
  // @ts-expect-error there is no such verb
  void client['c.none'];
});
