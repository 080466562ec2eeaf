/** An engine process with trouble of its own; which one stands in `TROUBLE`. */
import '../../src-main/engine/self-test.ts';
import type { Llama } from 'node-llama-cpp';

const { childWire } = await import('../../src-main/wire/carriers/child.ts');
const { serveEngine } = await import('../../src-main/engine/process-serve.ts');
const { loadLlamaCpp } = await import('../../src-main/engine/llama.ts');

const trouble = process.env['TROUBLE'];
const die = () => process.kill(process.pid, 'SIGKILL') as never;

/** A GPU that has a name and no memory. */
const full = {
  gpu: 'vulkan',
  getGpuDeviceNames: async () => ['Fake GPU'],
  loadModel: () => Promise.reject(new Error('ErrorOutOfDeviceMemory')),
  dispose: async () => {},
} as unknown as Llama;

serveEngine({
  wire: childWire(process),
  async loadLlama(options) {
    if (trouble === 'always-dies') die();
    if (options.gpu !== false) {
      if (trouble === 'driver-throws') throw new Error('vkCreateInstance: VK_ERROR_INITIALIZATION_FAILED');
      if (trouble === 'driver-kills') die();
      if (trouble === 'memory-full') return full;
    }
    const llama = await loadLlamaCpp(options);
    if (trouble === 'grammar-kills') llama.createGrammar = die;
    return llama;
  },
});
