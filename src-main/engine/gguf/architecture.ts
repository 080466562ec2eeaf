/** Which kinds of models daimon loads, and what each must say about itself before llama.cpp believes it. */
import { damaged, unsupported } from './faults.ts';
import { LIMITS } from './limits.ts';
import type { Blocks, Shape } from './shape.ts';
import { integer, KIND, type Metadata } from './metadata.ts';
import { need, text } from './property.ts';
import { readVocabulary } from './vocabulary.ts';

/** 'chat' models write, 'embed' models only measure likeness. */
const ARCHITECTURES: Readonly<Record<string, 'chat' | 'embed'>> = {
  llama: 'chat', // Llama, Mistral, SmolLM2, TinyLlama and many others
  mistral3: 'chat',
  qwen2: 'chat',
  qwen2moe: 'chat',
  qwen3: 'chat',
  qwen3moe: 'chat',
  gemma: 'chat',
  gemma2: 'chat',
  gemma3: 'chat',
  gemma3n: 'chat',
  phi3: 'chat', // also Phi-4 and Phi-4-mini
  smollm3: 'chat',
  granite: 'chat',
  granitemoe: 'chat',
  olmo2: 'chat', // also OLMo 3
  'gpt-oss': 'chat',
  bert: 'embed',
  'nomic-bert': 'embed',
  'gemma-embedding': 'embed',
};

/**
 * Checks the properties of the architecture and of the vocabulary.
 * @throws `gguf-unsupported` for an unknown architecture, `gguf-damaged` for a missing or impossible property
 */
export function readShape(pairs: Metadata): { readonly shape: Shape; readonly perBlock: Blocks } {
  const architecture = text(pairs, 'general.architecture');
  const purpose = Object.hasOwn(ARCHITECTURES, architecture) ? ARCHITECTURES[architecture] : undefined;
  if (!purpose) throw unsupported('its architecture is not among those that this version knows');
  const of = (key: string) => `${architecture}.${key}`;

  const blocks = whole(pairs, of('block_count'), 1, LIMITS.blocks);
  const trainedContext = whole(pairs, of('context_length'), 1, LIMITS.context);
  const width = whole(pairs, of('embedding_length'), 1, LIMITS.width);
  const feedForward = perBlock(pairs, of('feed_forward_length'), blocks, 0, LIMITS.feedForward);
  const heads = perBlock(pairs, of('attention.head_count'), blocks, 1, LIMITS.heads);
  const kvKey = of('attention.head_count_kv');
  const kv = pairs.has(kvKey) ? perBlock(pairs, kvKey, blocks, 1, LIMITS.heads) : heads;
  // Grouped-query attention divides query heads by key-value heads in each block (a division by zero in llama.cpp).
  if (heads.some((count, i) => count % (kv[i] as number) !== 0)) throw damaged('its attention heads do not group');
  const most = Math.max(...heads);
  const keyLength = optional(pairs, of('attention.key_length'), 1, LIMITS.width) ?? width / most;
  const valueLength = optional(pairs, of('attention.value_length'), 1, LIMITS.width) ?? width / most;
  if (!Number.isInteger(keyLength) || !Number.isInteger(valueLength))
    throw damaged('its width is not a multiple of its attention heads');
  const rope = optional(pairs, of('rope.dimension_count'), 1, LIMITS.width);
  if (rope !== undefined && (rope > keyLength || rope % 2 !== 0))
    throw damaged('it turns more dimensions than a key has, or an odd one');
  const experts = optional(pairs, of('expert_count'), 0, LIMITS.experts) ?? 0;
  const expertFeedForward = optional(pairs, of('expert_feed_forward_length'), 1, LIMITS.feedForward);
  const expertsUsed = optional(pairs, of('expert_used_count'), 0, LIMITS.experts) ?? 0;
  if (expertsUsed > experts || (experts > 0 && expertsUsed === 0)) throw damaged('it uses more experts than it has');
  // Asserted by llama.cpp as it reads the numbers: experts divide into groups, of which fewer are used than there are.
  const groups = optional(pairs, of('expert_group_count'), 0, LIMITS.experts) ?? 0;
  const groupsUsed = optional(pairs, of('expert_group_used_count'), 0, LIMITS.experts) ?? 0;
  if (groups > 0 && (groups >= experts || experts % groups !== 0)) throw damaged('its experts do not group');
  if (groups > 1 && (groupsUsed === 0 || groupsUsed >= groups)) throw damaged('it uses more expert groups than it has');
  // Blocks that predict further ahead are among the blocks.
  optional(pairs, of('nextn_predict_layers'), 0, blocks);
  // build_pooling() ends the process at a way of making one vector of many that it does not know; one that measures
  // likeness needs such a way (mean, first, last), and 0 and 4 (none, rank) give no vector of a text.
  const [least, last] = purpose === 'embed' ? [1, 3] : [0, 4];
  optional(pairs, of('pooling_type'), least, last);
  const epsilons = ['attention.layer_norm_rms_epsilon', 'attention.layer_norm_epsilon'].filter((k) => pairs.has(of(k)));
  if (epsilons.length === 0) throw damaged('a required property is missing (epsilon of its norms)');
  for (const key of epsilons) real(pairs, of(key), 0, 1);
  if (pairs.has(of('rope.freq_base'))) real(pairs, of('rope.freq_base'), 0, 1e12);

  const shape: Shape = {
    architecture,
    purpose,
    blocks,
    trainedContext,
    width,
    heads: most,
    kvHeads: kv.reduce((sum, count) => sum + count, 0),
    keyLength,
    valueLength,
    vocabulary: readVocabulary(pairs),
    experts,
    expertsUsed,
  };
  return { shape, perBlock: { heads, kvHeads: kv, feedForward, expertFeedForward } };
}

function whole(pairs: Metadata, key: string, least: number, most: number): number {
  const value = need(pairs, key);
  if (value.kind !== KIND.u32 || !('number' in value)) throw damaged(`a property has the wrong kind (${key})`);
  if (value.number < least || value.number > most) throw damaged(`a property is out of range (${key})`);
  return value.number;
}

const optional = (pairs: Metadata, key: string, least: number, most: number): number | undefined =>
  pairs.has(key) ? whole(pairs, key, least, most) : undefined;

/** One number for all blocks, or a list with one for each. */
function perBlock(pairs: Metadata, key: string, blocks: number, least: number, most: number): readonly number[] {
  const value = need(pairs, key);
  if (!('of' in value)) return Array<number>(blocks).fill(whole(pairs, key, least, most));
  if ((value.of !== KIND.u32 && value.of !== KIND.i32) || value.length !== blocks)
    throw damaged(`a property has the wrong kind (${key})`);
  return Array.from({ length: blocks }, (_, i) => {
    const number = integer(value.bytes, value.of, i * 4);
    if (number < least || number > most) throw damaged(`a property is out of range (${key})`);
    return number;
  });
}

function real(pairs: Metadata, key: string, above: number, most: number): void {
  const value = need(pairs, key);
  if (value.kind !== KIND.f32 || !('number' in value)) throw damaged(`a property has the wrong kind (${key})`);
  // NaN fails both.
  if (!(value.number > above && value.number <= most)) throw damaged(`a property is out of range (${key})`);
}
