import { invalid } from './api-error.ts';
import { blocksOf } from './content.ts';
import type { Block, MessageParam } from './types.ts';

/** https://platform.claude.com/docs/en/build-with-claude/vision: limits of the API itself, by base64 and by pixels. */
const MAX_BASE64 = 5 * 1024 * 1024;
const MAX_SIDE = 8_000;

/** First bytes of what the API takes, in base64. */
const BEGINNINGS: Record<string, string> = {
  'image/png': 'iVBORw0KGgo',
  'image/jpeg': '/9j/',
  'image/gif': 'R0lGOD',
  'image/webp': 'UklGR',
};

/** Checks every image, in messages and in tool results. Throws ApiError 400 in the API's words. */
export function validateImages(messages: MessageParam[]): void {
  for (const [index, message] of messages.entries()) {
    const images = imagesOf(blocksOf(message.content), `messages.${index}.content`);
    for (const [block, at] of images) validateImage(block, at);
  }
}

/** Images with their places; a tool result holds blocks of its own. */
function imagesOf(blocks: Block[], at: string): [Block, string][] {
  return blocks.flatMap((block, index): [Block, string][] => {
    const here = `${at}.${index}`;
    if (block.type === 'image') return [[block, `${here}.image.source`]];
    return block.type === 'tool_result' ? imagesOf(blocksOf(block.content ?? ''), `${here}.tool_result.content`) : [];
  });
}

function validateImage(block: Block, at: string): void {
  const { type, media_type, data } = (block.source ?? {}) as { type?: unknown; media_type?: unknown; data?: unknown };
  if (type === 'url') return;
  if (type !== 'base64' || typeof data !== 'string') throw invalid(`${at}: Input should be a valid base64 source`);
  const beginning = BEGINNINGS[String(media_type)];
  if (!beginning) {
    throw invalid(`${at}.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`);
  }
  if (data === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) throw invalid(`${at}.base64.data: Invalid base64 data`);
  if (data.length > MAX_BASE64) {
    throw invalid(`${at}.base64: image exceeds 5 MB maximum: ${data.length} bytes > ${MAX_BASE64} bytes`);
  }
  if (!data.startsWith(beginning)) {
    throw invalid(
      `${at}.base64.data: The image was specified using the ${media_type} media type, but the image does not appear to be one`,
    );
  }
  if (media_type === 'image/png') validatePng(Buffer.from(data, 'base64'), at);
}

/** A png is looked into: its size is at a fixed place, and one that was cut off lacks its last chunk. */
function validatePng(bytes: Buffer, at: string): void {
  if (bytes.length < 45 || !bytes.includes('IEND')) throw invalid(`${at}.base64.data: Could not process image`);
  if (Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20)) > MAX_SIDE) {
    throw invalid(
      `${at}.base64.data: At least one of the image dimensions exceed max allowed size: ${MAX_SIDE} pixels`,
    );
  }
}
