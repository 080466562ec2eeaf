/** The entry of the reader process: strangers' files are parsed here, without keys, files or network. */
// Before everything else: no parser is loaded into an open process. Static imports would come first, hence the dynamic
// ones.
import { letters, walls } from './confine.ts';
import type { ReadDocument } from './readers/reading.ts';

const { parentWire } = await import('../wire/carriers/parent.ts');
const { serveReader } = await import('./process-serve.ts');

// pdf.js leaves rejected promises behind on some broken files, of which the rest can be read. What never answers is ended
// by the clock.
process.on('unhandledRejection', () => {});

// Parsers are loaded when a file of theirs comes.
const readDocument: ReadDocument = async (given) =>
  (await import('./readers/read.ts')).readDocument({ ...given, letters });

serveReader({
  wire: await parentWire(),
  walls,
  readWhole: async (file) => (await import('./parts-whole.ts')).readWhole({ ...file, readDocument }),
  async *readParts(file) {
    const { readParts } = await import('./parts-read.ts');
    yield* readParts({ ...file, readDocument });
  },
  async *parseExport(bytes, name) {
    const { parseExport } = await import('./exports/parse.ts');
    yield* parseExport(bytes, name);
  },
  exit: () => process.exit(0),
});
