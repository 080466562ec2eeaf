/** Secrets for the terminal: from the environment, a descriptor or a prompt; never from the command line. */
import { readFileSync } from 'node:fs';
import { Fault } from '../../wire/index.ts';

/** Where each secret field of a verb's input comes from. */
const sources: Record<string, { readonly env: string; readonly asks: string }> = {
  password: { env: 'DAIMON_PASSWORD', asks: 'Password: ' },
  old: { env: 'DAIMON_PASSWORD', asks: 'Password: ' },
  new: { env: 'DAIMON_NEW_PASSWORD', asks: 'New password: ' },
};
/** Words that name a secret wherever they stand in the input. */
const secretFields = /^(password|old|phrase|words|mnemonic|secret|seed_?phrase)$/i;

/** @throws Fault `secret-in-command-line` (other programs can read a command line, and shells keep it in a file) */
export function refuseSecrets(input: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  for (const [key, value] of Object.entries(input)) {
    if (secretFields.test(key))
      throw new Fault(
        'secret-in-command-line',
        `Nothing was done: "${key}" must not stand in a command line, where other programs can read it. Set DAIMON_PASSWORD (or DAIMON_PHRASE), or leave it out and type it when asked.`,
      );
    refuseSecrets(value);
  }
}

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Asks on the controlling terminal without echo; undefined where there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** What descriptors gave: a pipe gives it once, and one call may need it twice (to wake, and to approve). */
  readonly read: Map<number, string>;
}

function readDescriptor(fd: number, read: Map<number, string>): string {
  try {
    const text = read.get(fd) ?? readFileSync(fd, 'utf8').replace(/\r?\n$/, '');
    read.set(fd, text);
    return text;
  } catch (cause) {
    throw new Fault(
      'password-needed',
      `Descriptor ${fd} cannot be read, so nothing was done. Open it for this call, such as with: 3< FILE`,
      { cause },
    );
  }
}

/**
 * The bytes of one secret: `NAME` in the environment, `NAME_FD` as the number of an open descriptor, or a prompt.
 * @throws Fault `password-needed`
 */
export async function secret(field: keyof typeof sources & string, { env, ask, read }: Terminal): Promise<Uint8Array> {
  const source = sources[field]!;
  const fd = env[`${source.env}_FD`];
  const given = fd !== undefined && /^\d+$/.test(fd) ? readDescriptor(Number(fd), read) : env[source.env];
  const text = given ?? (await ask?.(source.asks));
  if (!text)
    throw new Fault('password-needed', `This needs the password. Set ${source.env}, or run it where it can ask you.`);
  // NFC, as the window does: the same letters typed on two systems must be the same password.
  return Buffer.from(text.normalize('NFC'), 'utf8');
}

/** Asks on the terminal, without showing what is typed. Undefined when there is no terminal. */
export function promptOn(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal['ask'] {
  if (!input.isTTY) return undefined;
  return (question) =>
    new Promise((resolve, reject) => {
      output.write(question);
      input.setRawMode(true);
      input.resume();
      let text = '';
      const end = (done: () => void) => {
        input.setRawMode(false);
        input.pause();
        input.off('data', onData);
        output.write('\n');
        done();
      };
      const onData = (chunk: Buffer) => {
        for (const key of chunk.toString('utf8')) {
          if (key === '\r' || key === '\n') return end(() => resolve(text));
          if (key === '\u0003') return end(() => reject(new Fault('stopped', 'Stopped; nothing was done.')));
          if (key === '\u007f' || key === '\b') text = [...text].slice(0, -1).join('');
          else if (key >= ' ') text += key;
        }
      };
      input.on('data', onData);
    });
}
