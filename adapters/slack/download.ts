import type { FileRef } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { readBounded } from '../../core/read-bounded.ts';
import { DEFAULT_API_URL } from './client.ts';

interface Access {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
}

/**
 * Reads a file that a person sent; Slack serves it to the bot's token (https://docs.slack.dev/reference/objects/file-object,
 * `url_private_download`). The token goes to Slack's own hosts only, whatever address a file names.
 * @throws Failure `too_large`, `gone`, `forbidden`, `unavailable`
 */
export async function download(access: Access, file: FileRef, maxBytes: number): Promise<Uint8Array> {
  if (file.size > maxBytes) throw tooLarge(file);
  if (!isSlacks(file.handle, access.apiUrl)) throw gone(file);
  const response = await answerTo(access, file);
  if (response.status === 404 || response.status === 410) throw gone(file);
  if (!response.ok || isSignIn(response, file)) throw refused(file, response.status);
  const bytes = await readBounded(response.body, maxBytes).catch((cause: unknown) => {
    throw unavailable(file, cause);
  });
  if (!bytes) throw tooLarge(file);
  return bytes;
}

async function answerTo({ botToken, timeoutMs }: Access, file: FileRef): Promise<Response> {
  try {
    return await fetch(file.handle, {
      headers: { authorization: `Bearer ${botToken}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw unavailable(file, cause);
  }
}

/** Without the scope files:read Slack answers with its sign-in page. */
const isSignIn = ({ headers }: Response, { mimeType }: FileRef): boolean =>
  mimeType !== 'text/html' && (headers.get('content-type') ?? '').startsWith('text/html');

function isSlacks(address: string, apiUrl = DEFAULT_API_URL): boolean {
  if (!URL.canParse(address)) return false;
  const { origin, protocol, hostname } = new URL(address);
  return origin === new URL(apiUrl).origin || (protocol === 'https:' && /(^|\.)slack\.com$/.test(hostname));
}

const tooLarge = ({ name }: FileRef) => new Failure(`${name} is too large.`, { code: 'too_large', remedy: 'never' });
const unavailable = ({ name }: FileRef, cause: unknown) =>
  new Failure(`Slack did not hand over ${name}.`, { code: 'unavailable', remedy: 'retry', cause });
const gone = ({ name }: FileRef) => new Failure(`Slack no longer has ${name}.`, { code: 'gone', remedy: 'never' });

const refused = ({ name }: FileRef, status: number) =>
  status >= 500
    ? new Failure(`Slack did not hand over ${name} (${status}).`, { code: 'unavailable', remedy: 'retry' })
    : new Failure(`Slack does not let the bot read ${name}.`, {
        code: 'forbidden',
        remedy: 'never',
        advice: 'Add the scope files:read and install the app again.',
      });
