import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Failure } from '../../core/errors.ts';

/**
 * The App's private key as PKCS#8 PEM. Accepts what fits on one line of an `.env` file: `\n` written out, or base64 of the
 * whole PEM. Throws Failure `invalid_credentials` naming the variable.
 */
export function readPrivateKey(text: string): string {
  const key = parse(unfold(text.trim()));
  if (key.asymmetricKeyType !== 'rsa') throw unreadable(`It is a key of type ${key.asymmetricKeyType}, not RSA.`);
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function unfold(text: string): string {
  if (text.includes('-----BEGIN')) return text.replaceAll('\\n', '\n');
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  if (decoded.includes('-----BEGIN')) return decoded;
  throw unreadable('It is no PEM text (-----BEGIN … PRIVATE KEY-----).');
}

function parse(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const why = pem.includes('PUBLIC KEY') ? 'It is a public key.' : 'It cannot be read; perhaps it was cut off.';
    throw unreadable(why, cause);
  }
}

function unreadable(why: string, cause?: unknown): Failure {
  return new Failure(`GITHUB_APP_PRIVATE_KEY is not a private key. ${why}`, {
    code: 'invalid_credentials',
    remedy: 'never',
    advice: 'Generate one in the App’s settings, and name the .pem file or paste all of it with line breaks as \\n.',
    cause,
  });
}
