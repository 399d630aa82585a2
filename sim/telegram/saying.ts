import type { Message } from 'grammy/types';
import type { Content } from './conversation.ts';
import { documentOf, photoOf, storeFile, voiceOf } from './files.ts';
import { withDetected } from './text/detect.ts';
import type { TelegramMessage } from './types.ts';
import type { World } from './world.ts';

export interface SayOptions {
  replyTo?: TelegramMessage;
  /** Topic to write into, by its id. */
  topic?: number;
  /** Several documents go as several messages, as Telegram sends them; the text stands under the first. */
  files?: { name: string; content: string | Buffer }[];
  photo?: Buffer;
  /** Duration in seconds. */
  voice?: { content: Buffer; duration: number };
  /** A sticker, a place, a contact, a poll…: as Telegram tells it. */
  other?: Pick<Message, 'sticker' | 'location' | 'contact' | 'poll' | 'dice'>;
}

/** What is to be posted so that this is said: one message, or one for each file. */
export function contentsOf(world: World, text: string, o: SayOptions): Content[] {
  const entities = withDetected(text, []);
  const caption = text === '' ? {} : { caption: text, caption_entities: entities };
  if (o.photo) {
    const file = storeFile(world, 'photos', { name: 'photo.jpg', content: o.photo });
    return [{ photo: photoOf(world, file), ...caption }];
  }
  if (o.voice) {
    const file = storeFile(world, 'voice', { name: 'voice.oga', content: o.voice.content });
    return [{ voice: voiceOf(file, o.voice.duration), ...caption }];
  }
  if (o.other) return [o.other];
  const files = o.files ?? [];
  if (files.length === 0) return [{ text, ...(entities.length > 0 ? { entities } : {}) }];
  const album = files.length > 1 ? { media_group_id: String(world.number()) } : {};
  return files.map(({ name, content }, i) => {
    const file = storeFile(world, 'documents', { name, content: Buffer.from(content) });
    return { document: documentOf(file), ...album, ...(i === 0 ? caption : {}) };
  });
}
