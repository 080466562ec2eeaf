/** The contract over a MessagePort: a first sanity check; the compliance suite runs over every carrier. */
import { MessageChannel } from 'node:worker_threads';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { portWire, type PortLike } from './carriers/port.ts';
import { call, connect, joinText, serve, stream, schema } from './index.ts';

const door = {
  'a.add': call('Adds.', v.strictObject({ x: v.number(), y: v.number() }), v.number()),
  'a.count': stream('Counts.', v.strictObject({ n: schema.count }), v.object({ text: v.string() }), (a, b) => {
    const text = joinText(a.text, b.text);
    return text === undefined ? undefined : { text };
  }),
} as const;

test('calls answer, streams stream, bad input names the field', async () => {
  const { port1, port2 } = new MessageChannel();
  serve({
    door,
    wire: portWire(port1 as unknown as PortLike),
    handlers: {
      'a.add': ({ x, y }) => x + y,
      async *'a.count'({ n }) {
        for (let i = 0; i < n; i++) yield { text: `${i} ` };
      },
    },
  });
  const core = connect(door, portWire(port2 as unknown as PortLike));
  expect(await core['a.add']({ x: 1, y: 2 })).toBe(3);
  await expect(core['a.add']({ x: 1 } as never)).rejects.toMatchObject({ code: 'bad-input', details: { field: 'y' } });
  let text = '';
  for await (const item of core['a.count']({ n: 5000 })) text += item.text;
  expect(text).toBe(Array.from({ length: 5000 }, (_, i) => `${i} `).join(''));
  port2.close();
});
