/** An engine process without a model: it says the numbered texts of the fixture that its question names. */
import { parentWire } from '../../src-main/wire/carriers/parent.ts';
import { serve } from '../../src-main/wire/index.ts';
import { processDoor } from '../../src-main/engine/process-door.ts';
import { xss } from '../fixtures/xss.ts';

const texts = xss(500);
const CONTEXT = 1 << 20;
const wire = await parentWire();

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
    async *'process.generate'({ turns }, signal) {
      yield { kind: 'start', evaluated: 1, reused: 0, contextSize: CONTEXT, device: 'cpu' };
      const [from = 0, to = 0] = turns.at(-1)!.text.match(/\d+/g)?.map(Number) ?? [];
      const answer = texts.slice(from, to).join('\n\n');
      let tokens = 0;
      // In pieces that cut through tags, as a model's tokens do.
      for (const text of answer.match(/[^]{1,7}/gu) ?? []) {
        if (signal.aborted) return;
        yield { kind: 'token', text, tokens: 1 };
        if (++tokens % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      yield { kind: 'end', reason: 'stop', tokens, tokensPerSecond: 100, firstTokenMs: 1 };
    },
    'process.measure': ({ turns }) => ({ tokens: turns.map(({ text }) => text.length), contextSize: CONTEXT }),
    'process.embed': ({ texts }) => ({ vectors: texts.map(() => Float32Array.of(1)) }),
    'process.score': () => ({ logs: [] }),
    'process.speed': () => ({ prompt: 100, decode: 100 }),
    'process.pulse': () => ({}),
    'process.warm': () => [],
    'process.rest': () => ({ rested: false }),
    'process.unload': () => ({}),
  },
});
