/** Git's framing: four hex digits of length (their own four included), then the payload; `0000` is a flush. */
export function pktLine(payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body]);
}

export const flushPkt = Buffer.from('0000');

/** The payloads up to the first flush and the offset after it; null while the flush has not come. Throws on garbage. */
export function readUntilFlush(data: Buffer): { payloads: Buffer[]; end: number } | null {
  const payloads: Buffer[] = [];
  let at = 0;
  while (at + 4 <= data.length) {
    const head = data.toString('latin1', at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(head)) throw new Error('not a pkt-line');
    const length = Number.parseInt(head, 16);
    if (length === 0) return { payloads, end: at + 4 };
    if (length < 4) throw new Error('not a pkt-line');
    if (at + length > data.length) return null;
    payloads.push(data.subarray(at + 4, at + length));
    at += length;
  }
  return null;
}
