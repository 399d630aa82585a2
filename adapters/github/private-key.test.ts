import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPrivateKey } from './private-key.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('readPrivateKey', () => {
  it.each([
    ['as GitHub downloads it', pkcs1],
    ['with line breaks written out', pkcs1.replaceAll('\n', '\\n')],
    ['in base64', Buffer.from(pkcs1).toString('base64')],
    ['as PKCS#8', pkcs8],
  ])('reads a key %s', (_, text) => {
    expect(readPrivateKey(text)).toBe(pkcs8);
  });

  it.each([
    ['-----BEGIN RSA PRIVATE KEY-----', /cut off/],
    ['./app.pem', /no PEM/],
    [publicKey.export({ type: 'spki', format: 'pem' }).toString(), /public key/],
    [generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /not RSA/],
  ])('says what is wrong with %s', (text, why) => {
    expect(() => readPrivateKey(text)).toThrow(why);
    expect(() => readPrivateKey(text)).toThrow(/GITHUB_APP_PRIVATE_KEY/);
  });
});
