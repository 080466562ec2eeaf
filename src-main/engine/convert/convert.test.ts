/** The converter against the reference tool's files, and against weights and vocabularies that are bent in every way. */
import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../../../test/fakes/folder.ts';
import { mutants } from '../../../test/fixtures/mutants.ts';
import { safetensors, smallBert, VOCABULARY } from '../../../test/fixtures/safetensors.ts';
import { isFault } from '../../wire/index.ts';
import { readGguf } from '../gguf/index.ts';
import { convertBert, type BertOptions } from './bert.ts';
import { toHalf } from './half.ts';
import { BLOCK_BYTES, encode } from './quantise.ts';
import { openSafetensors } from './safetensors.ts';
import { readWordpieces } from './wordpiece.ts';

let folder: TemporaryFolder;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder[Symbol.dispose]());

const HOW = { name: 'small', licence: 'MIT', heads: 2, epsilon: 1e-12 };
/** The model of these bytes, or the fault. */
async function convert(
  weights: Uint8Array,
  vocabulary: string | Uint8Array = VOCABULARY,
  kind: BertOptions['kind'] = 'Q8_0',
) {
  const paths = { weights: folder.file('w'), vocabulary: folder.file('v'), out: folder.file('out.gguf') };
  await writeFile(paths.weights, weights);
  await writeFile(paths.vocabulary, vocabulary);
  await convertBert({ ...paths, ...HOW, kind });
  return paths.out;
}
const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (isFault(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
};
const bits = new Uint32Array(1);
const asBits = (value: number) => {
  new Float32Array(bits.buffer)[0] = value;
  return bits[0]!;
};

test('a small network becomes a model that the validator reads, the same bytes each time', async () => {
  for (const kind of ['F16', 'Q8_0'] as const) {
    const out = await convert(smallBert(), VOCABULARY, kind);
    expect(await readGguf(out)).toMatchObject({
      ...{ architecture: 'bert', purpose: 'embed', name: 'small', licence: 'mit', quantisation: kind },
      ...{ blocks: 2, width: 64, heads: 2, trainedContext: 16, vocabulary: 12 },
    });
    const sha = async (path: string) =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    const first = await sha(out);
    expect(await sha(await convert(smallBert(), VOCABULARY, kind))).toBe(first);
  }
});

test('names below "bert." are found, and lines may end in CR LF', async () => {
  const tensors = Object.fromEntries(Object.entries(smallBert.tensors()).map(([name, one]) => [`bert.${name}`, one]));
  const plain = await readFile(await convert(smallBert()));
  const other = await readFile(await convert(safetensors(tensors), VOCABULARY.replaceAll('\n', '\r\n')));
  expect(other.equals(plain)).toBe(true);
});

describe('numbers', () => {
  test('of 16 bits are those of the machine for every one there is, and the nearest for all between', () => {
    const value = (h: number) => {
      // The reference: sign, exponent and fraction by the definition of binary16.
      const [exponent, fraction] = [(h >> 10) & 31, h & 1023];
      const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
      return h & 0x8000 ? -size : size;
    };
    for (let h = 0; h < 0x7c00; h++) {
      expect(toHalf(asBits(value(h)))).toBe(h);
      expect(toHalf(asBits(-value(h)))).toBe(h | 0x8000);
      if (h === 0x7bff) continue;
      // Halfway between neighbours the even one; a little beside it, the nearer.
      const middle = (value(h) + value(h + 1)) / 2;
      expect(toHalf(asBits(middle))).toBe(h & 1 ? h + 1 : h);
      expect(toHalf(asBits(middle) + 1)).toBe(h + 1);
      expect(toHalf(asBits(middle) - 1)).toBe(h);
    }
    expect(toHalf(asBits(65519))).toBe(0x7bff);
    expect(toHalf(asBits(65520))).toBe(0x7c00);
    expect(toHalf(asBits(Infinity))).toBe(0x7c00);
    expect(toHalf(asBits(NaN)) & 0x3ff).not.toBe(0);
  });

  test('in blocks are read back within half a step of their scale', () => {
    const weight = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 32, maxLength: 32 }), (weights) => {
        const block = encode('Q8_0', Float32Array.from(weights));
        expect(block).toHaveLength(BLOCK_BYTES);
        const view = new DataView(block.buffer, block.byteOffset);
        const most = Math.max(...weights.map(Math.abs));
        const step = Math.fround(most / 127);
        for (const [i, one] of weights.entries()) {
          const q = view.getInt8(2 + i);
          expect(Math.abs(q)).toBeLessThanOrEqual(127);
          expect(Math.abs(q * step - one)).toBeLessThanOrEqual(step / 2 + most * 1e-6);
        }
      }),
      { seed: 5, numRuns: process.env['DAIMON_LONG'] ? 20_000 : 500 },
    );
  });

  test.each([NaN, Infinity, -Infinity])('a weight of %s is refused', (bad) => {
    for (const kind of ['F32', 'F16', 'Q8_0'] as const)
      expect(() => encode(kind, new Float32Array(32).fill(bad, 7, 8))).toThrow('a weight is not a number');
  });
});

const without = (name: string) => {
  const { [name]: _, ...rest } = smallBert.tensors();
  return safetensors(rest);
};
const instead = (name: string, shape: readonly number[], dtype = 'F32') =>
  safetensors({ ...smallBert.tensors(), [name]: { shape, dtype } });
const raw = (header: string, data = 0) => {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(data)]);
};

test.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array(0)],
  ['seven bytes', new Uint8Array(7)],
  ['a header beyond the file', Buffer.from([255, 0, 0, 0, 0, 0, 0, 0, 123])],
  ['a header of 2^60 bytes', Buffer.from([0, 0, 0, 0, 0, 0, 0, 16])],
  ['no JSON', raw('{"a":')],
  ['a list', raw('[1,2]')],
  ['null', raw('null')],
  ['an entry that is null', raw('{"a":null}')],
  ['a prototype as a format', raw('{"a":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}', 4)],
  ['an unknown format', raw('{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}', 4)],
  ['a negative size', raw('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4)],
  ['a size that is no number', raw('{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}', 4)],
  [
    'an impossible size',
    raw('{"a":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}', 4),
  ],
  ['five dimensions', raw('{"a":{"dtype":"F32","shape":[1,1,1,1,1],"data_offsets":[0,4]}}', 4)],
  ['another length than its shape', raw('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4)],
  ['an end before its beginning', raw('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 4)],
  ['three places', raw('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 4)],
  ['a gap', raw('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8)],
  [
    'an overlap',
    raw(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      4,
    ),
  ],
  ['bytes behind the last tensor', raw('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8)],
  ['too few bytes', raw('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 3)],
  ['no words', without('embeddings.word_embeddings.weight')],
  ['a missing bias', without('encoder.layer.1.output.dense.bias')],
  ['a missing block', without('encoder.layer.0.output.dense.weight')],
  ['halves', instead('encoder.layer.1.output.dense.weight', [64, 128], 'F16')],
  ['a matrix turned over', instead('encoder.layer.1.output.dense.weight', [128, 64])],
  ['a flat matrix', instead('encoder.layer.1.output.dense.weight', [64 * 128])],
  ['an empty table', instead('embeddings.position_embeddings.weight', [0, 64])],
  ['another width', instead('embeddings.LayerNorm.weight', [32])],
  ['another vocabulary', instead('embeddings.word_embeddings.weight', [13, 64])],
])('weights with %s are refused in words', async (_, bytes) => {
  expect(await refusal(convert(bytes))).toMatch(
    /^weights-damaged: These weights cannot be converted: .+\. Nothing was kept/,
  );
});

test.each<[string, string | Uint8Array]>([
  ['an empty line', VOCABULARY.replace('a\n', '\n')],
  ['nothing but ##', VOCABULARY.replace('a\n', '##\n')],
  ['a piece twice', VOCABULARY.replace('a\n', 'b\n')],
  ['no [CLS]', VOCABULARY.replace('[CLS]', 'cls')],
  ['a zero byte', VOCABULARY.replace('a\n', 'a\0\n')],
  ['broken UTF-8', Buffer.concat([Buffer.from(VOCABULARY), Buffer.from([0xff])])],
  ['one piece more', `${VOCABULARY}more\n`],
  ['nine megabytes', new Uint8Array(9 << 20).fill(97)],
])('a vocabulary with %s is refused in words', async (_, bytes) => {
  expect(await refusal(convert(smallBert(), bytes))).toMatch(/^weights-damaged: .*vocabulary/);
});

const runs = process.env['DAIMON_LONG'] ? 10_000 : 300;
test(
  `${runs} mutated files are converted or refused, and what is converted the validator reads or refuses`,
  { timeout: 1_200_000 },
  async () => {
    const sound = smallBert();
    const header = sound.subarray(0, 8 + Number(new DataView(sound.buffer, sound.byteOffset).getBigUint64(0, true)));
    const data = sound.subarray(header.length);
    let refused = 0;
    for (const mutant of mutants(header, runs, 11)) {
      const said = await refusal(convert(Buffer.concat([mutant, data])));
      if (said === 'accepted') await readGguf(folder.file('out.gguf'));
      else refused += Number(/^weights-damaged/.test(said));
    }
    for (const mutant of mutants(Buffer.from(VOCABULARY), runs / 3, 12)) {
      const said = await refusal(convert(sound, mutant));
      if (said === 'accepted')
        expect(await refusal(readGguf(folder.file('out.gguf')))).toMatch(/^accepted|^gguf-damaged/);
      else expect(said).toMatch(/^weights-damaged/);
    }
    expect(refused).toBeGreaterThan(runs / 2);
  },
);

test('an honest header is read whatever the order of its tensors', async () => {
  await writeFile(folder.file('w'), safetensors(smallBert.tensors(), true));
  const file = await open(folder.file('w'));
  try {
    const read = await openSafetensors(file);
    const words = read.tensors.get('embeddings.word_embeddings.weight')!;
    expect(words.shape).toEqual([12, 64]);
    expect(await read.read(words, 64, 2)).toEqual(smallBert.values('embeddings.word_embeddings.weight', 66).slice(64));
    await expect(read.read(words, 12 * 64 - 1, 2)).rejects.toThrow('shorter than it should be');
  } finally {
    await file.close();
  }
});

test('a vocabulary is written as llama.cpp looks pieces up', () => {
  const { tokens, kinds, ids } = readWordpieces(Buffer.from(VOCABULARY));
  expect(tokens.slice(0, 8)).toEqual(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '\u2581a', '\u2581b', 'ing']);
  expect(kinds.slice(3, 7)).toEqual([3, 3, 1, 1]);
  expect(ids).toEqual({ padding: 0, unknown: 1, begin: 2, separator: 3, mask: 4 });
});
