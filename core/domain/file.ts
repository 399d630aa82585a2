/** Files that people attach and that workers hand over: what they are, how much of them is taken, how they are named. */

/** What is known of a file by its bytes; `none` is everything that nobody here can use. */
export type FileKind = 'image' | 'text' | 'pdf' | 'zip' | 'none';

/** Most that is taken of one message's files. */
export const attachedLimits = { fileBytes: 10 * 1024 * 1024, files: 10, messageBytes: 20 * 1024 * 1024 };

/** Why a file that was attached is not, or not wholly, of use. `image_size`: kept for the worker, but not looked at. */
export type FileProblem =
  | 'too_large'
  | 'too_many'
  | 'empty'
  | 'voice'
  | 'type'
  | 'gone'
  | 'forbidden'
  | 'unavailable'
  | 'image_size';

/** A file without its bytes. */
export interface FileInfo {
  readonly id: number;
  /** As its sender named it; {@link savedName} is safe. */
  readonly name: string;
  readonly mimeType: string;
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
  readonly problem: FileProblem | null;
  /** What the problem is about, such as `9000 × 200 px`; else empty. */
  readonly detail: string;
  /** The beginning (and end) of a text; else empty. */
  readonly excerpt: string;
}

/** A file that a worker hands over, on its way to people. */
export interface OutFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** One line that stands with it, markdown. */
  readonly caption: string;
}

const nameLength = 80;

/** Extensions by which other programs take a file for what its bytes say; what people see is told by them too. */
const extensions: Readonly<Record<string, readonly string[]>> = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'application/pdf': ['pdf'],
  'application/zip': ['zip'],
};
const binary = new Set(Object.values(extensions).flat());
const programs = new Set(['exe', 'com', 'bat', 'cmd', 'scr', 'msi', 'ps1', 'vbs', 'lnk', 'hta', 'jar', 'app']);

/**
 * A name that is one plain component of a path: letters, digits, `.`, `_`, `-`, no leading dot, at most 80 characters, with
 * its extension kept. `../../.ssh/x` becomes `x`.
 */
export function safeName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/[^\p{L}\p{N}\p{M}._-]+/gu, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[.-]+|[.-]+$/g, '');
  if (clean === '') return 'file';
  if (clean.length <= nameLength) return clean;
  const extension = /\.[\p{L}\p{N}]{1,8}$/u.exec(clean)?.[0] ?? '';
  return (
    clean
      .slice(0, nameLength - extension.length)
      .toWellFormed()
      .replaceAll('\ufffd', '') + extension
  );
}

/** Ids of the files that a worker can use: those whose bytes are kept. */
export const usable = (files: readonly FileInfo[]): number[] =>
  files.filter(({ problem }) => problem === null || problem === 'image_size').map(({ id }) => id);

/** What a file is called where workers find it; unique by its id. */
export const savedName = ({ id, name }: Pick<FileInfo, 'id' | 'name'>): string => `f${id}-${safeName(name)}`;

/** A safe name whose extension does not lie about the bytes: a text called `a.png` becomes `a.png.txt`. */
export function honestName(name: string, mimeType: string): string {
  const safe = safeName(name);
  const extension = safe.includes('.') ? (safe.split('.').at(-1) ?? '').toLowerCase() : '';
  const fitting = extensions[mimeType];
  if (fitting) return fitting.includes(extension) ? safe : `${safe}.${fitting[0]}`;
  return extension === '' || binary.has(extension) || programs.has(extension) ? `${safe}.txt` : safe;
}
