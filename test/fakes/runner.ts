/** An engine process that is none: it answers what it was told, and remembers what it was asked to load. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, Runner } from '../../src-main/engine/ports.ts';
import { fakeVector } from './engine-embedder.ts';

export interface FakeRunner extends Runner {
  readonly loads: Load[];
  readonly unloads: () => number;
  /** Hashes of what is loaded; nothing rests by itself. */
  readonly held: Set<string>;
}

export function fakeRunner(speed = 20, timingMs = 1): FakeRunner {
  const loads: Load[] = [];
  let unloads = 0;
  const held = new Set<string>();
  const bring = (load: Load) => {
    loads.push(load);
    held.add(load.sha256);
  };
  return {
    loads,
    held,
    unloads: () => unloads,
    async *generate({ load, turns }) {
      bring(load);
      yield { kind: 'start', evaluated: 10, reused: 0, contextSize: load.contextSize, device: 'CPU' };
      yield { kind: 'token', text: `to: ${turns.at(-1)?.text ?? ''}`, tokens: 40 };
      yield { kind: 'end', reason: 'stop', tokens: 40, tokensPerSecond: speed, firstTokenMs: 5 };
    },
    async measure(load, turns) {
      bring(load);
      return { tokens: turns.map(({ text }) => text.length), contextSize: load.contextSize };
    },
    async warm(load) {
      bring(load);
      return { ms: 1, device: 'CPU' };
    },
    async embed(load, texts) {
      bring(load);
      return texts.map((text) => fakeVector(text));
    },
    async score(load, { answer, most = Infinity }) {
      bring(load);
      return {
        logs: answer
          .split(' ')
          .slice(0, most)
          .map(() => -1),
      };
    },
    async speed(load, signal) {
      bring(load);
      await sleep(timingMs, undefined, { signal });
      return { prompt: speed * 10, decode: speed * 2 };
    },
    loaded: async () => [...held].map((sha256) => ({ sha256, gpuLayers: 0 })),
    rest: async (sha256) => held.delete(sha256),
    async unload() {
      held.clear();
      unloads++;
    },
    async close() {},
  };
}
