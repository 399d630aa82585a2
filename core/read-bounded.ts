/** Reads a stream whole; null, and nothing more is read, when it is longer than `maxBytes`. Throws what the stream throws. */
export async function readBounded(
  chunks: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    read.push(chunk);
  }
  return Buffer.concat(read);
}
