/** The throw-away process in which Electron's main lets a GPU binding be tried: the library's own test, and nothing else. */
process.env['TEST_BINDING_CP'] = 'true';
await import(new URL('./bindings/utils/testBindingBinary.js', import.meta.resolve('node-llama-cpp')).href);
