/** A process that indexes a folder until it is killed; what it does is told by its arguments. Run by `kills.test.ts`. */
import { lettersEmbedder, openRoom } from './room.fixture.ts';

const [folder, docs, doomed] = process.argv.slice(2) as [string, string, string?];
const embedder = lettersEmbedder();
// Slow enough that kills come also while vectors are filled in.
embedder.now.waits = 30;
const room = await openRoom(folder, { embedder, key: Buffer.from(process.env['ROOM_KEY']!, 'hex') });
process.send?.('open');
await room.add({ path: docs });
if (doomed) await room.remove({ path: doomed }).catch(() => {});
await room.wait(AbortSignal.timeout(60_000));
await room.close();
process.disconnect();
