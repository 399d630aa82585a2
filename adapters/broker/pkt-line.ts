/** Git's framing: four hex digits of length (their own four included), then the payload; `0000` is a flush. */
export function pktLine(payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body]);
}

export const flushPkt = Buffer.from('0000');

/** The packet that begins at `at`, null for its payload being a flush; null while it has not come whole. Throws on garbage. */
export function packetAt(data: Buffer, at: number): { payload: Buffer | null; end: number } | null {
  if (at + 4 > data.length) return null;
  const head = data.toString('latin1', at, at + 4);
  if (!/^[0-9a-f]{4}$/i.test(head)) throw new Error('not a pkt-line');
  const length = Number.parseInt(head, 16);
  if (length === 0) return { payload: null, end: at + 4 };
  if (length < 4) throw new Error('not a pkt-line');
  return at + length > data.length ? null : { payload: data.subarray(at + 4, at + length), end: at + length };
}

/** The payloads up to the first flush; null when it is not there. Throws on garbage. */
export function readUntilFlush(data: Buffer): Buffer[] | null {
  const payloads: Buffer[] = [];
  for (let packet = packetAt(data, 0); packet; packet = packetAt(data, packet.end)) {
    if (packet.payload === null) return payloads;
    payloads.push(packet.payload);
  }
  return null;
}
