/** The core before anything is awake: what it refuses, so that nothing is made that could not be used. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptLog } from '../test/fakes/log.ts';
import { temporaryFolder, type TemporaryFolder } from '../test/fakes/folder.ts';
import { openCore, type Core } from './core.ts';
import { coreDoor } from './doors.ts';
import { newVisitor } from './gate.ts';
import { testHost } from './vault/host.fixture.ts';
import { portWire, type PortLike } from './wire/carriers/port.ts';
import { connect } from './wire/index.ts';

let folder: TemporaryFolder;
let host: ReturnType<typeof testHost>;
let core: Core;

beforeEach(async () => {
  folder = temporaryFolder();
  host = testHost();
  core = await openCore({ host, dataFolder: folder.path, log: keptLog() });
});
afterEach(async () => {
  await core.close();
  folder[Symbol.dispose]();
});

/** A visitor over a carrier, as a window is. */
function visit() {
  const { port1, port2 } = new MessageChannel();
  core.welcome(portWire(port1 as unknown as PortLike), newVisitor());
  return connect(coreDoor, portWire(port2 as unknown as PortLike));
}
const secret = () => new TextEncoder().encode('correct horse battery');
const restore = async () => {
  for await (const _ of visit()['vault.restore']({ password: secret() }));
};

test('a database whose vault is gone is left alone, and no new vault is made beside it', async () => {
  writeFileSync(folder.file('daimon.db'), 'what was said');
  const refused = { code: 'database-without-vault', message: expect.stringContaining('move daimon.db away') };
  await expect(visit()['vault.create']({ password: secret() })).rejects.toMatchObject(refused);
  await expect(restore()).rejects.toMatchObject(refused);
  expect(host.children).toEqual([]);
  expect(readdirSync(folder.path)).toEqual(['daimon.db']);
  expect(readFileSync(folder.file('daimon.db'), 'utf8')).toBe('what was said');
});

test('a backup of the vault is enough to ask the signer, who says what can be done with it', async () => {
  writeFileSync(folder.file('daimon.db'), '');
  writeFileSync(folder.file('vault.json.backup'), '{}');
  await expect(visit()['vault.create']({ password: secret() })).rejects.toMatchObject({ code: 'vault-exists' });
});

test('where there is nothing yet, a vault is made and its database opens', async () => {
  const me = visit();
  expect(await me['vault.create']({ name: 'Wren', password: secret() })).toMatchObject({ state: 'unlocked' });
  expect(existsSync(folder.file('daimon.db'))).toBe(true);
  expect(await me['assistant.conversations']({})).toEqual([]);
});
