/** The library's bare loop in a child process of the same kind as the engine's: no text, no wire, no template. */
import '../src-main/engine/self-test.ts';

const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');

export interface BareAsk {
  readonly file: string;
  readonly threads: number;
  readonly contextSize: number;
  readonly prompt: string;
  readonly n: number;
  readonly sampling: { temperature: number; topK: number; topP: number; seed: number };
}
export interface BareAnswer {
  readonly tokens: number;
  /** From the first token to the last. */
  readonly ms: number;
  readonly firstMs: number;
  readonly promptTokens: number;
}

let opened: ReturnType<typeof open> | undefined;
async function open({ file, threads, contextSize }: BareAsk) {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const context = await model.createContext({ contextSize, threads, batchSize: 512 });
  return { model, sequence: context.getSequence() };
}

process.on('message', (ask: BareAsk) => void answer(ask).then((done) => process.send!(done)));
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function answer(ask: BareAsk): Promise<BareAnswer> {
  const { model, sequence } = await (opened ??= open(ask));
  const prompt = model.tokenize(ask.prompt, true);
  // What begins like the prompt before (the system turn) is kept, as the engine keeps it.
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  const began = performance.now();
  let first = 0;
  let last = 0;
  let tokens = 0;
  for await (const _ of sequence.evaluate(prompt.slice(sequence.nextTokenIndex), ask.sampling)) {
    last = performance.now();
    if (tokens++ === 0) first = last;
    if (tokens === ask.n) break;
  }
  return { tokens, ms: last - first, firstMs: first - began, promptTokens: prompt.length };
}
