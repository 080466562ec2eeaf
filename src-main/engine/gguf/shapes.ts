/**
 * Tensors must have the shapes that the stated numbers of the network demand.
 *
 * llama.cpp plans its graph from the numbers and then asserts: a file that states 31 where its matrices have 1,536, or
 * keeps a norm in 16 bits, aborts the process. Both were found by loading mutated headers that were accepted before.
 */
import { damaged } from './faults.ts';
import type { Blocks, Shape } from './shape.ts';
import type { Tensor } from './tensors.ts';

/** @throws `gguf-damaged` */
export function checkShapes(tensors: readonly Tensor[], shape: Shape, blocks: Blocks): void {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape: size, type } of tensors) {
    if ((size.length === 1 || name.endsWith('norm.weight')) && type.name !== 'F32')
      throw damaged('a norm or a bias is not in full precision');
    // ggml_rope_ext() asserts that; llama.cpp checks the length of these lists, not their number format.
    if (/(^|\.)rope_(freqs|factors_long|factors_short)\.weight$/.test(name) && type.name !== 'F32')
      throw damaged('its rotation factors are not in full precision');
    const rows = name.endsWith('.bias') ? byName.get(name.replace(/bias$/, 'weight'))?.shape : undefined;
    if (rows?.length === 2 && size[0] !== rows[1]) throw damaged('a bias does not fit its matrix');
    const [, number, part] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (number !== undefined && !(Number(number) < shape.blocks)) throw damaged('a tensor belongs to no block');
    const expected =
      part === undefined ? ofNetwork(shape)[name] : ofBlock(shape, blocks, Number(number))[part as string];
    if (expected && (size.length !== expected.length || size.some((length, i) => length !== expected[i])))
      throw damaged('a tensor does not have the shape that the model states');
  }
  if (!byName.has('token_embd.weight')) throw damaged('its table of tokens is missing');
}

const ofNetwork = ({ architecture, width, vocabulary, trainedContext }: Shape): Record<string, readonly number[]> => ({
  ...(architecture === 'bert' && { 'position_embd.weight': [width, trainedContext] }),
  'token_embd.weight': [width, vocabulary],
  'output.weight': [width, vocabulary],
  'output_norm.weight': [width],
  // BERT's, whose norms have biases.
  'token_embd_norm.weight': [width],
  'token_embd_norm.bias': [width],
});

function ofBlock(shape: Shape, blocks: Blocks, i: number): Record<string, readonly number[]> {
  const { width, keyLength, valueLength, experts } = shape;
  const heads = blocks.heads[i] as number;
  const kvHeads = blocks.kvHeads[i] as number;
  const inner = blocks.feedForward[i] as number;
  const expert = blocks.expertFeedForward ?? inner;
  return {
    'attn_norm.weight': [width],
    'ffn_norm.weight': [width],
    ...(shape.purpose === 'embed' && {
      'attn_output_norm.weight': [width],
      'attn_output_norm.bias': [width],
      'layer_output_norm.weight': [width],
      'layer_output_norm.bias': [width],
    }),
    'attn_q.weight': [width, heads * keyLength],
    'attn_k.weight': [width, kvHeads * keyLength],
    'attn_v.weight': [width, kvHeads * valueLength],
    'attn_qkv.weight': [width, (heads + kvHeads) * keyLength + kvHeads * valueLength],
    'attn_output.weight': [heads * valueLength, width],
    // Phi-3 keeps gate and up in one matrix.
    'ffn_up.weight': [width, shape.architecture === 'phi3' ? inner * 2 : inner],
    'ffn_gate.weight': [width, inner],
    'ffn_down.weight': [inner, width],
    'ffn_gate_inp.weight': [width, experts],
    'ffn_gate_exps.weight': [width, expert, experts],
    'ffn_up_exps.weight': [width, expert, experts],
    'ffn_down_exps.weight': [expert, width, experts],
  };
}
