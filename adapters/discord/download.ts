import { Routes } from 'discord.js';
import type { FileRef } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { readBounded } from '../../core/read-bounded.ts';
import type { Api } from './api.ts';
import { discordCode } from './errors.ts';
import * as payload from './payload.ts';

const HANDLE = /^(\d+)\/(\d+)\/(\d+)$/;

/**
 * Reads a file that a person sent. Discord's links are good for a day, so the message is asked for a fresh one; the link
 * itself takes no token. @throws Failure `too_large`, `gone`, `unavailable`
 */
export async function download(api: Api, file: FileRef, maxBytes: number, timeoutMs: number): Promise<Uint8Array> {
  if (file.size > maxBytes) throw tooLarge(file);
  const response = await answerTo(await linkOf(api, file), file, timeoutMs);
  if (response.status === 404 || response.status === 410) throw gone(file);
  if (!response.ok) throw unavailable(file);
  const bytes = await readBounded(response.body, maxBytes).catch((cause: unknown) => {
    throw unavailable(file, cause);
  });
  if (!bytes) throw tooLarge(file);
  return bytes;
}

async function linkOf(api: Api, file: FileRef): Promise<string> {
  const [, channel = '', message = '', id] = HANDLE.exec(file.handle) ?? [];
  if (!id) throw gone(file);
  const shown = await api.get(Routes.channelMessage(channel, message)).catch((error: unknown) => {
    if ([10_003, 10_008, 50_001].includes(discordCode(error) ?? 0)) throw gone(file);
    throw error;
  });
  const found = payload.message.parse(shown).attachments.find((one) => one.id === id);
  if (!found) throw gone(file);
  return found.url;
}

async function answerTo(url: string, file: FileRef, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    throw unavailable(file, cause);
  }
}

const tooLarge = ({ name }: FileRef) => new Failure(`${name} is too large.`, { code: 'too_large', remedy: 'never' });
const gone = ({ name }: FileRef) => new Failure(`Discord no longer has ${name}.`, { code: 'gone', remedy: 'never' });
const unavailable = ({ name }: FileRef, cause?: unknown) =>
  new Failure(`Discord did not hand over ${name}.`, { code: 'unavailable', remedy: 'retry', cause });
