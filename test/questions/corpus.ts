/** Reads the documents of the question set as the library does: through the real readers, in the reader process. */
import { join } from 'node:path';
import { systemClock } from '../../src-main/base/clock.ts';
import { idFactory } from '../../src-main/base/id.ts';
import type { Delivered } from '../../src-main/library/parts.ts';
import { openReading } from '../../src-main/library/reading.ts';
import { nodeHost } from '../../src-main/shell/browser/host.ts';
import { keptLog } from '../fakes/log.ts';
import { documentsFolder } from './questions.ts';

export interface CorpusReader {
  /** Everything of one file, ending with its hash; `file` is below the folder of documents, or absolute. */
  parts(file: string): AsyncIterable<Delivered>;
  close(): Promise<void>;
}

/** `folder`: where a host may keep what it needs; nothing is written there by reading. */
export function openCorpusReader(folder: string): CorpusReader {
  const reading = openReading({
    host: nodeHost({ name: 'terminal', dataFolder: folder }),
    log: keptLog(),
    ids: idFactory(systemClock),
  });
  return {
    parts: (file) => reading.parts({ path: join(documentsFolder, file) }, { ocr: false }),
    close: () => reading.close(),
  };
}
