/** Turns a BERT sentence embedder (safetensors and `vocab.txt`) into a GGUF file, without Python: the same bytes each time. */
import { open, readFile } from 'node:fs/promises';
import { unusable } from './faults.ts';
import { BLOCK, encode, type Kind } from './quantise.ts';
import { openSafetensors, type Safetensors, type Tensor } from './safetensors.ts';
import { readWordpieces, type Wordpieces } from './wordpiece.ts';
import { writeGguf, type Out, type Pair } from './write.ts';

export interface BertOptions {
  /** Paths. */
  readonly weights: string;
  readonly vocabulary: string;
  /** Replaced by the model. */
  readonly out: string;
  /** Of the matrices; norms, biases and the small tables of positions and kinds stay F32. */
  readonly kind: Exclude<Kind, 'F32'>;
  readonly name: string;
  readonly licence: string;
  /** What the shapes do not tell (`config.json`): attention heads, and the epsilon of the norms. */
  readonly heads: number;
  readonly epsilon: number;
}

/** Weights that are converted at once: about 5 ms of work, so that nothing else waits long. */
const PIECE = 1 << 18;
/** BERT's names and llama.cpp's, of one block. */
const BLOCK_PARTS = [
  ['attention.self.query', 'attn_q'],
  ['attention.self.key', 'attn_k'],
  ['attention.self.value', 'attn_v'],
  ['attention.output.dense', 'attn_output'],
  ['attention.output.LayerNorm', 'attn_output_norm'],
  ['intermediate.dense', 'ffn_up'],
  ['output.dense', 'ffn_down'],
  ['output.LayerNorm', 'layer_output_norm'],
] as const;
/** LLAMA_POOLING_TYPE_MEAN. */
const MEAN = 1;
/** LLAMA_FTYPE_MOSTLY_F16 and _Q8_0. */
const FILE_TYPE = { F16: 1, Q8_0: 7 } as const;

/**
 * @throws `weights-damaged` when anything is missing or has an unexpected shape; the signal's reason
 */
export async function convertBert(options: BertOptions, signal?: AbortSignal): Promise<void> {
  const wordpieces = readWordpieces(await readFile(options.vocabulary));
  const from = await open(options.weights, 'r');
  try {
    const weights = await openSafetensors(from);
    const shape = shapeOf(weights, wordpieces, options.heads);
    const tensors = layout(shape).map(([theirs, ours, expected, matrix]) =>
      out(weights, find(weights, theirs, expected), ours, matrix ? options.kind : 'F32', signal),
    );
    const to = await open(options.out, 'w', 0o600);
    try {
      await writeGguf(to, properties(options, shape, wordpieces), tensors);
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

interface BertShape {
  readonly blocks: number;
  readonly width: number;
  readonly inner: number;
  readonly context: number;
  readonly kinds: number;
  readonly vocabulary: number;
}

const WORDS = 'embeddings.word_embeddings.weight';
const POSITIONS = 'embeddings.position_embeddings.weight';
const TYPES = 'embeddings.token_type_embeddings.weight';

function shapeOf(weights: Safetensors, { tokens }: Wordpieces, heads: number): BertShape {
  const [vocabulary = 0, width = 0] = find(weights, WORDS).shape;
  const [context = 0] = find(weights, POSITIONS).shape;
  const [kinds = 0] = find(weights, TYPES).shape;
  const [inner = 0] = find(weights, 'encoder.layer.0.intermediate.dense.weight').shape;
  let blocks = 0;
  while (has(weights, `encoder.layer.${blocks}.output.dense.weight`)) blocks++;
  const shape = { blocks, width, inner, context, kinds, vocabulary };
  if (Object.values(shape).some((size) => size < 1)) throw unusable('a table of theirs is empty');
  if (vocabulary !== tokens.length) throw unusable('their vocabulary has another size than their table of pieces');
  if (width % heads !== 0 || width % BLOCK !== 0 || inner % BLOCK !== 0)
    throw unusable('their width does not divide into heads and blocks');
  return shape;
}

/** Their name, our name, the shape as PyTorch counts, whether it is a matrix that may have fewer bits. */
function layout(shape: BertShape): (readonly [string, string, readonly number[], boolean])[] {
  const { blocks, width, inner, context, kinds, vocabulary } = shape;
  const all: (readonly [string, string, readonly number[], boolean])[] = [
    [WORDS, 'token_embd.weight', [vocabulary, width], true],
    [POSITIONS, 'position_embd.weight', [context, width], false],
    [TYPES, 'token_types.weight', [kinds, width], false],
    ['embeddings.LayerNorm.weight', 'token_embd_norm.weight', [width], false],
    ['embeddings.LayerNorm.bias', 'token_embd_norm.bias', [width], false],
  ];
  for (let block = 0; block < blocks; block++)
    for (const [theirs, ours] of BLOCK_PARTS) {
      const norm = ours.endsWith('norm');
      const rows = ours === 'ffn_up' ? inner : width;
      const columns = ours === 'ffn_down' ? inner : width;
      const names = (part: string) => [`encoder.layer.${block}.${theirs}.${part}`, `blk.${block}.${ours}.${part}`];
      const [weight, bias] = [names('weight'), names('bias')] as [[string, string], [string, string]];
      all.push([...weight, norm ? [width] : [rows, columns], !norm], [...bias, [rows], false]);
    }
  return all;
}

function properties(options: BertOptions, shape: BertShape, { tokens, kinds, ids }: Wordpieces): Pair[] {
  return [
    ['general.architecture', 'text', 'bert'],
    ['general.name', 'text', options.name],
    ['general.license', 'text', options.licence.toLowerCase()],
    ['bert.block_count', 'u32', shape.blocks],
    ['bert.context_length', 'u32', shape.context],
    ['bert.embedding_length', 'u32', shape.width],
    ['bert.feed_forward_length', 'u32', shape.inner],
    ['bert.attention.head_count', 'u32', options.heads],
    ['bert.attention.layer_norm_epsilon', 'f32', options.epsilon],
    ['bert.attention.causal', 'bool', false],
    ['bert.pooling_type', 'u32', MEAN],
    ['general.file_type', 'u32', FILE_TYPE[options.kind]],
    ['general.quantization_version', 'u32', 2],
    ['tokenizer.ggml.model', 'text', 'bert'],
    ['tokenizer.ggml.pre', 'text', 'default'],
    ['tokenizer.ggml.tokens', 'texts', tokens],
    ['tokenizer.ggml.token_type', 'i32s', kinds],
    ['tokenizer.ggml.token_type_count', 'u32', shape.kinds],
    ['tokenizer.ggml.unknown_token_id', 'u32', ids.unknown],
    // Spelled so in llama.cpp.
    ['tokenizer.ggml.seperator_token_id', 'u32', ids.separator],
    ['tokenizer.ggml.padding_token_id', 'u32', ids.padding],
    ['tokenizer.ggml.mask_token_id', 'u32', ids.mask],
    ['tokenizer.ggml.bos_token_id', 'u32', ids.begin],
    ['tokenizer.ggml.eos_token_id', 'u32', ids.separator],
  ];
}

function out(weights: Safetensors, tensor: Tensor, name: string, kind: Kind, signal: AbortSignal | undefined): Out {
  return {
    name,
    shape: tensor.shape.toReversed(),
    kind,
    async *data() {
      for (let at = 0; at < tensor.elements; at += PIECE) {
        signal?.throwIfAborted();
        yield encode(kind, await weights.read(tensor, at, Math.min(PIECE, tensor.elements - at)));
      }
    },
  };
}

// Some publishers keep the whole network below one name.
const PREFIXES = ['', 'bert.'] as const;
const has = ({ tensors }: Safetensors, name: string) => PREFIXES.some((prefix) => tensors.has(prefix + name));
function find({ tensors }: Safetensors, name: string, expected?: readonly number[]): Tensor {
  const tensor = PREFIXES.map((prefix) => tensors.get(prefix + name)).find((one) => one !== undefined);
  if (!tensor) throw unusable('a tensor of the network is missing');
  if (tensor.type !== 'F32') throw unusable('their numbers are stored in a format that this version does not convert');
  if (expected && tensor.shape.join() !== expected.join()) throw unusable('a tensor has another shape than it must');
  return tensor;
}
