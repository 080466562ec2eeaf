/** AES-256-GCM and HKDF-SHA256 as the vault uses them. Only primitives that Electron's BoringSSL also has. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface Sealed {
  /** 96 random bits. */
  readonly nonce: Buffer;
  /** Ciphertext followed by the 128-bit tag. */
  readonly sealed: Buffer;
}

const TAG = 16;

/** Seals `plain` under a 256-bit key, with `bound` as associated data. A fresh random nonce; a few writes per key, ever. */
export function seal(key: Uint8Array, plain: Uint8Array, bound: string): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(bound, 'utf8'));
  return { nonce, sealed: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
}

/** The plain bytes, or undefined when key, nonce, bytes or associated data are not those of the sealing. */
export function unseal(key: Uint8Array, { nonce, sealed }: Sealed, bound: string): Buffer | undefined {
  if (nonce.length !== 12 || sealed.length < TAG) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(bound, 'utf8'));
  decipher.setAuthTag(sealed.subarray(-TAG));
  const plain = decipher.update(sealed.subarray(0, -TAG));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}

/** HKDF-SHA256 (RFC 5869) without salt: a sub-key for one purpose, which its label names. */
export const subKey = (key: Uint8Array, label: string, length = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', key, new Uint8Array(0), Buffer.from(label, 'utf8'), length));

/** Overwrites secrets that are done with. JavaScript may have copied them; a short-lived process is the other half. */
export const wipe = (...secrets: readonly (Uint8Array | null | undefined)[]): void => {
  for (const secret of secrets) secret?.fill(0);
};
