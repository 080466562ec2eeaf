/**
 * The terminal's hand on the confirm server: approves with the password, or gives the 24 words, straight to the signer.
 *
 * It speaks node:http to 127.0.0.1 only, to a process of our own: no connection leaves this machine, so none goes through
 * the dialler. Neither password nor words pass the core or a chat window on this way.
 */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { ConfirmAnswers, ConfirmInput, ConfirmPath } from '../signer/door.ts';
import { Fault } from '../wire/index.ts';

export interface ConfirmClient {
  /** Approves the request that the file was made for, if its digest is the one the person read. Wipes the password. */
  approve(digest: string, password: Uint8Array): Promise<void>;
  /** Gives the 24 words to a restore that waits. Wipes them. */
  giveWords(phrase: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const ADDRESS = /http:\/\/127\.0\.0\.1:(\d{1,5})\/confirm\/#([\w-]{43})/;

/**
 * Comes in through a redirect file, using its key up.
 *
 * @throws Fault `confirm-gone` where the file is used, old or not ours; later whatever the signer answers
 */
export async function openConfirm({ redirectFile }: { readonly redirectFile: string }): Promise<ConfirmClient> {
  const text = await readFile(redirectFile, 'utf8').catch(() => '');
  const [, port, key] = ADDRESS.exec(text) ?? [];
  if (!port || !key)
    throw new Fault(
      'confirm-gone',
      'The way into this request was used already or is too old; nothing was done. Repeat the call and answer the new one.',
    );
  const { tab, request: id, digest } = await post(port, '/enter', { key });
  const wiped = async (secret: Uint8Array, use: (base64: string) => Promise<unknown>) => {
    try {
      await use(Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength).toString('base64'));
    } finally {
      secret.fill(0);
    }
  };
  return {
    approve: (read, password) =>
      wiped(password, (base64) => post(port, '/approve', { tab, request: id, digest: read, password: base64 })),
    giveWords: (phrase) =>
      wiped(phrase, (base64) => post(port, '/restore', { tab, request: id, digest, phrase: base64 })),
    close: () => Promise.resolve(),
  };
}

function post<P extends ConfirmPath>(port: string, path: P, input: ConfirmInput<P>): Promise<ConfirmAnswers[P]> {
  const origin = `http://127.0.0.1:${port}`;
  return new Promise((resolve, reject) => {
    const asked = request(
      `${origin}${path}`,
      { method: 'POST', agent: false, headers: { origin, 'content-type': 'application/json' } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', () => reject(unreachable()));
        response.once('end', () => {
          try {
            const answer = JSON.parse(Buffer.concat(parts).toString('utf8')) as never;
            if (response.statusCode === 200) return resolve(answer);
            const { code, message, details } = answer as Fault;
            reject(new Fault(code, message, details ? { details } : {}));
          } catch {
            reject(unreachable());
          }
        });
      },
    );
    asked.once('error', () => reject(unreachable()));
    asked.end(JSON.stringify(input));
  });
}

const unreachable = () =>
  new Fault('confirm-gone', 'The signer no longer answers, so nothing was done. Wake daimon and repeat the call.');
