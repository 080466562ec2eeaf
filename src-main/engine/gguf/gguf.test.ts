/** The validator: honest headers are read right; whatever is bent, too long or out of bounds is refused in words. */
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { walkGguf, type Site } from '../../../test/fixtures/gguf-oracle.ts';
import { smallModel, writeGguf, type GgufValue } from '../../../test/fixtures/gguf.ts';
import { needMinilm, needSmollm2 } from '../../../test/fixtures/real-model.ts';
import { isFault } from '../../wire/index.ts';
import { Short } from './cursor.ts';
import { parseHeader, readGguf } from './index.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'daimon-gguf-'))));
afterAll(() => rm(folder, { recursive: true }));

const parse = (file: Uint8Array) => parseHeader(file, file.length);
/** The code and sentence of what a header is refused with. */
const refusal = (file: Uint8Array): string => {
  try {
    parse(file);
    return 'accepted';
  } catch (error) {
    if (error instanceof Short) return 'short';
    if (isFault(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
};
const withPair = (key: string, value: GgufValue) => {
  const model = smallModel();
  return writeGguf({ ...model, pairs: [...model.pairs.filter(([k]) => k !== key), [key, value]] });
};

const bertWith = (key: string, value: GgufValue) => {
  const model = smallModel({ architecture: 'bert', template: null });
  return writeGguf({ ...model, pairs: [...model.pairs.filter(([k]) => k !== key), [key, value]] });
};

test('the real SmolLM2 header is read as its card states it', async () => {
  expect(await readGguf(needSmollm2())).toMatchObject({
    architecture: 'llama',
    purpose: 'chat',
    parameters: 134_515_008,
    quantisation: 'Q4_1',
    licence: 'apache-2.0',
    trainedContext: 8192,
    blocks: 30,
    width: 576,
    heads: 9,
    kvHeads: 90,
    keyLength: 64,
    vocabulary: 49_152,
    template: true,
    headerBytes: 1_785_664,
    tensorBytes: 96_576_768,
  });
});

test('the MiniLM that our converter makes is read as its card states it', async () => {
  expect(await readGguf(needMinilm())).toMatchObject({
    ...{
      architecture: 'bert',
      purpose: 'embed',
      name: 'all-MiniLM-L6-v2',
      licence: 'apache-2.0',
      quantisation: 'Q8_0',
    },
    ...{ parameters: 22_565_376, trainedContext: 512, blocks: 6, width: 384, heads: 12, vocabulary: 30_522 },
    template: false,
  });
});

test.each(['llama', 'qwen2', 'qwen3', 'gemma3', 'phi3', 'smollm3', 'granite', 'olmo2', 'bert'])(
  'a small honest %s model is accepted, and the oracle agrees',
  (architecture) => {
    const file = writeGguf(smallModel({ architecture }));
    expect(parse(file)).toMatchObject({ architecture, blocks: 2, kvHeads: 4, quantisation: 'Q4_0' });
    expect(walkGguf(file, file.length).problems).toEqual([]);
  },
);

test('a version 2 file is read like a version 3 file', () => {
  expect(parse(writeGguf({ ...smallModel(), version: 2 })).blocks).toBe(2);
});

test.each<[string, Uint8Array, RegExp]>([
  ['other magic', new TextEncoder().encode('PK\u0003\u0004 and then something else'), /^not-a-gguf/],
  ['version 1', writeGguf({ ...smallModel(), version: 1 }), /^gguf-unsupported.*version/],
  ['big-endian', writeGguf({ ...smallModel(), version: 0x0300_0000 }), /^gguf-unsupported.*big-endian/],
  ['no tensors', writeGguf({ ...smallModel(), tensors: [] }), /^gguf-damaged.*tensors/],
  ['unknown architecture', withPair('general.architecture', { text: 'mamba9' }), /^gguf-unsupported.*architecture/],
  ['a prototype key as architecture', withPair('general.architecture', { text: 'constructor' }), /^gguf-unsupported/],
  ['pooling by a way that is none', bertWith('bert.pooling_type', { u32: 128 }), /^gguf-damaged.*pooling_type/],
  ['no pooling, so no vector of a text', bertWith('bert.pooling_type', { u32: 0 }), /^gguf-damaged.*pooling_type/],
  ['architecture as a number', withPair('general.architecture', { u32: 1 }), /^gguf-damaged.*wrong kind/],
  ['too many blocks', withPair('llama.block_count', { u32: 513 }), /^gguf-damaged.*block_count/],
  ['no block', withPair('llama.block_count', { u32: 0 }), /^gguf-damaged.*block_count/],
  ['no attention head', withPair('llama.attention.head_count', { u32: 0 }), /^gguf-damaged.*head_count/],
  ['no key-value head', withPair('llama.attention.head_count_kv', { u32: 0 }), /^gguf-damaged.*head_count_kv/],
  ['heads that do not group', withPair('llama.attention.head_count_kv', { u32: 3 }), /^gguf-damaged.*group/],
  ['heads for too few blocks', withPair('llama.attention.head_count', { u32s: [4] }), /^gguf-damaged.*wrong kind/],
  ['epsilon not a number', withPair('llama.attention.layer_norm_rms_epsilon', { f32: NaN }), /^gguf-damaged.*range/],
  ['context as a text', withPair('llama.context_length', { text: '2048' }), /^gguf-damaged.*wrong kind/],
  ['a tokenizer that may not end', withPair('tokenizer.ggml.model', { text: 'rwkv' }), /^gguf-unsupported.*tokenizer/],
  ['tokens as numbers', withPair('tokenizer.ggml.tokens', { i32s: [1, 2] }), /^gguf-damaged.*wrong kind/],
  ['token kinds as floats', withPair('tokenizer.ggml.token_type', { f32s: [1] }), /^gguf-damaged.*wrong kind/],
  ['too few token kinds', withPair('tokenizer.ggml.token_type', { i32s: [1] }), /^gguf-damaged.*each token/],
  ['merges as numbers', withPair('tokenizer.ggml.merges', { i32s: [1] }), /^gguf-damaged.*wrong kind/],
  ['a special token outside', withPair('tokenizer.ggml.eos_token_id', { u32: 32 }), /^gguf-damaged.*special token/],
  ['alignment 0', withPair('general.alignment', { u32: 0 }), /^gguf-damaged.*alignment/],
  ['alignment 48', withPair('general.alignment', { u32: 48 }), /^gguf-damaged.*alignment/],
  ['alignment 1 GiB', withPair('general.alignment', { u32: 1 << 30 }), /^gguf-damaged.*alignment/],
  ['one of several parts', withPair('split.count', { u32: 2 }), /^gguf-unsupported.*parts/],
  ['more experts used than there are', withPair('llama.expert_used_count', { u32: 2 }), /^gguf-damaged.*experts/],
  ['groups of no experts', withPair('llama.expert_group_count', { u32: 5 }), /^gguf-damaged.*do not group/],
  ['more predicting blocks than blocks', withPair('llama.nextn_predict_layers', { u32: 3 }), /^gguf-damaged.*nextn/],
])('refused: %s', (_what, file, expected) => {
  expect(refusal(file)).toMatch(expected);
});

test('the same property or tensor twice is refused', () => {
  const model = smallModel();
  expect(refusal(writeGguf({ ...model, pairs: [...model.pairs, model.pairs[0] as never] }))).toMatch(/twice/);
  expect(refusal(writeGguf({ ...model, tensors: [...model.tensors, model.tensors[1] as never] }))).toMatch(/same name/);
});

test('tensors that overlap, leave gaps, are cut, or have unknown formats are refused', () => {
  const model = smallModel();
  const change = (i: number, by: object) =>
    writeGguf({ ...model, tensors: model.tensors.map((tensor, j) => (i === j ? { ...tensor, ...by } : tensor)) });
  expect(refusal(change(2, { offset: 0 }))).toMatch(/does not begin where/);
  expect(refusal(change(2, { offset: 1 << 20 }))).toMatch(/does not begin where/);
  expect(refusal(change(1, { type: 4 }))).toMatch(/^gguf-unsupported.*format/);
  expect(refusal(change(1, { shape: [] }))).toMatch(/dimensions/);
  expect(refusal(change(1, { shape: [0] }))).toMatch(/impossible size/);
  expect(refusal(change(2, { shape: [63, 64] }))).toMatch(/blocks/);
  expect(refusal(change(1, { shape: [0x7fff_ffff, 0x7fff_ffff, 0x7fff_ffff] }))).toMatch(/impossibly large/);
  expect(refusal(change(1, { name: 'blk.2.attn_norm.weight' }))).toMatch(/no block/);
  expect(refusal(change(0, { name: 'other.weight' }))).toMatch(/table of tokens is missing/);
  const file = writeGguf(model);
  expect(refusal(file.subarray(0, file.length - 129))).toMatch(/ends before its last tensor/);
});

test('what makes llama.cpp assert is refused: matrices of other sizes than stated, norms in 16 bits, odd rotations', () => {
  const model = smallModel();
  const down = { name: 'blk.0.ffn_down.weight', shape: [128, 64], type: 2, bytes: (128 * 64 * 18) / 32 };
  const withDown = { ...model, tensors: [...model.tensors, down] };
  expect(parse(writeGguf(withDown)).blocks).toBe(2);
  const stated = (key: string, u32: number) =>
    refusal(writeGguf({ ...withDown, pairs: withDown.pairs.map((pair) => (pair[0] === key ? [key, { u32 }] : pair)) }));
  expect(stated('llama.feed_forward_length', 31)).toMatch(/does not have the shape/);
  expect(stated('llama.embedding_length', 32)).toMatch(/does not have the shape|more dimensions/);
  expect(stated('llama.rope.dimension_count', 15)).toMatch(/odd one/);
  const norms = model.tensors.map((tensor) =>
    tensor.name === 'output_norm.weight' ? { ...tensor, type: 1, bytes: 128 } : tensor,
  );
  expect(refusal(writeGguf({ ...model, tensors: norms }))).toMatch(/not in full precision/);
});

const withTokens = (tokens: readonly string[], tokenizer = 'gpt2') => {
  const model = smallModel({ vocabulary: tokens.length });
  const changed: Record<string, GgufValue> = {
    'tokenizer.ggml.tokens': { texts: tokens },
    'tokenizer.ggml.model': { text: tokenizer },
  };
  return writeGguf({ ...model, pairs: model.pairs.map(([key, value]) => [key, changed[key] ?? value]) });
};

test('a vocabulary with the same token twice, as llama.cpp reads it, is refused', () => {
  const others = Array.from({ length: 28 }, (_, i) => `t${i}`);
  expect(refusal(withTokens([...others, 'a', 'b', 'c', 'd']))).toBe('accepted');
  expect(refusal(withTokens([...others, 'a', 'b', 'c', 'a']))).toMatch(/^gguf-damaged.*are the same/);
  // It stops at a zero byte, and names empty ones after their number.
  expect(refusal(withTokens([...others, 'a', 'b', 'c', 'a\0d']))).toMatch(/are the same/);
  expect(refusal(withTokens([...others, '', '', 'c', 'd']))).toBe('accepted');
  expect(refusal(withTokens([...others, '', '', 'c', '[EMPTY_28]']))).toMatch(/are the same/);
});

test('a SentencePiece vocabulary that cannot spell a byte is refused', () => {
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
  expect(refusal(withTokens(bytes, 'llama'))).toBe('accepted');
  expect(refusal(withTokens(bytes.with(0x41, 'A'), 'llama'))).toBe('accepted');
  expect(refusal(withTokens(bytes.with(0xc3, 'other'), 'llama'))).toMatch(/^gguf-damaged.*spell a byte/);
  expect(refusal(withTokens(bytes.with(0xc3, 'other'), 'gpt2'))).toBe('accepted');
});

test('a token that is said to be a byte and is none is refused where llama.cpp would read its digits', () => {
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
  const withKinds = (tokenizer: string, last: number) => {
    const tokens = [...bytes, 'a'];
    const model = smallModel({ vocabulary: tokens.length });
    const changed: Record<string, GgufValue> = {
      'tokenizer.ggml.tokens': { texts: tokens },
      'tokenizer.ggml.model': { text: tokenizer },
      'tokenizer.ggml.token_type': { i32s: [...bytes.map(() => (tokenizer === 'bert' ? 1 : 6)), last] },
    };
    return refusal(writeGguf({ ...model, pairs: model.pairs.map(([key, value]) => [key, changed[key] ?? value]) }));
  };
  for (const tokenizer of ['llama', 'bert', 'gpt2']) expect(withKinds(tokenizer, 1)).toBe('accepted');
  for (const tokenizer of ['llama', 'bert']) expect(withKinds(tokenizer, 6)).toMatch(/^gguf-damaged.*is none/);
});

test('rotation factors in another format than full precision are refused', () => {
  const model = smallModel();
  const factors = (type: number, shape: readonly number[]) =>
    refusal(
      writeGguf({ ...model, tensors: [...model.tensors, { name: 'rope_freqs.weight', shape, type, bytes: 256 }] }),
    );
  expect(factors(0, [8])).toBe('accepted');
  expect(factors(1, [64, 2])).toMatch(/^gguf-damaged.*rotation factors/);
});

test('templates that overflow the stack of a recursive parser are refused, and honest ones are not', () => {
  const template = (text: string) => refusal(withPair('tokenizer.chat_template', { text }));
  expect(template('{% if a %}{% for m in b %}{{ m["{{(((("] }}{% endfor %}{% elif c %}{% endif %}'.repeat(200))).toBe(
    'accepted',
  );
  expect(template(`{{ "${'('.repeat(9000)}" }}{# ${'['.repeat(9000)} #}${'('.repeat(9000)}`)).toBe('accepted');
  const nested = /^gguf-damaged.*nested too deep/;
  expect(template(`{{ ${'('.repeat(2000)}1${')'.repeat(2000)} }}`)).toMatch(nested);
  expect(template(`{{ ${'(")" + '.repeat(500)}`)).toMatch(nested);
  expect(template('{%- if true %}'.repeat(4000))).toMatch(nested);
  expect(template('{% for i in x -%}'.repeat(3000))).toMatch(nested);
  const long = /^gguf-damaged.*impossibly long/;
  expect(template(`{{ 1${'+1'.repeat(8000)} }}`)).toMatch(long);
  expect(template(`{{ "%}"${'+1'.repeat(8000)} }}`)).toMatch(long);
  expect(template('x'.repeat(70_000))).toMatch(long);
});

test('a header that states 2^60 of anything is refused at once, without allocating', () => {
  for (const at of [8, 16, 24]) {
    const file = writeGguf(smallModel());
    new DataView(file.buffer).setBigUint64(at, 1n << 60n, true);
    expect(refusal(file)).toMatch(/^gguf-damaged/);
  }
});

test('a file cut anywhere in its header, an empty file and a folder are refused', async () => {
  const path = join(folder, 'cut.gguf');
  const whole = writeGguf(smallModel());
  const { headerBytes } = parse(whole);
  for (let length = 0; length < headerBytes; length += 37) {
    await writeFile(path, whole.subarray(0, length));
    await expect(readGguf(path)).rejects.toMatchObject({ code: length < 4 ? 'not-a-gguf' : 'gguf-damaged' });
  }
  await expect(readGguf(folder)).rejects.toMatchObject({ code: 'not-a-gguf' });
  await expect(readGguf(join(folder, 'none.gguf'))).rejects.toMatchObject({ code: 'model-missing' });
});

test('a description longer than 64 MiB is refused without reading further', async () => {
  const path = join(folder, 'long.gguf');
  const model = smallModel();
  // Sparse: texts of 1 MiB of nothing, one after the other.
  const head = Buffer.from(writeGguf({ ...model, pairs: [] }).subarray(0, 24));
  head.writeBigUInt64LE(4000n, 16);
  const file = await open(path, 'w');
  await file.write(head, 0, 24, 0);
  for (let i = 0, at = 24; i < 70; i++) {
    const pair = Buffer.alloc(8 + 4 + 4 + 8);
    pair.writeBigUInt64LE(4n, 0);
    pair.write(`k${String(i).padStart(3, '0')}`, 8, 'latin1');
    pair.writeUInt32LE(8, 12);
    pair.writeBigUInt64LE(1n << 20n, 16);
    await file.write(pair, 0, pair.length, at);
    at += pair.length + (1 << 20);
  }
  await file.close();
  await truncate(path, 80 << 20);
  await expect(readGguf(path)).rejects.toMatchObject({ code: 'gguf-damaged', message: /64 MiB/ });
});

test('names from a file reach the screen without control characters and direction marks', () => {
  expect(parse(writeGguf(smallModel({ name: 'A\u202Eb\u0000c\n\u2028d' }))).name).toBe('Abcd');
});

const long = Boolean(process.env['DAIMON_LONG']);

/** Bends one field to something a file might lie with; returns what undoes it. */
function bend(file: Uint8Array, { at, bytes, role }: Site, seed: number, pick: number): () => void {
  const before = file.slice(at, at + bytes);
  const view = new DataView(file.buffer, file.byteOffset);
  const odd = [0n, 1n, 2n, 7n, 31n, 33n, 255n, 512n, 513n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 1n << 32n, 1n << 53n, 1n << 63n, (1n << 64n) - 1n]; // prettier-ignore
  const value = odd[pick % odd.length] as bigint;
  if (role === 'letters' || bytes > 8) {
    if (bytes > 0) file[at + (seed % bytes)] = pick & 255;
  } else if (bytes === 8) {
    const now = view.getBigUint64(at, true);
    view.setBigUint64(at, pick % 3 === 0 ? BigInt.asUintN(64, now + BigInt((seed % 65) - 32)) : value, true);
  } else if (bytes === 4) {
    const now = view.getUint32(at, true);
    view.setUint32(at, pick % 3 === 0 ? (now + (seed % 17) - 8) >>> 0 : Number(value & 0xffffffffn), true);
  } else file[at] = pick & 255;
  return () => file.set(before, at);
}

test(
  'mutated headers never crash the validator, and none that it accepts is out of bounds',
  { timeout: 900_000 },
  async () => {
    const handle = await open(needSmollm2());
    const { size } = await handle.stat();
    const real = new Uint8Array(1_785_664);
    await handle.read(real, 0, real.length, 0);
    await handle.close();
    const small = [{}, { architecture: 'qwen3', blocks: 3 }, { architecture: 'bert', template: null }].map((o) =>
      writeGguf(smallModel(o)),
    );
    const files = [...small.map((file) => ({ file, size: file.length })), { file: real, size }];
    const sites = files.map(({ file, size: whole }) => walkGguf(file, whole).sites);
    // Of the real file mostly fields that are not texts: 98,000 of its fields are letters of its vocabulary.
    const fields = sites.map((all) => all.filter(({ role, bytes }) => role !== 'letters' || bytes > 64));
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.record({
          which: fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constant(3) }),
          bends: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 3 }),
          cut: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat() }),
        }),
        ({ which, bends, cut }) => {
          const { file, size: whole } = files[which] as (typeof files)[0];
          const undo = bends.map(([site, seed, pick, flip]) => {
            const among = ((pick & 1) === 0 ? fields : sites)[which] as readonly Site[];
            if (!flip) return bend(file, among[site % among.length] as Site, seed, pick);
            const at = site % Math.min(file.length, 4096 * (1 + (pick & 1) * 500));
            const before = file[at] as number;
            file[at] = before ^ (1 << (seed & 7));
            return () => void (file[at] = before);
          });
          const seen = cut === null ? whole : Math.max(24, whole - (cut % whole));
          const data = file.subarray(0, Math.min(file.length, seen));
          try {
            parseHeader(data, seen);
            counts.accepted++;
            expect(walkGguf(data, seen).problems).toEqual([]);
          } catch (error) {
            if (!(error instanceof Short) && !isFault(error)) throw error;
            counts.refused++;
          } finally {
            undo.reverse().forEach((back) => back());
          }
        },
      ),
      { seed: 20_261_124, numRuns: long ? 10_000 : 500, endOnFailure: true },
    );
    // Both outcomes must be well represented, or the mutations prove nothing.
    expect(counts.refused).toBeGreaterThan(counts.accepted / 10);
    expect(counts.accepted).toBeGreaterThan(20);
    if (long) console.log(counts);
  },
);
