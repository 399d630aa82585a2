import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** Bytes that come over the wire for a page and all that it loads, headers included, as a browser asks for them. */
export async function pageWeight(address: string, cookie: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { cookie, 'accept-encoding': 'gzip, deflate, br, zstd' };
  const load = (path: string) =>
    new Promise<{ body: string; bytes: number }>((resolve, reject) => {
      get(new URL(path, address), { agent, headers }, async (response) => {
        const { statusCode, socket } = response;
        if (statusCode !== 200) return reject(new Error(`${path}: ${statusCode}`));
        const encoding = response.headers['content-encoding'];
        const plain = encoding === 'br' ? createBrotliDecompress() : encoding === 'gzip' ? createGunzip() : null;
        const body = await text(plain ? response.pipe(plain) : response);
        resolve({ body, bytes: socket.bytesRead });
      }).on('error', reject);
    });
  try {
    let { body, bytes } = await load(address);
    // The connection is the same: what it has read until then is the sum.
    for (const [, path = ''] of body.matchAll(/<(?:link|script|img)\b[^>]*? (?:href|src)="([^"]+)"/g))
      bytes = (await load(path)).bytes;
    return bytes;
  } finally {
    agent.destroy();
  }
}
