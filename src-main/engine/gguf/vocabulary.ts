/** The vocabulary of a model: parallel lists of the right kinds, as llama.cpp reads them without asking. */
import { damaged, unsupported } from './faults.ts';
import { LIMITS } from './limits.ts';
import { integer, KIND, texts, type Metadata } from './metadata.ts';
import { list, text } from './property.ts';

/**
 * What the models of the known architectures use. Those of RWKV and PLaMo make no progress on a byte that their
 * vocabulary lacks, so that a text of two words holds the engine for ever; that of T5 walks a compiled table of
 * characters out of its bounds when a text leads it there, and ends the process.
 */
const TOKENIZERS = new Set(['gpt2', 'llama', 'bert']);

/**
 * Checks tokens, their scores and kinds, and returns how many tokens there are.
 * @throws `gguf-unsupported` for an unknown tokenizer, `gguf-damaged` for lists that are not what they must be
 */
export function readVocabulary(pairs: Metadata): number {
  const tokenizer = text(pairs, 'tokenizer.ggml.model');
  if (!TOKENIZERS.has(tokenizer)) throw unsupported('its tokenizer is not among those that this version knows');
  const tokens = list(pairs, 'tokenizer.ggml.tokens', KIND.text);
  const size = tokens.length;
  if (size < 1 || size > LIMITS.vocabulary) throw damaged('its vocabulary is empty or impossibly large');
  let kinds: readonly number[] = [];
  if (pairs.has('tokenizer.ggml.scores')) parallel(pairs, 'tokenizer.ggml.scores', KIND.f32, size);
  if (pairs.has('tokenizer.ggml.token_type')) {
    const { bytes } = parallel(pairs, 'tokenizer.ggml.token_type', KIND.i32, size);
    kinds = Array.from({ length: size }, (_, i) => integer(bytes, KIND.i32, i * 4));
    if (kinds.some((kind) => kind < 0 || kind > BYTE)) throw damaged('a token of its vocabulary has an unknown kind');
  }
  checkTokens(texts(tokens), kinds, tokenizer);
  if (pairs.has('tokenizer.ggml.merges')) list(pairs, 'tokenizer.ggml.merges', KIND.text);
  for (const [key, value] of pairs) {
    if (!/^tokenizer\.ggml\.\w+_token_id$/.test(key)) continue;
    // -1 (all ones) means: there is none.
    const id = value.kind === KIND.u32 || value.kind === KIND.i32 ? (value as { number: number }).number : NaN;
    if (!(id === 0xffff_ffff || (id >= -1 && id < size))) throw damaged('a special token is not in its vocabulary');
  }
  return size;
}

/** LLAMA_TOKEN_TYPE_BYTE, the last of the kinds. */
const BYTE = 6;

function checkTokens(tokens: Iterable<string>, kinds: readonly number[], tokenizer: string): void {
  const known = new Set<string>();
  let i = 0;
  for (const token of tokens) {
    // llama.cpp takes a token to its first zero byte, and names an empty one after its number.
    const zero = token.indexOf('\0');
    const seen = (zero < 0 ? token : token.slice(0, zero)) || `[EMPTY_${i}]`;
    // GGML_ASSERT(id_to_token.size() == token_to_id.size()) while the vocabulary is loaded.
    if (known.has(seen)) throw damaged('two tokens of its vocabulary are the same');
    known.add(seen);
    // token_to_byte() reads the digits of a byte with substr(3, 2), which throws, and knows no bytes of BERT: GGML_ABORT.
    if (kinds[i] === BYTE && tokenizer !== 'gpt2' && (tokenizer === 'bert' || !/^<0x[\dA-Fa-f]{2}>$/.test(seen)))
      throw damaged('a token of its vocabulary is said to be a byte and is none');
    i++;
  }
  // SentencePiece spells a character that it does not know in bytes.
  if (tokenizer !== 'llama') return;
  for (let byte = 0; byte < 256; byte++) {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    // byte_to_token() looks for the byte itself next, with map::at: what that throws reaches nobody and ends the process.
    if (!known.has(name) && !known.has(String.fromCharCode(byte))) throw damaged('its vocabulary cannot spell a byte');
  }
}

function parallel(pairs: Metadata, key: string, of: number, length: number): ReturnType<typeof list> {
  const value = list(pairs, key, of);
  if (value.length !== length) throw damaged(`a list has not one element for each token (${key})`);
  return value;
}
