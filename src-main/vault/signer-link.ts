/** The core's hold on the signer process: started when first needed, its death told once, ended by closing its wire. */
import type { Child, Host } from '../base/host.ts';
import { connect, Fault, type Client } from '../wire/index.ts';
import { signerDoor } from '../signer/door.ts';

export type SignerClient = Client<typeof signerDoor>;

export interface SignerLink {
  /** The running signer, or a fresh one. */
  use(): SignerClient;
  readonly running: boolean;
  /** Closes the wire and waits until the process is gone; kills it after two seconds. */
  end(): Promise<void>;
}

/** What the signer needs to open a browser by itself, and where its folders are. No secret is ever among them. */
const PASSED_ON = [
  'DAIMON_WINDOW',
  'DAIMON_OPEN',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'XDG_CURRENT_DESKTOP',
  'DBUS_SESSION_BUS_ADDRESS',
  'HOME',
  'PATH',
];

/** @param died called when the process ended although nobody asked it to */
export function signerLink({
  host,
  dataFolder,
  died,
}: {
  readonly host: Host;
  readonly dataFolder: string;
  readonly died: () => void;
}): SignerLink {
  let now: { readonly child: Child; readonly client: SignerClient } | undefined;

  const start = () => {
    const env: Record<string, string> = { DAIMON_DATA: dataFolder };
    for (const name of PASSED_ON) if (process.env[name]) env[name] = process.env[name]!;
    // From a terminal the person answers there: the redirect file is read, no window opens by itself.
    if (host.name === 'terminal') env['DAIMON_OPEN'] = '0';
    const child = host.start('signer', { env });
    const mine = { child, client: connect(signerDoor, child.wire) };
    void child.exited.then(() => {
      if (now !== mine) return;
      now = undefined;
      died();
    });
    return mine;
  };

  return {
    use: () => (now ??= start()).client,
    get running() {
      return now !== undefined;
    },
    async end() {
      const ending = now?.child;
      now = undefined;
      if (!ending) return;
      ending.wire.close();
      const late = setTimeout(() => ending.kill(), 2000);
      await ending.exited;
      clearTimeout(late);
    },
  };
}

/** A wire that ended under a verb means: the signer is gone, and what it held is gone with it. */
export const asLocked = (error: unknown): unknown =>
  error instanceof Fault && error.code === 'closed'
    ? new Fault('locked', 'daimon went to sleep meanwhile; nothing was done. Wake it with the password and ask again.')
    : error;
