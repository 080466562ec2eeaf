/** A process of its own that brings an export and says how far it is, until somebody kills it. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange, libraryOf, never } from './exchange.ts';

const [file, key, path] = process.argv.slice(2) as [string, string, string];
const house = await exchange({
  file,
  key: Buffer.from(key, 'hex'),
  library: libraryOf({ [path]: readFileSync(path) }, () => sleep(1)),
});
for await (const one of house.do['assistant.import']({ path }, never)) process.send!(one);
process.exit(0);
