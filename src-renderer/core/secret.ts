/** A typed secret as bytes, so that it leaves the page as a buffer and never as a string that lives on. */

/** NFC: the same letters typed on two systems must be the same password. */
export const secretBytes = (typed: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(typed.normalize('NFC'));
