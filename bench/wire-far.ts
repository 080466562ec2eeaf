/** The far side of the wire's bench: with the contract, or bare; started as a child it serves on its own channel. */
import * as v from 'valibot';
import { childWire } from '../src-main/wire/carriers/child.ts';
import { call, schema, serve, stream, type Wire } from '../src-main/wire/index.ts';

export const door = {
  'b.add': call('Adds.', v.strictObject({ x: v.number(), y: v.number() }), v.number()),
  'b.flow': stream(
    'n tokens.',
    v.strictObject({ n: schema.count }),
    v.object({ kind: v.literal('token'), text: v.string() }),
  ),
} as const;

const token = { kind: 'token', text: ' token' } as const;

export function serveContract(wire: Wire): void {
  serve({
    door,
    wire,
    handlers: {
      'b.add': ({ x, y }) => x + y,
      async *'b.flow'({ n }) {
        for (let i = 0; i < n; i++) yield token;
      },
    },
  });
}

/** The same frames over the same carrier, and nothing between: no schema, no credit, no signal, no promise. */
export function serveBare(wire: Wire): void {
  wire.listen(
    (frame) => {
      const { id, verb, input } = frame as { id: number; verb: string; input: { x: number; y: number; n: number } };
      if (verb === 'b.add') return wire.post({ t: 'done', id, value: input.x + input.y });
      for (let i = 0; i < input.n; i++) wire.post({ t: 'item', id, value: token });
      wire.post({ t: 'done', id });
    },
    () => {},
  );
}

if (process.argv[2] === 'contract') serveContract(childWire(process));
if (process.argv[2] === 'bare') serveBare(childWire(process));
