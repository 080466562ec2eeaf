/**
 * Lets node-llama-cpp skip its self-test of the CPU binding; must be imported before the library is.
 *
 * The library loads every binding first in a throw-away child, so that a broken binary cannot take its host with it.
 * This process is such a throw-away child already (the supervisor restarts it), and the test costs about 250 ms of a
 * start. GPU bindings keep it: there it decides whether the driver works, before the library is loaded for good.
 *
 * Under Electron this process may not fork (the library would start the whole program again, since the fuse that lets
 * Electron run as Node is off): there main forks the throw-away process, see probing.ts.
 */
import { registerHooks } from 'node:module';
import { sibling } from '../base/asset.ts';
import { parentPort } from '../wire/carriers/parent.ts';

const TEST = '/node-llama-cpp/dist/bindings/utils/testBindingBinary.js';

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(TEST)) return next(url, context);
    const [name, from] = parentPort()
      ? ['probeBinding', sibling('./probing', import.meta.url).href]
      : ['testBindingBinary', `${url}?whole`];
    const source =
      `import { ${name} as test } from ${JSON.stringify(from)};\n` +
      'export const testBindingBinary = async (binding, backends, gpu, ...rest) =>\n' +
      '  gpu === false || test(binding, backends, gpu, ...rest);\n';
    return { format: 'module', source, shortCircuit: true };
  },
});
