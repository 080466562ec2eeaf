/**
 * How large the parts of a GGUF header may be.
 *
 * llama.cpp allows 1 GiB for a string or an array, so a file of a few bytes could make it allocate that much; the largest
 * honest values are Gemma's (262,144 tokens, 9 MB of header) and Llama 3's (280,147 merges).
 */
export const LIMITS = {
  /** Key-value pairs; honest files have 25 to 80. */
  pairs: 4096,
  /** Tensors; Qwen3 235B has 1,131. */
  tensors: 16_384,
  /** Bytes of a key. */
  key: 256,
  /** Bytes of a text, a chat template for example. */
  text: 1 << 20,
  /** Characters of a chat template; gpt-oss has 17,000, which is among the longest. */
  template: 1 << 16,
  /** Characters of one tag of a template, without its strings. */
  templateTag: 4096,
  /** Blocks of a template inside each other. */
  templateDepth: 128,
  /** Elements of an array. */
  array: 1 << 21,
  /** Bytes before the tensor data. */
  header: 64 << 20,
  /** GGML_MAX_NAME is 64 with its closing zero. */
  tensorName: 63,
  /** GGML_MAX_DIMS. */
  dimensions: 4,
  /** LLAMA_MAX_LAYERS: arrays of that length inside llama.cpp are indexed by layer. */
  blocks: 512,
  experts: 512,
  heads: 1024,
  width: 1 << 17,
  feedForward: 1 << 20,
  vocabulary: 1 << 20,
  context: 1 << 24,
  alignment: { least: 8, most: 1 << 16 },
} as const;
