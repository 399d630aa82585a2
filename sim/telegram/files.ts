import type { Document, PhotoSize, Voice } from 'grammy/types';
import { badRequest } from './errors.ts';
import type { StoredFile, World } from './world.ts';

/** Bots of the public server download files of up to 20 MB. */
export const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;

const MIME_TYPES: Record<string, string> = {
  md: 'text/markdown',
  txt: 'text/plain',
  log: 'text/plain',
  diff: 'text/x-diff',
  json: 'application/json',
  png: 'image/png',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
};

export interface NewFile {
  name: string;
  content: Buffer;
}

export type FileKind = 'documents' | 'photos' | 'voice';

/** Keeps a file under a new id. */
export function storeFile(world: World, kind: FileKind, { name, content }: NewFile): StoredFile {
  const number = world.number();
  const extension = /\.\w+$/.exec(name)?.[0] ?? '';
  const path = `${kind}/file_${number}${kind === 'voice' ? '.oga' : kind === 'photos' ? '.jpg' : extension}`;
  const unique = `AQAD${number.toString(36).padStart(8, '0')}`;
  const file = { fileId: `BQACAgQAAxk${unique}`, uniqueId: unique, path, name, content };
  world.files.set(file.fileId, file);
  world.files.set(path, file);
  return file;
}

/** @throws TelegramApiError 400 for an id of no file */
export function fileOf(world: World, fileId: string): StoredFile {
  const file = world.files.get(fileId);
  if (!file || file.fileId !== fileId) {
    throw badRequest('wrong file identifier/HTTP URL specified');
  }
  return file;
}

export function documentOf(file: StoredFile): Document {
  const mime = MIME_TYPES[file.name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
  return { ...common(file), file_name: file.name, mime_type: mime };
}

/** A photo in two sizes, the original last, as Telegram orders them. */
export function photoOf(world: World, file: StoredFile): PhotoSize[] {
  const small = storeFile(world, 'photos', { name: file.name, content: file.content });
  return [
    { ...common(small), width: 90, height: 67 },
    { ...common(file), width: 800, height: 600 },
  ];
}

/** @param duration seconds */
export function voiceOf(file: StoredFile, duration: number): Voice {
  return { ...common(file), duration, mime_type: 'audio/ogg' };
}

function common(file: StoredFile): { file_id: string; file_unique_id: string; file_size: number } {
  return { file_id: file.fileId, file_unique_id: file.uniqueId, file_size: file.content.length };
}
