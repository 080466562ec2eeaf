/**
 * A core of its own process that streams a million tokens to a window that reads nothing, and says how far it grew.
 * Arguments: the carrier, the tokens, the seconds of waiting. Needs `--expose-gc`.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { childWire } from '../../src-main/wire/carriers/child.ts';
import { CREDIT, joinText, schema, serve, stream, type Wire } from '../../src-main/wire/index.ts';
import { linePair, portPair, socketPair } from './carriers.ts';

const [carrier, count, seconds] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const MB = 1 << 20;

const door = {
  'h.tokens': stream('Tokens.', v.strictObject({ n: schema.count }), v.object({ text: v.string() }), (a, b) => {
    const text = joinText(a.text, b.text);
    return text === undefined ? undefined : { text };
  }),
} as const;
const produced = { n: 0 };
const handlers = {
  async *'h.tokens'({ n }: { n: number }, signal: AbortSignal) {
    const pause = Math.max(1, Math.floor(n / (seconds * 100)));
    for (let i = 0; i < n; i++) {
      // Every tenth token is not Latin, so that the text takes two bytes a character.
      yield { text: i % 10 === 0 ? ' 日本' : ` t${i % 1000}` };
      produced.n++;
      if (i % pause === 0) await sleep(10);
    }
    await once(signal, 'abort');
  },
};

/** Asks like a window: with `reads`, for everything that comes; without, for one window of credit and no more. */
function ask(wire: Wire, reads: boolean) {
  let got = 0;
  wire.listen(
    () => {
      if (++got % (CREDIT / 2) === 0 && reads) wire.post({ t: 'more', id: 1, n: CREDIT / 2 });
    },
    () => {},
  );
  wire.post({ t: 'ask', id: 1, verb: 'h.tokens', input: { n: reads ? count / 5 : count }, credit: CREDIT });
}
async function wires(reads: boolean): Promise<() => Promise<void>> {
  if (carrier === 'child') {
    if (!reads) {
      serve({ door, handlers, wire: childWire(process) });
      return async () => {};
    }
    // One channel is all a child has; the other carriers' warm-up is this one's too.
    const { near, far, close } = await portPair();
    serve({ door, handlers, wire: far });
    ask(near, reads);
    return close;
  }
  const { near, far, close } = await { port: portPair, socket: socketPair, line: linePair }[carrier as 'port']();
  serve({ door, handlers, wire: far });
  ask(near, reads);
  return close;
}
async function producing(n: number) {
  produced.n = 0;
  while (produced.n < n) await sleep(20);
}
const collect = () => {
  for (let i = 0; i < 3; i++) globalThis.gc!();
  return process.memoryUsage();
};

const close = await wires(true);
await producing(count / 5);
await close();
await sleep(50);

const before = collect();
let peak = before.rss;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
const finished = producing(count);
await wires(false);
await finished;
clearInterval(watch);
const after = collect();
const live = (usage: NodeJS.MemoryUsage) => usage.heapUsed + usage.external;
process.stdout.write(
  `${JSON.stringify({
    produced: produced.n,
    live: (live(after) - live(before)) / MB,
    resident: (after.rss - before.rss) / MB,
    peak: (peak - before.rss) / MB,
  })}\n`,
);
process.exit(0);
