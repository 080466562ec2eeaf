/** The entry of the engine process: model weights and llama.cpp live here, so that a native crash stops here. */
// Before the library: its self-test of the CPU binding is skipped (the reason stands there). Static imports would load
// the library first, hence the dynamic ones.
import './self-test.ts';

const { parentWire } = await import('../wire/carriers/parent.ts');
const wire = await parentWire();
const { serveEngine } = await import('./process-serve.ts');

serveEngine({ wire });
