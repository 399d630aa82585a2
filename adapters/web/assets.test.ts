import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { asset, assets } from './assets.ts';

const load = (encodings: string, path = asset('web.js')) =>
  assets().request(path, { headers: { 'accept-encoding': encodings } });

test('a file goes over the wire as small as the browser takes it, and is the same for all', async () => {
  const plain = await (await load('identity')).text();
  const [br, gzip] = [await load('gzip, deflate, br, zstd'), await load('gzip, br;q=0')];
  expect(br.headers.get('content-encoding')).toBe('br');
  expect(brotliDecompressSync(await br.arrayBuffer()).toString()).toBe(plain);
  expect(gzip.headers.get('content-encoding')).toBe('gzip');
  expect(gunzipSync(await gzip.arrayBuffer()).toString()).toBe(plain);
  expect((await load('')).headers.get('content-encoding')).toBeNull();
  expect(br.headers.get('vary')).toBe('accept-encoding');
});

test('an address that names the content is kept for ever, another one never', async () => {
  expect((await load('br')).headers.get('cache-control')).toContain('immutable');
  expect((await load('br', '/static/web.js?v=old')).headers.get('cache-control')).toBe('no-cache');
  expect((await assets().request('/static/none.js')).status).toBe(404);
});
