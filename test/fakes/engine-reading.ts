/** A process that loads one model file after the other and reads texts with each; it says what became of it. */
import '../../src-main/engine/self-test.ts';
import type { Load } from '../../src-main/engine/ports.ts';
import { isFault } from '../../src-main/wire/index.ts';

const { openLlama } = await import('../../src-main/engine/llama.ts');
const backend = await openLlama({ gpu: 'off', threads: 1 });
const TEXTS = ['hello world, zebra ünï 日本', 'word '.repeat(400), ''];

process.on('message', (file: string) => {
  void read(file).then((said) => process.send!(said));
});

async function read(file: string): Promise<string> {
  const how = { contextSize: 256, threads: 1 };
  const load = { file, sha256: 'a'.repeat(64) as Load['sha256'], gpu: 'off', memory: 0, budget: 0, ...how } as const;
  try {
    const weights = await backend.load(load);
    try {
      const reader = await weights.openReader(how);
      for (const text of TEXTS) await reader.read(text);
      await reader.dispose();
      return 'read';
    } finally {
      await weights.dispose();
    }
  } catch (error) {
    return isFault(error) ? error.code : String(error);
  }
}
