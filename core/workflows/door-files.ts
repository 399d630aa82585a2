import { createHash } from 'node:crypto';
import { type FileInfo, honestName, savedName } from '../domain/file.ts';
import { sniff } from '../domain/sniff.ts';
import type { Door } from '../door.ts';
import type { SentFile } from '../protocol.ts';
import type { Store } from '../store/index.ts';

/** The files that pass the worker's door: in what people sent with the task, out what the worker made for them. */
export const doorFiles = ({ files }: Store): Pick<Door, 'file' | 'handOver'> => ({
  file: ({ task }, id) => files.bytesFor(task, id),

  async handOver({ task, run }, name, bytes) {
    if (bytes.length === 0) return 'empty';
    const { kind, mimeType } = sniff(bytes);
    if (kind === 'none') return 'type';
    const hash = createHash('sha256').update(bytes).digest('hex');
    const file = { task, run, hash, bytes, kind, mimeType, name: honestName(name, mimeType), at: Date.now() };
    return (await files.handOver(file)) ? 'kept' : 'too_many';
  },
});

/** A file as the worker is told of it. */
export const sent = ({ id, name, mimeType, size }: FileInfo): SentFile => ({
  id,
  name: savedName({ id, name }),
  mimeType,
  size,
});
