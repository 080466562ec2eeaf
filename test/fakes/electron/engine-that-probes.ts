/** A utility process that tries the CPU binding, and one that is none, in throw-away processes of main's. */
import { fileURLToPath } from 'node:url';
import { probeBinding } from '../../../src-main/engine/probing.ts';
import { parentPort } from '../../../src-main/wire/carriers/parent.ts';

const system = `${process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'win' : 'linux'}-${process.arch}`;
const binding = fileURLToPath(
  new URL(`../bins/${system}/llama-addon.node`, import.meta.resolve(`@node-llama-cpp/${system}`)),
);

parentPort()!.postMessage({
  // No binding finds a GPU it was not built for.
  cpu: await probeBinding(binding, undefined, false),
  asGpu: await probeBinding(binding, undefined, 'vulkan'),
  broken: await probeBinding(import.meta.filename, undefined, 'vulkan'),
});
