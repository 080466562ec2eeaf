/** An engine process that is none: it answers what it was told, and remembers what it was asked to load. */
import type { Load, Runner } from '../../src-main/engine/ports.ts';

export interface FakeRunner extends Runner {
  readonly loads: Load[];
  readonly unloads: () => number;
}

export function fakeRunner(speed = 20): FakeRunner {
  const loads: Load[] = [];
  let unloads = 0;
  return {
    loads,
    unloads: () => unloads,
    async *generate({ load, turns }) {
      loads.push(load);
      yield { kind: 'start', evaluated: 10, reused: 0, contextSize: load.contextSize, device: 'CPU' };
      yield { kind: 'token', text: `to: ${turns.at(-1)?.text ?? ''}`, tokens: 40 };
      yield { kind: 'end', reason: 'stop', tokens: 40, tokensPerSecond: speed, firstTokenMs: 5 };
    },
    async measure(load, turns) {
      loads.push(load);
      return { tokens: turns.map(({ text }) => text.length), contextSize: load.contextSize };
    },
    async warm(load) {
      loads.push(load);
      return { ms: 1, device: 'CPU' };
    },
    async unload() {
      unloads++;
    },
    async close() {},
  };
}
