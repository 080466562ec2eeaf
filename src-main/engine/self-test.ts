/**
 * Lets node-llama-cpp skip its self-test of the CPU binding; must be imported before the library is.
 *
 * The library loads every binding first in a throw-away child, so that a broken binary cannot take its host with it.
 * This process is such a throw-away child already (the supervisor restarts it), and the test costs about 250 ms of a
 * start. GPU bindings keep it: there it decides whether the driver works, before the library is loaded for good.
 */
import { registerHooks } from 'node:module';

const TEST = '/node-llama-cpp/dist/bindings/utils/testBindingBinary.js';

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(TEST)) return next(url, context);
    const source =
      `import { testBindingBinary as test } from ${JSON.stringify(`${url}?whole`)};\n` +
      'export const testBindingBinary = async (binding, backends, gpu, ...rest) =>\n' +
      '  gpu === false || test(binding, backends, gpu, ...rest);\n';
    return { format: 'module', source, shortCircuit: true };
  },
});
