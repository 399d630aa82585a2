import type { Message } from 'grammy/types';
import type { FileRef } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { readBounded } from '../../core/read-bounded.ts';
import { type Access, createApi } from './client.ts';
import { toFailure } from './errors.ts';

/** What bots may download from the public server (https://core.telegram.org/bots/api#getfile). */
const MAX_BYTES = 20 * 1024 * 1024;

interface Sent {
  readonly file_id: string;
  readonly file_size?: number;
  readonly file_name?: string;
  readonly mime_type?: string;
}

/** The files of a message; of a photo the largest of its sizes. */
export function filesOf(message: Message): FileRef[] {
  const { document, audio, video, voice, animation, video_note: round, photo, message_id: id } = message;
  const found: (FileRef | undefined)[] = [
    // An animation is told as a document as well.
    ref(animation ? undefined : document, `document-${id}`, 'application/octet-stream'),
    ref(photo?.at(-1), `photo-${id}.jpg`, 'image/jpeg'),
    ref(audio, `audio-${id}.mp3`, 'audio/mpeg'),
    ref(voice, `voice-${id}.oga`, 'audio/ogg'),
    ref(video, `video-${id}.mp4`, 'video/mp4'),
    ref(round, `video-${id}.mp4`, 'video/mp4'),
    ref(animation, `animation-${id}.mp4`, 'video/mp4'),
  ];
  return found.filter((file) => file !== undefined);
}

function ref(file: Sent | undefined, name: string, mimeType: string): FileRef | undefined {
  return (
    file && {
      name: file.file_name ?? name,
      mimeType: file.mime_type ?? mimeType,
      size: file.file_size ?? 0,
      handle: file.file_id,
    }
  );
}

/** Reads a file that a person sent. @throws Failure `too_large`, `gone`, `unavailable` */
export async function download(access: Access, file: FileRef, maxBytes: number): Promise<Uint8Array> {
  const limit = Math.min(maxBytes, MAX_BYTES);
  if (file.size > limit) throw tooLarge(file, limit);
  const response = await answerTo(access, file, limit);
  if (response.status === 404) throw gone(file);
  if (!response.ok) throw unavailable(file, String(response.status));
  const bytes = await readBounded(response.body, limit).catch(() => {
    throw unavailable(file, 'the connection broke');
  });
  if (!bytes) throw tooLarge(file, limit);
  return bytes;
}

/** The address has the token in it, so nothing of an error in it is kept. */
async function answerTo(access: Access, file: FileRef, limit: number): Promise<Response> {
  let path: string | undefined;
  try {
    ({ file_path: path } = await createApi(access).getFile(file.handle));
  } catch (error) {
    const failure = toFailure(error, 'repeatable');
    throw failure.code === 'too_large' ? tooLarge(file, limit) : failure;
  }
  if (path === undefined) throw gone(file);
  try {
    return await fetch(`${access.apiUrl}/file/bot${access.token}/${path}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(access.timeoutMs),
    });
  } catch {
    throw unavailable(file, 'no answer');
  }
}

const tooLarge = ({ name }: FileRef, limit: number): Failure =>
  new Failure(`${name} is too large: at most ${Math.floor(limit / 2 ** 20)} MB can be read from Telegram.`, {
    code: 'too_large',
    remedy: 'never',
  });

const gone = ({ name }: FileRef): Failure =>
  new Failure(`Telegram no longer has ${name}.`, { code: 'gone', remedy: 'never' });

const unavailable = ({ name }: FileRef, why: string): Failure =>
  new Failure(`Telegram did not hand over ${name} (${why}).`, { code: 'unavailable', remedy: 'retry' });
