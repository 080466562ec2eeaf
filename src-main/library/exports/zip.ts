/** Reads a ZIP as it streams by: chosen entries inflated piece by piece, all others passed over; nothing is ever extracted. */
import { createInflateRaw } from 'node:zlib';
import { Fault } from '../../wire/index.ts';
import type { Pull } from './pull.ts';

/**
 * Node's inflate, not fflate's streaming `Unzip`: that one keeps whole entries that nobody asked for in memory, and finds
 * the end of an entry of unknown length by searching for a signature, which compressed data may contain by chance (about
 * once in 40 exports of 100 MB). A real inflate knows its own end, and says how many bytes it took.
 */
const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
/** What may follow the last entry: the directory, its end, a signature of it, an archive's extra data. */
const AFTER = new Set([0x02014b50, 0x06054b50, 0x06064b50, 0x05054b50, 0x08064b50]);

const FLAG_ENCRYPTED = 1;
const FLAG_DESCRIPTOR = 8;
const STORED = 0;
const DEFLATED = 8;

export interface ZipLimits {
  /** Bytes that all inflated entries may have together. */
  readonly most: number;
  /** Inflated bytes for one compressed byte, where an entry inflates to more than `ratioFrom`: text reaches 30, a bomb 1,000. */
  readonly ratio: number;
  readonly ratioFrom: number;
}
export const ZIP_LIMITS: ZipLimits = { most: 8 * 2 ** 30, ratio: 200, ratioFrom: 64 << 20 };

export interface Entry {
  /** As the archive says it. Never a path of this machine. */
  readonly name: string;
  /** The inflated bytes; read them to the end, or ask for the next entry and they are passed over. */
  readonly bytes: AsyncGenerator<Uint8Array>;
}

const damagedZip = (cause?: unknown) =>
  new Fault(
    'unreadable',
    'This ZIP file is damaged or was cut off. What was read before the damage is kept. Download the export again, or unpack it and choose conversations.json in it.',
    { cause },
  );
const bomb = () =>
  new Fault(
    'too-large',
    'This ZIP file unpacks to far more than any export does, so it was not read on. Unpack it and choose conversations.json in it.',
  );
const encrypted = () =>
  new Fault('encrypted-file', 'This ZIP file is protected by a password. Unpack it first, then choose what was in it.');

/**
 * The entries that `wanted` says yes to, in the order of the archive.
 *
 * @throws Fault `unreadable` (damaged, cut off, a method that is not here), `encrypted-file`, `too-large` (a bomb)
 */
export async function* entriesOf(
  pull: Pull,
  wanted: (name: string) => boolean,
  limits: ZipLimits = ZIP_LIMITS,
): AsyncGenerator<Entry> {
  let inflated = 0;
  for (;;) {
    const header = view(await pull.exactly(30));
    const signature = header.byteLength >= 4 ? header.getUint32(0, true) : 0;
    if (AFTER.has(signature)) return;
    if (header.byteLength < 30 || signature !== LOCAL) throw damagedZip();
    const flags = header.getUint16(6, true);
    const method = header.getUint16(8, true);
    const nameBytes = (await pull.exactly(header.getUint16(26, true))).slice();
    const extra = view((await pull.exactly(header.getUint16(28, true))).slice());
    const name = Buffer.from(nameBytes).toString('utf8');
    const descriptor = (flags & FLAG_DESCRIPTOR) !== 0;
    const { size, long } = sizes(header, extra);
    const keep = wanted(name);
    if (flags & FLAG_ENCRYPTED && (keep || descriptor)) throw encrypted();
    if (method !== STORED && method !== DEFLATED && (keep || descriptor)) throw damagedZip();

    if (!keep && !descriptor) {
      if (!(await pull.skip(size))) throw damagedZip();
      continue;
    }
    const raw =
      method === DEFLATED
        ? inflate(pull, descriptor ? undefined : size)
        : descriptor
          ? storedUntilDescriptor(pull, long)
          : stored(pull, size);
    const counted = (async function* () {
      let here = 0;
      const from = pull.read;
      for await (const piece of raw) {
        here += piece.length;
        inflated += piece.length;
        if (inflated > limits.most) throw bomb();
        if (here > limits.ratioFrom && here > limits.ratio * (pull.read - from + 65_536)) throw bomb();
        yield piece;
      }
      if (descriptor && method === DEFLATED) await passDescriptor(pull, long);
    })();
    if (keep) yield { name, bytes: lent(counted) };
    // What was not read (all of an entry nobody wanted) still lies before the next one.
    while (!(await counted.next()).done);
  }
}

/** The same items; leaving the loop over them does not end their source. */
async function* lent<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The compressed size; in archives over 4 GiB it stands in an extra field (APPNOTE 4.5.3), and descriptors are longer. */
function sizes(header: DataView, extra: DataView): { size: number; long: boolean } {
  const size = header.getUint32(18, true);
  const whole = header.getUint32(22, true);
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true);
    const length = extra.getUint16(at + 2, true);
    at += 4;
    if (id === 1) {
      const place = at + (whole === 0xffffffff ? 8 : 0);
      const big = size === 0xffffffff && place + 8 <= extra.byteLength;
      return { size: big ? Number(extra.getBigUint64(place, true)) : size, long: true };
    }
    at += length;
  }
  return { size, long: false };
}

async function* stored(pull: Pull, size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0;) {
    const piece = await pull.some(left);
    if (!piece) throw damagedZip();
    left -= piece.length;
    yield piece;
  }
}

/** Inflates until the data's own end; with `size`, exactly so many compressed bytes. */
async function* inflate(pull: Pull, size: number | undefined): AsyncGenerator<Uint8Array> {
  const inflater = createInflateRaw({ chunkSize: 256 << 10 });
  let failure: unknown;
  inflater.on('error', (error) => (failure = error));
  const feed = async () => {
    let left = size ?? Infinity;
    let given = 0;
    for (;;) {
      const piece = left > 0 ? await pull.some(Math.min(left, 1 << 20)) : undefined;
      if (!piece || failure || inflater.destroyed) break;
      left -= piece.length;
      given += piece.length;
      await new Promise<void>((resolve) => {
        inflater.once('close', resolve);
        inflater.write(piece, () => {
          inflater.off('close', resolve);
          resolve();
        });
      });
      const beyond = given - inflater.bytesWritten;
      if (beyond > 0) {
        // The data ended inside this piece: what follows belongs to the next header.
        if (size === undefined) pull.putBack(piece.subarray(piece.length - beyond));
        else if (left > 0) await pull.skip(left);
        return;
      }
    }
    inflater.end();
  };
  const feeding = feed().catch((error: unknown) => void inflater.destroy(error as Error));
  try {
    for await (const piece of inflater) yield piece as Uint8Array;
    await feeding;
  } catch (error) {
    throw error instanceof Fault ? error : damagedZip(error);
  } finally {
    inflater.destroy();
  }
}

/** After data of unknown length: maybe a signature, a checksum, two sizes of 4 or 8 bytes each. */
async function passDescriptor(pull: Pull, long: boolean) {
  const first = await pull.exactly(4);
  const signed = first.length === 4 && view(first).getUint32(0, true) === DESCRIPTOR;
  await pull.skip((signed ? 4 : 0) + (long ? 16 : 8));
}

/** Bytes as they are, of unknown length: they end where a descriptor names exactly the length that it was found at. */
async function* storedUntilDescriptor(pull: Pull, long: boolean): AsyncGenerator<Uint8Array> {
  const tail = long ? 24 : 16;
  let length = 0;
  let held = Buffer.alloc(0);
  for (;;) {
    const piece = await pull.some(1 << 20);
    if (!piece) throw damagedZip();
    held = Buffer.concat([held, piece]);
    for (let at = held.indexOf('PK\x07\x08', 0, 'latin1'); at >= 0; at = held.indexOf('PK\x07\x08', at + 1, 'latin1')) {
      if (at + tail > held.length) break;
      const size = long ? Number(held.readBigUInt64LE(at + 8)) : held.readUInt32LE(at + 8);
      if (size !== (long ? length + at : (length + at) % 2 ** 32)) continue;
      if (at > 0) yield held.subarray(0, at);
      pull.putBack(held.subarray(at + tail));
      return;
    }
    const sure = Math.max(0, held.length - tail + 1);
    length += sure;
    if (sure > 0) yield held.subarray(0, sure);
    held = held.subarray(sure);
  }
}
