/** An entry of the reader process in which pictures are always read, closed in as the real one is. */
import { letters, walls } from './confine.ts';

const { parentWire } = await import('../wire/carriers/parent.ts');
const { serveReader } = await import('./process-serve.ts');
serveReader({
  wire: await parentWire(),
  walls,
  readDocument: async (given) => (await import('./readers/read.ts')).readDocument({ ...given, letters, ocr: true }),
  parseExport: async function* () {},
  exit: () => process.exit(0),
});
