/** What a structured clone would carry beside the bytes it was asked for. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exact, portWire, type PortLike } from './port.ts';

test('a slice of Node’s pool crosses without the pool', () => {
  const { port1, port2 } = new MessageChannel();
  const secret = Buffer.from('the secret beside it');
  const bytes = Buffer.from('hello');
  // The trap: both lie in the same 8 KB.
  expect(bytes.buffer).toBe(secret.buffer);
  portWire(port1 as unknown as PortLike).post({ t: 'done', id: 1, value: { deep: [{ bytes }] } });
  const { message } = receiveMessageOnPort(port2) as { message: { value: { deep: [{ bytes: Uint8Array }] } } };
  const come = message.value.deep[0].bytes;
  expect(Buffer.from(come).toString()).toBe('hello');
  expect(come.buffer.byteLength).toBe(5);
  port1.close();
});

test('what holds no slice is handed on as it is, and what does is equal to what it was', () => {
  const plain = { a: [1, { b: 'x', c: new Uint8Array([1, 2]) }], d: new Map([[1, 2]]), e: null, f: undefined };
  expect(exact(plain)).toBe(plain);
  const slice = fc.uint8Array({ maxLength: 20 }).map((bytes) => new Uint8Array([0, ...bytes, 0]).subarray(1, -1));
  fc.assert(
    fc.property(fc.object({ values: [slice, fc.string(), fc.bigInt(), fc.constant(null)], maxDepth: 3 }), (value) => {
      expect(exact(value)).toEqual(value);
    }),
    { seed: 45, numRuns: 300 },
  );
});
