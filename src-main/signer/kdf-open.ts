/** Chooses the fastest Argon2id that this machine can load. */
import type { Kdf } from './kdf.ts';

/** The native implementation, or WebAssembly (about four times slower) where no native binary fits this machine. */
export async function openKdf(): Promise<Kdf> {
  try {
    return (await import('./kdf-native.ts')).nativeKdf;
  } catch {
    return (await import('./kdf-wasm.ts')).wasmKdf;
  }
}
