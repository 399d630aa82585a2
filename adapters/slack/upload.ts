import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { MessageRef, Place } from '../../core/domain/chat.ts';
import type { OutFile } from '../../core/domain/file.ts';
import { toFailure } from './errors.ts';
import { toMrkdwn } from './markdown.ts';
import { refOf } from './place.ts';

/**
 * Sends a file into a place. Slack takes no metadata with a file and names no message for it, so the key stands in the
 * file's name ({@link isUnder} reads it; people see the title), and the ref carries the file's id.
 * @throws Failure
 */
export async function uploadFile(client: WebClient, place: Place, file: OutFile, key: string): Promise<MessageRef> {
  const { space, channel, thread } = place;
  const filename = keyedName(file.name, key);
  const content = {
    filename,
    title: file.name,
    file: Buffer.from(file.bytes),
    ...(file.caption ? { initial_comment: toMrkdwn(file.caption) } : {}),
  };
  const where = thread === undefined ? {} : { thread_ts: thread };
  try {
    const answer = await client.files.uploadV2({ channel_id: channel, ...content, ...where });
    return refOf(space, channel, completed.safeParse(answer).data?.files[0].files[0].id ?? filename, thread);
  } catch (error) {
    throw toFailure(error, 'once');
  }
}

/** What the last of the upload's three calls answers. */
const completed = z.object({ files: z.tuple([z.object({ files: z.tuple([z.object({ id: z.string() })]) })]) });

/** Whether a file was sent under a key, by its name. */
export const isUnder = (key: string, name: string | null | undefined): boolean =>
  new RegExp(`-${mark(key)}(?:\\.|$)`).test(name ?? '');

/** `login.png` becomes `login-1f3a9c02.png`. */
function keyedName(name: string, key: string): string {
  const at = name.lastIndexOf('.');
  return at > 0 ? `${name.slice(0, at)}-${mark(key)}${name.slice(at)}` : `${name}-${mark(key)}`;
}

const mark = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 12);
