import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { readCommands } from './git-body.ts';
import { flushPkt, pktLine } from './pkt-line.ts';

afterEach(() => vi.useRealTimers());

const sha = (digit: string) => digit.repeat(40);
const command = pktLine(`${sha('0')} ${sha('1')} refs/heads/a\0 report-status atomic`);
const shallow = pktLine(`shallow ${sha('2')}`);
const inPieces = (body: Buffer, size: number) =>
  Readable.from(
    Array.from({ length: Math.ceil(body.length / size) }, (_, n) => body.subarray(n * size, (n + 1) * size)),
  );
const bytesOf = async (stream: Readable) => Buffer.concat(await stream.toArray());

test.each([1, 7, 1_000_000])(
  'a push is read in pieces of %d bytes, and its body and pack are as they came',
  async (size) => {
    const head = Buffer.concat([shallow, command, flushPkt]);
    const body = Buffer.concat([head, Buffer.from('PACK'), Buffer.alloc(5_000, 1)]);
    const opened = await readCommands(inPieces(body, size));
    expect(opened.push).toEqual({
      commands: [{ ref: 'refs/heads/a', from: sha('0'), to: sha('1') }],
      capabilities: ['report-status', 'atomic'],
      shallow: [`shallow ${sha('2')}`],
    });
    expect((await bytesOf(opened.pack())).equals(body.subarray(head.length))).toBe(true);
    const again = await readCommands(inPieces(body, size));
    expect((await bytesOf(again.body())).equals(body)).toBe(true);
  },
);

test('a head of 250 KB that comes byte by byte costs no more than its length', async () => {
  const lines = Array.from({ length: 5_000 }, () => shallow);
  const { push } = await readCommands(inPieces(Buffer.concat([...lines, command, flushPkt]), 1));
  expect(push.shallow).toHaveLength(5_000);
});

test('what is no push is refused at its first line, and a head that does not end at 256 KB', async () => {
  const endless = (line: Buffer) =>
    Readable.from(
      (function* () {
        for (;;) yield line;
      })(),
    );
  await expect(readCommands(endless(pktLine('x')))).rejects.toMatchObject({ status: 400 });
  await expect(readCommands(endless(shallow))).rejects.toMatchObject({ status: 413 });
});

test('a push whose commands do not come within half a minute is given up', async () => {
  vi.useFakeTimers();
  const silent = new Readable({ read: () => undefined });
  silent.push(command);
  const refused = expect(readCommands(silent)).rejects.toMatchObject({ status: 408 });
  await vi.advanceTimersByTimeAsync(30_000);
  await refused;
  silent.destroy(new Error('gone'));
});
