import type { FileKind } from './file.ts';

export interface Sniffed {
  readonly kind: FileKind;
  /** Empty for `none`. */
  readonly mimeType: string;
  /** Pixels of an image. */
  readonly width: number;
  readonly height: number;
}

/** What a file is by its bytes, whatever it is called and said to be. An image whose header can't be read is none. */
export function sniff(bytes: Uint8Array): Sniffed {
  const be = (kind: FileKind, mimeType: string, [width, height]: Size = [0, 0]) => ({ kind, mimeType, width, height });
  for (const [mimeType, sizeOf] of images) {
    const size = sizeOf(bytes);
    if (size && size[0] > 0 && size[1] > 0) return be('image', mimeType, size);
  }
  if (startsWith(bytes, '%PDF-')) return be('pdf', 'application/pdf');
  if (startsWith(bytes, 'PK\u0003\u0004')) return be('zip', 'application/zip');
  return isText(bytes) ? be('text', 'text/plain') : be('none', '');
}

/** UTF-8 without NUL or the control characters that no text has (a terminal's escapes are text). */
function isText(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.some((byte) => byte < 32 && !plainControls.has(byte))) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Backspace, tab, newline, form feed, carriage return, escape. */
const plainControls = new Set([8, 9, 10, 12, 13, 27]);

type Size = readonly [width: number, height: number];
type SizeOf = (bytes: Uint8Array) => Size | null;

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const startsWith = (bytes: Uint8Array, mark: string, at = 0): boolean =>
  bytes.length >= at + mark.length && [...mark].every((char, i) => bytes[at + i] === char.charCodeAt(0));

/** https://www.w3.org/TR/png-3/#11IHDR: the first chunk holds the size. */
const png: SizeOf = (bytes) => {
  if (!startsWith(bytes, '\u0089PNG\r\n\u001a\n') || !startsWith(bytes, 'IHDR', 12) || bytes.length < 24) return null;
  return [view(bytes).getUint32(16), view(bytes).getUint32(20)];
};

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt, section 18. */
const gif: SizeOf = (bytes) => {
  if (!(startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a')) || bytes.length < 10) return null;
  return [view(bytes).getUint16(6, true), view(bytes).getUint16(8, true)];
};

/** ITU T.81: segments follow each other until the start of frame, which holds the size. */
const jpeg: SizeOf = (bytes) => {
  if (!startsWith(bytes, '\u00ff\u00d8\u00ff')) return null;
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    const isFill = marker === 0xff;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view(bytes).getUint16(at + 7), view(bytes).getUint16(at + 5)];
    at += isFill ? 1 : 2 + view(bytes).getUint16(at + 2);
  }
  return null;
};

/** https://developers.google.com/speed/webp/docs/riff_container: lossy, lossless and extended, each with its own header. */
const webp: SizeOf = (bytes) => {
  if (!startsWith(bytes, 'RIFF') || !startsWith(bytes, 'WEBP', 8) || bytes.length < 30) return null;
  const at = view(bytes);
  if (startsWith(bytes, 'VP8 ', 12)) return [at.getUint16(26, true) & 0x3fff, at.getUint16(28, true) & 0x3fff];
  if (startsWith(bytes, 'VP8L', 12)) {
    const bits = at.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
  }
  if (!startsWith(bytes, 'VP8X', 12)) return null;
  return [(at.getUint32(24, true) & 0xffffff) + 1, (at.getUint32(26, true) >>> 8) + 1];
};

const images: readonly (readonly [mimeType: string, sizeOf: SizeOf])[] = [
  ['image/png', png],
  ['image/jpeg', jpeg],
  ['image/gif', gif],
  ['image/webp', webp],
];
