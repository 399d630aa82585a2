/** Longest line kept; the rest of a longer one is dropped while it streams by. */
const MAX_LINE = 4_000;

/** The lines of a byte stream, a batch per chunk, in memory bounded by a chunk and a line. */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const first = open + (parts[0] ?? '');
    open = short(parts.length > 1 ? (parts.at(-1) ?? '') : first);
    if (parts.length > 1) yield [first, ...parts.slice(1, -1)].map(short);
  }
  if (open) yield [open];
}

function short(line: string): string {
  return line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line;
}
