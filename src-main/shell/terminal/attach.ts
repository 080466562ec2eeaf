/** The way from a terminal call to a core: the one that is running, or one started for it. */
import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Fault, type Wire } from '../../wire/index.ts';
import { reachCore } from '../listen.ts';

const START_MS = 20_000;
/**
 * A nursery of 3 × 4 MiB instead of up to 48: a window that reads nothing while an answer streams must not make the core
 * grow (measured: 9 MB for a million tokens, against 11–29 with the default). `npm start` has the same.
 */
const SMALL_NURSERY = ['--max-semi-space-size=4'];

/** @throws Fault `core-did-not-start` */
export async function attach(folder: string): Promise<Wire> {
  const running = await reachCore(folder);
  if (running) return running;
  const entry = fileURLToPath(new URL(`./serve${extname(import.meta.url)}`, import.meta.url));
  // Secrets were meant for this call, not for a process that outlives it.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^DAIMON_(NEW_)?(PASSWORD|PHRASE)/.test(name)),
  );
  const core = spawn(process.execPath, [...SMALL_NURSERY, entry], {
    detached: true,
    stdio: 'ignore',
    env: { ...env, DAIMON_DATA: folder },
  });
  let failed = false;
  core.once('error', () => (failed = true));
  core.unref();
  for (const end = Date.now() + START_MS; Date.now() < end && !failed;) {
    await sleep(25);
    const wire = await reachCore(folder);
    if (wire) return wire;
  }
  throw new Fault(
    'core-did-not-start',
    `The core did not start within ${START_MS / 1000} seconds; nothing was done. The log in the data folder says more.`,
  );
}
