/** An engine process without a model: it says a known text, first at once, then at a hundred tokens a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { processDoor } from '../src-main/engine/process-door.ts';
import { childWire } from '../src-main/wire/carriers/child.ts';
import { serve } from '../src-main/wire/index.ts';
import { answer, KINDS, TOKEN, type Kind } from './chat-paint-text.ts';

const CONTEXT = 1 << 20;
const RATE = 100;
/** The engine's own frame: what it says in that time goes as one piece. */
const FRAME_MS = 33;
const wire = childWire(process);

serve({
  door: processDoor,
  wire: {
    ...wire,
    listen: (onFrame, onClose) =>
      wire.listen(onFrame, () => {
        onClose();
        process.exit(0);
      }),
  },
  handlers: {
    'process.load': () => ({ ms: 1, device: 'cpu', contextSize: CONTEXT, trainedContext: CONTEXT, chat: true }),
    /** Asked `KIND at BYTES for SECONDS`. */
    async *'process.generate'({ turns }, signal) {
      yield { kind: 'start', evaluated: 1, reused: 0, contextSize: CONTEXT, device: 'cpu' };
      const [, kind, at, seconds] = /(\w+) at (\d+) for (\d+)/.exec(turns.at(-1)!.text) ?? [];
      const from = Number(at);
      const text = answer(KINDS.find((one) => one === kind) ?? ('mixed' as Kind), from + Number(seconds) * RATE * TOKEN);
      let tokens = 0;
      for (let i = 0; i < from; i += 4000) {
        if (signal.aborted) return;
        yield { kind: 'token', text: text.slice(i, Math.min(i + 4000, from)), tokens: 1000 };
        await sleep(5);
      }
      // The window has read all of it by then.
      if (from > 0) await sleep(3000);
      const began = performance.now();
      for (let said = from; performance.now() - began < Number(seconds) * 1000; ) {
        await sleep(FRAME_MS);
        if (signal.aborted) return;
        const due = from + Math.floor(((performance.now() - began) / 1000) * RATE) * TOKEN;
        if (due <= said) continue;
        yield { kind: 'token', text: text.slice(said, due), tokens: (due - said) / TOKEN };
        tokens += (due - said) / TOKEN;
        said = due;
      }
      yield { kind: 'end', reason: 'stop', tokens, tokensPerSecond: RATE, firstTokenMs: 1 };
    },
    'process.measure': ({ turns }) => ({ tokens: turns.map(({ text }) => text.length >> 4), contextSize: CONTEXT }),
    'process.embed': ({ texts }) => ({ vectors: texts.map(() => Float32Array.of(1)) }),
    'process.score': () => ({ logs: [] }),
    'process.speed': () => ({ prompt: 100, decode: 100 }),
    'process.pulse': () => ({}),
    'process.warm': () => [],
    'process.rest': () => ({ rested: false }),
    'process.unload': () => ({}),
  },
}); // prettier-ignore
