import type { FileRef } from '../domain/chat.ts';
import { attachedLimits, type FileProblem } from '../domain/file.ts';
import { sniff } from '../domain/sniff.ts';
import { Failure } from '../errors.ts';
import type { Chat, ImageLimits } from '../ports.ts';
import type { NewAttached } from '../store/files.ts';
import { fileProblems } from '../words/files.ts';
import type { Deps } from './deps.ts';

/** Messages with files, as a turn heard them. */
export interface WithFiles {
  readonly message: number;
  readonly files: readonly FileRef[];
}

type Taken = Omit<NewAttached, 'message' | 'position' | 'at' | 'name'>;

/**
 * Fetches the files of messages into the store, each once: a platform's links expire. Answers what to tell people about
 * those that are of no use. `final`: what can't be fetched now is given up. Throws Failures that may pass.
 */
export async function fetchFiles(
  { store, model }: Pick<Deps, 'store' | 'model'>,
  chat: Chat,
  messages: readonly WithFiles[],
  final: boolean,
): Promise<string[]> {
  const ids = messages.map(({ message }) => message);
  const known = await store.files.of(ids);
  for (const { message, files } of messages) {
    // Stored in their order, so what is known is how far an earlier try came.
    const before = known.get(message) ?? [];
    const texts = files.filter(({ mimeType }) => !/^(?:image|audio|video)\//.test(mimeType)).length;
    let taken = before.reduce((sum, file) => sum + (file.problem && file.problem !== 'image_size' ? 0 : file.size), 0);
    for (const [position, ref] of files.entries()) {
      if (position < before.length) continue;
      const room = position < attachedLimits.files ? attachedLimits.messageBytes - taken : 0;
      const file = await take(chat, ref, { room, texts, limits: model.imageLimits, final });
      if (file.bytes) taken += file.bytes.length;
      await store.files.attach({ ...file, name: ref.name.slice(0, 255), message, position, at: Date.now() });
    }
  }
  return fileProblems([...(await store.files.of(ids)).values()].flat());
}

interface Terms {
  /** Bytes that the message may still have. */
  readonly room: number;
  /** Files of the message that may be texts: they share the room for excerpts. */
  readonly texts: number;
  readonly limits: ImageLimits;
  readonly final: boolean;
}

async function take(chat: Chat, ref: FileRef, { room, texts, limits, final }: Terms): Promise<Taken> {
  const nothing = {
    mimeType: ref.mimeType,
    kind: 'none',
    size: ref.size,
    detail: '',
    excerpt: '',
    bytes: null,
  } as const;
  const no = (problem: FileProblem, more: Partial<Taken> = {}): Taken => ({ ...nothing, problem, ...more });
  if (ref.mimeType.startsWith('audio/')) return no('voice');
  if (ref.size > attachedLimits.fileBytes) return no('too_large');
  if (ref.size > room || room === 0) return no('too_many');
  const bytes = await fetched(chat, ref, Math.min(room, attachedLimits.fileBytes), final);
  if (bytes === 'too_large' && room < attachedLimits.fileBytes) return no('too_many');
  if (typeof bytes === 'string') return no(bytes);
  const size = bytes.length;
  if (size === 0) return no('empty', { size });
  const { kind, mimeType, width, height } = sniff(bytes);
  if (kind === 'none' || kind === 'zip') return no('type', { size, mimeType: mimeType || ref.mimeType });
  const stored = { ...nothing, kind, mimeType, size, bytes, problem: null };
  if (kind === 'text') return { ...stored, excerpt: excerptOf(bytes, texts) };
  const isTooBig = size > limits.bytes || Math.max(width, height) > limits.side;
  if (kind !== 'image' || !isTooBig) return stored;
  return { ...stored, problem: 'image_size', detail: `${width} × ${height} px` };
}

/** The bytes, or why there are none for good. */
async function fetched(chat: Chat, ref: FileRef, most: number, final: boolean): Promise<Uint8Array | FileProblem> {
  try {
    return await chat.download(ref, most);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.remedy !== 'never' && !final) throw error;
    return lost[error.code] ?? 'unavailable';
  }
}

const lost: Readonly<Record<string, FileProblem>> = { too_large: 'too_large', gone: 'gone', forbidden: 'forbidden' };

/** What one message's texts show of themselves in the conversation, characters; each shows at least `least`. */
const excerpts = { all: 6_000, least: 600 };

/** The head and tail of a text, as long as its share. */
function excerptOf(bytes: Uint8Array, texts: number): string {
  const text = new TextDecoder().decode(bytes).trim();
  const share = Math.max(excerpts.least, Math.floor(excerpts.all / Math.max(1, texts)));
  if (text.length <= share) return text;
  const tail = Math.floor(share / 4);
  const head = text.slice(0, share - tail);
  const left = text.length - share;
  return `${head.toWellFormed()}\n… ${left} characters are left out here …\n${text.slice(-tail).toWellFormed()}`;
}
