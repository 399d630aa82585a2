import type { Duplex } from 'node:stream';

/** Content types of records (RFC 8446, 5.1), and how long one is at most before there are keys. */
const record = { changeCipherSpec: 20, handshake: 22, applicationData: 23, header: 5, most: 2 ** 14 };
/** A hello, a second one, and what is ignored between them. */
const mostRecords = 8;
const clientHello = 1;
/** https://www.iana.org/assignments/tls-extensiontype-values */
const extension = { serverName: 0, earlyData: 42, encryptedClientHello: 0xfe0d };
const hostName = 0;

/** A TLS alert, fatal: unrecognized_name (RFC 8446, 6.2). Clients tell it in these words. */
export const unrecognizedName = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

/**
 * Listens to a client until nothing in the open can name its server any more, and passes on what it says. Many hosts stand
 * behind the addresses of one content network, which goes by the name in TLS: each hello has to name `host`, also the
 * second one for which a server may ask. Answers what is wrong, which was not passed on; null when all is right.
 */
export async function passNamedTls(
  socket: Duplex,
  head: Buffer,
  host: string,
  pass: (bytes: Buffer) => void,
): Promise<string | null> {
  let read = head;
  for (let count = 0; count < mostRecords; count += 1) {
    const next = await nextRecord(socket, read);
    // It ends within a record: nothing of it would be understood.
    if (next === null) return null;
    const wrong = objection(next.bytes, host, count === 0);
    if (wrong) return wrong;
    pass(next.bytes);
    read = next.rest;
    if (!isLastInTheOpen(next.bytes)) continue;
    pass(read);
    return null;
  }
  return 'The TLS does not come to its point';
}

function objection(bytes: Buffer, host: string, isFirst: boolean): string | null {
  const [type = 0] = bytes;
  if (isFirst && type !== record.handshake) return 'No TLS is spoken';
  if (isFirst || mayBeHello(bytes)) return wrongWith(bytes, host);
  const isKnown = type === record.applicationData || (inTheOpen(type) && bytes.readUInt16BE(3) <= record.most);
  return isKnown ? null : 'The TLS can not be read';
}

/** After a ChangeCipherSpec, and after an alert that its server ignores, a hello may come. */
const isLastInTheOpen = (bytes: Buffer): boolean =>
  bytes[0] === record.applicationData || (bytes[0] === record.handshake && !mayBeHello(bytes));

/** An empty record may hide what comes next. */
const mayBeHello = (bytes: Buffer): boolean =>
  bytes[0] === record.handshake && [undefined, clientHello].includes(bytes[record.header]);

const inTheOpen = (type: number): boolean => type >= record.changeCipherSpec && type <= record.handshake;

/** The next whole record, or what there is of one that need not be read; null when there comes no whole one. */
function nextRecord(socket: Duplex, before: Buffer): Promise<{ bytes: Buffer; rest: Buffer } | null> {
  return new Promise((resolve) => {
    let bytes = before;
    const settle = (end: number | null) => {
      socket.off('data', more).off('end', over).off('close', over).pause();
      resolve(end === null ? null : { bytes: bytes.subarray(0, end), rest: bytes.subarray(end) });
    };
    const over = () => settle(null);
    const more = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = endOf(bytes);
      if (end !== null) settle(end);
    };
    const end = endOf(bytes);
    if (end !== null || socket.readableEnded || socket.destroyed) return settle(end);
    socket.on('data', more).once('end', over).once('close', over).resume();
  });
}

function endOf(bytes: Buffer): number | null {
  const [type] = bytes;
  if (type === undefined) return null;
  if (!inTheOpen(type)) return bytes.length;
  if (bytes.length < record.header) return null;
  const length = bytes.readUInt16BE(3);
  if (length > record.most) return bytes.length;
  return bytes.length < record.header + length ? null : record.header + length;
}

function wrongWith(bytes: Buffer, host: string): string | null {
  const found = readHello(bytes);
  if (found === null || found.names.length !== 1) return 'The TLS does not name its server';
  const [name = ''] = found.names;
  if (name !== host) return `The TLS names ${JSON.stringify(name)}`;
  // Whatever it names in the open: what counts is the name under cover.
  if (found.extensions.has(extension.encryptedClientHello)) return 'The TLS may name another host under cover (ECH)';
  // After it nobody can tell whether a second hello comes.
  if (found.extensions.has(extension.earlyData)) return 'The TLS sends early data';
  return null;
}

/** A ClientHello in a record of its own, as clients send it (RFC 8446, 4.1.2); null when it can't be read. */
function readHello(bytes: Buffer): { names: string[]; extensions: Set<number> } | null {
  try {
    const records = reader(bytes);
    records.bytes(3);
    const messages = reader(records.vector(2));
    if (messages.number(1) !== clientHello) return null;
    const parts = reader(messages.vector(3));
    parts.bytes(2 + 32);
    for (const size of [1, 2, 1] as const) parts.vector(size);
    const list = reader(parts.vector(2));
    if (messages.left + parts.left > 0) return null;
    const names: string[] = [];
    const extensions = new Set<number>();
    while (list.left > 0) {
      const type = list.number(2);
      const data = list.vector(2);
      extensions.add(type);
      if (type === extension.serverName) names.push(...namesIn(data));
    }
    return { names, extensions };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** RFC 6066, 3. */
function namesIn(data: Buffer): string[] {
  const names: string[] = [];
  for (const list = reader(reader(data).vector(2)); list.left > 0; ) {
    const type = list.number(1);
    const name = list.vector(2).toString('latin1');
    names.push(type === hostName ? name.toLowerCase().replace(/\.$/, '') : '');
  }
  return names;
}

/** Takes numbers and vectors of TLS's presentation language (RFC 8446, 3.4) off a buffer. Throws RangeError beyond its end. */
function reader(buffer: Buffer) {
  let at = 0;
  const bytes = (length: number): Buffer => {
    if (at + length > buffer.length) throw new RangeError('the message ends early');
    at += length;
    return buffer.subarray(at - length, at);
  };
  const number = (size: number): number => bytes(size).readUIntBE(0, size);
  return {
    bytes,
    number,
    /** `size`: bytes of the length before it. */
    vector: (size: number): Buffer => bytes(number(size)),
    get left() {
      return buffer.length - at;
    },
  };
}
