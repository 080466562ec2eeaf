/** Reads one member of a zip file (a Python wheel) as a stream, with every length bounded. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { Unreachable } from './faults.ts';

const END = 0x0605_4b50;
const ENTRY = 0x0201_4b50;
const LOCAL = 0x0403_4b50;
/** An end record is 22 bytes and a comment of at most 64 KiB. */
const TAIL = 22 + 0xffff;
/** A wheel's directory is a few kB. */
const DIRECTORY = 4 << 20;

export interface Member {
  readonly method: 'stored' | 'deflated';
  /** Where its bytes begin in the file. */
  readonly at: number;
  readonly packed: number;
  readonly size: number;
}

/** @throws Unreachable when the file is no zip, is bent, or has no such member */
export async function findMember(path: string, name: string): Promise<Member> {
  const bad = () => new Unreachable('sent a package that cannot be opened');
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = async (at: number, length: number): Promise<Buffer> => {
      if (at < 0 || length < 0 || at + length > size) throw bad();
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, at);
      if (bytesRead !== length) throw bad();
      return bytes;
    };
    const tail = await read(Math.max(0, size - TAIL), Math.min(size, TAIL));
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
    if (end < 0) throw bad();
    const length = tail.readUInt32LE(end + 12);
    if (length > DIRECTORY) throw bad();
    const directory = await read(tail.readUInt32LE(end + 16), length);
    for (let at = 0; at + 46 <= directory.length;) {
      if (directory.readUInt32LE(at) !== ENTRY) throw bad();
      const nameLength = directory.readUInt16LE(at + 28);
      const next = at + 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
      if (directory.toString('utf8', at + 46, at + 46 + nameLength) !== name) {
        at = next;
        continue;
      }
      const flags = directory.readUInt16LE(at + 8);
      const method = directory.readUInt16LE(at + 10);
      const packed = directory.readUInt32LE(at + 20);
      const offset = directory.readUInt32LE(at + 42);
      // Encrypted, or with 64-bit lengths elsewhere: no wheel that we pin is.
      if (flags & 1 || packed === 0xffff_ffff || offset === 0xffff_ffff || ![0, 8].includes(method)) throw bad();
      const local = await read(offset, 30);
      if (local.readUInt32LE(0) !== LOCAL) throw bad();
      const begin = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
      if (begin + packed > size) throw bad();
      return {
        method: method === 8 ? 'deflated' : 'stored',
        at: begin,
        packed,
        size: directory.readUInt32LE(at + 24),
      };
    }
    throw new Unreachable('sent a package without the model in it');
  } finally {
    await file.close();
  }
}

/** The member's bytes. What they inflate to is bounded by whoever writes them. */
export async function* readMember(path: string, member: Member, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (member.packed === 0) return;
  const packed = createReadStream(path, {
    start: member.at,
    end: member.at + member.packed - 1,
    highWaterMark: 1 << 18,
    signal,
  });
  if (member.method === 'stored') return void (yield* packed as AsyncIterable<Buffer>);
  const inflate = createInflateRaw({ chunkSize: 1 << 18 });
  packed.on('error', (error) => inflate.destroy(error));
  try {
    yield* packed.pipe(inflate) as AsyncIterable<Buffer>;
  } catch (error) {
    signal.throwIfAborted();
    throw new Unreachable('sent a package that cannot be opened', error);
  } finally {
    packed.destroy();
    inflate.destroy();
  }
}
