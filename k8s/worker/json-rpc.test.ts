import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type Message, readMessages, writeMessage } from './json-rpc.ts';

async function read(chunks: readonly Buffer[]): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of readMessages(Readable.from(chunks, { objectMode: false }))) messages.push(message);
  return messages;
}

const sent: Message[] = [
  { id: 1, method: 'initialize', params: { name: 'größer 🦀' } },
  { method: 'initialized', params: {} },
  { id: 1, result: 'x'.repeat(20_000) },
];

function written(): Buffer {
  const stream = new PassThrough();
  for (const message of sent) writeMessage(stream, message);
  return stream.read() as Buffer;
}

test.each([1, 7, 4_096, 1_000_000])('messages are read as they were written, in pieces of %i bytes', async (size) => {
  const bytes = written();
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  expect((await read(chunks)).map(({ id, method, params, result }) => ({ id, method, params, result }))).toEqual(
    sent.map(({ id, method, params, result }) => ({ id, method, params, result })),
  );
});

test('a second header and small letters are understood', async () => {
  const text = 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 8\r\n\r\n{"id":1}';
  expect(await read([Buffer.from(text)])).toEqual([{ id: 1 }]);
});

test.each([
  ['words', 'Hello\r\n\r\n'],
  ['words without an end', 'x'.repeat(10_000)],
  ['a length beyond all measure', 'Content-Length: 99999999999\r\n\r\n'],
])('%s are not the protocol', async (_, text) => {
  await expect(read([Buffer.from(text)])).rejects.toThrow('not the language server protocol');
});
