import { expect, test } from 'vitest';
import { png } from '../testing/image.ts';
import { sniff } from './sniff.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const filled = (head: Buffer, length: number) => Buffer.concat([head, Buffer.alloc(length - head.length)]);

/** Start of image, an application segment with a thumbnail's frame inside, then the real frame: 640 × 480. */
const jpeg = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 8, 0xff, 0xc0, 1, 2, 3, 4]),
  Buffer.from([0xff, 0xff, 0xc2, 0, 11, 8, 480 >> 8, 480 & 255, 640 >> 8, 640 & 255, 1, 1, 0x11, 0]),
]);
const gif = filled(Buffer.concat([latin('GIF89a'), Buffer.from([0x80, 2, 0xe0, 1])]), 20);
const lossy = filled(
  Buffer.concat([latin('RIFF\0\0\0\0WEBPVP8 '), Buffer.alloc(10), Buffer.from([0x80, 2, 0xe0, 1])]),
  40,
);
const lossless = filled(
  Buffer.concat([latin('RIFF\0\0\0\0WEBPVP8L'), Buffer.from([0, 0, 0, 0, 0x2f, 0x7f, 0xc2, 0x77, 0])]),
  40,
);
const extended = filled(
  Buffer.concat([latin('RIFF\0\0\0\0WEBPVP8X'), Buffer.alloc(8), Buffer.from([0x7f, 2, 0, 0xdf, 1, 0])]),
  40,
);

test.each([
  ['png', png(640, 480), 'image/png'],
  ['jpeg', jpeg, 'image/jpeg'],
  ['gif', gif, 'image/gif'],
  ['lossy webp', lossy, 'image/webp'],
  ['lossless webp', lossless, 'image/webp'],
  ['extended webp', extended, 'image/webp'],
])('an image is told by its bytes, with its size: %s', (_, bytes, mimeType) => {
  expect(sniff(bytes)).toEqual({ kind: 'image', mimeType, width: 640, height: 480 });
});

test.each([
  ['a pdf', latin('%PDF-1.7\n\0'), 'pdf'],
  ['a zip', latin('PK\u0003\u0004\0\0'), 'zip'],
  ['words', Buffer.from('héllo 👩‍🚀 \u202e'), 'text'],
  ['what a terminal printed', latin('\u001b[31mred\u001b[0m\r\n'), 'text'],
  ['an svg, which is text', latin('<svg><script>alert(1)</script></svg>'), 'text'],
  ['nothing', Buffer.alloc(0), 'none'],
  ['a png without its header', latin('\u0089PNG\r\n\u001a\n'), 'none'],
  ['a png of 0 pixels', png(0, 0), 'none'],
  ['a jpeg that ends early', jpeg.subarray(0, 14), 'none'],
  ['a jpeg without a frame', latin('\u00ff\u00d8\u00ff\u00d9'), 'none'],
  ['a program', latin('\u007fELF\u0002\u0001\0'), 'none'],
  ['half a character', Buffer.from([104, 105, 0xe2, 0x82]), 'none'],
] as const)('%s', (_, bytes, kind) => {
  expect(sniff(bytes)).toMatchObject({ kind });
});

test('no bytes are too strange to be looked at', () => {
  for (const head of [jpeg, gif, lossy, extended, png(2, 2)]) {
    for (let length = 0; length < head.length; length += 1) expect(() => sniff(head.subarray(0, length))).not.toThrow();
  }
});
