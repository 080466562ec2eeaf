/** Makes UTF-8 of what Windows tools make of a JSON file: UTF-16 with a byte order mark, UTF-8 with one. */

/** @param chunks of a text file; what has no mark of UTF-16 passes as it is, less a mark of UTF-8 */
export async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | undefined = new Uint8Array(0);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const encoder = new TextEncoder();
  for await (const chunk of chunks) {
    let piece = chunk;
    if (first) {
      piece = Buffer.concat([first, chunk]);
      if (piece.length < 3) {
        first = piece;
        continue;
      }
      first = undefined;
      if (piece[0] === 0xff && piece[1] === 0xfe) decoder = new TextDecoder('utf-16le');
      else if (piece[0] === 0xfe && piece[1] === 0xff) decoder = new TextDecoder('utf-16be');
      else if (piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf) piece = piece.subarray(3);
    }
    yield decoder ? encoder.encode(decoder.decode(piece, { stream: true })) : piece;
  }
  if (first && first.length > 0) yield first;
  const rest = decoder?.decode();
  if (rest) yield encoder.encode(rest);
}
