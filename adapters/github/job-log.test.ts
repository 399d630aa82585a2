import { describe, expect, it } from 'vitest';
import { failedPart } from './job-log.ts';

const second = (n: number, text: string) => `2026-01-01T00:00:${String(n).padStart(2, '0')}.1234567Z ${text}\n`;
const step = (from: number, to: number) => ({
  from: Date.UTC(2026, 0, 1, 0, 0, from),
  to: Date.UTC(2026, 0, 1, 0, 0, to),
});

async function* bytes(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const all = new TextEncoder().encode(text);
  for (let i = 0; i < all.length; i += size) yield all.subarray(i, i + size);
}

describe('failedPart', () => {
  const log = [
    second(1, '##[group]Run npm ci'),
    second(1, 'added 100 packages'),
    second(2, '##[group]Run npm test'),
    second(2, '\u001b[36;1mnpm test\u001b[0m'),
    second(2, '##[endgroup]'),
    second(3, 'progress 1%\rprogress 100%'),
    second(4, '✗ adds numbers: expected 4, got 5'),
    second(4, '##[error]Process completed with exit code 1.'),
    second(4, '##[group]Run echo always'),
    second(4, 'always'),
    second(4, 'Post job cleanup.'),
  ].join('');

  it('is the failed step alone, without timestamps and colours', async () => {
    expect(await failedPart(bytes(log), step(2, 4), 10_000)).toBe(
      'Run npm test\nnpm test\n\nprogress 100%\n✗ adds numbers: expected 4, got 5\n##[error]Process completed with exit code 1.',
    );
  });

  it('leaves out the step before it that ran in the same second', async () => {
    expect(await failedPart(bytes(log), step(1, 4), 10_000)).not.toContain('added 100 packages');
  });

  it('is the whole log when no step is known or nothing lies in its time', async () => {
    expect(await failedPart(bytes(log), null, 10_000)).toContain('added 100 packages');
    expect(await failedPart(bytes(log), step(30, 40), 10_000)).toContain('added 100 packages');
  });

  it('is the whole log when the error was written after the stated end of the step', async () => {
    const late = [second(2, '##[group]Run npm test'), second(2, 'ok - first'), second(5, '##[error]exit code 1.')].join(
      '',
    );
    expect(await failedPart(bytes(late), step(2, 3), 10_000)).toBe('Run npm test\nok - first\n##[error]exit code 1.');
  });

  it('keeps the beginning, the lines around each error and the end of a long log, and says what it left out', async () => {
    const noise = (n: number) => Array.from({ length: n }, (_, i) => second(3, `noise ${i}`)).join('');
    const long = [
      second(2, '##[group]Run npm test'),
      noise(5_000),
      second(3, 'before the error'),
      second(3, '##[error]src/add.ts(3,1): wrong sum'),
      second(3, 'after the error'),
      noise(5_000),
      second(4, 'Tests: 1 failed'),
      second(4, '##[error]Process completed with exit code 1.'),
    ].join('');
    const text = await failedPart(bytes(long, 4_096), step(2, 4), 4_000);
    expect(text.length).toBeLessThanOrEqual(4_000);
    for (const kept of [
      'Run npm test',
      'before the error',
      'wrong sum',
      'after the error',
      'Tests: 1 failed',
      'exit code 1',
    ])
      expect(text).toContain(kept);
    expect(text).toMatch(/… \d+ lines left out …/);
    expect(text.split('\n').every((line) => /^(noise \d+|…|Run|before|##|after|Tests|$)/.test(line))).toBe(true);
  });

  it('never exceeds what it may, however small that is and however long a line', async () => {
    const wild = `${second(2, '##[group]Run x')}${second(3, 'y'.repeat(1_000_000))}${second(3, '##[error]no')}`;
    for (const max of [10, 100, 1_000, 50_000])
      expect((await failedPart(bytes(wild, 65_536), step(2, 3), max)).length).toBeLessThanOrEqual(max);
  });

  it('reads characters that lie across two chunks', async () => {
    expect(await failedPart(bytes(second(1, 'größer ✗ 😀'), 1), null, 100)).toBe('größer ✗ 😀');
  });

  it('holds 50 MB in bounded memory', async () => {
    const line = new TextEncoder().encode(second(3, 'x'.repeat(200)).repeat(250));
    async function* huge(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(second(2, '##[group]Run npm test'));
      for (let sent = 0; sent < 50_000_000; sent += line.length) yield line;
      yield new TextEncoder().encode(second(4, '##[error]Process completed with exit code 1.'));
    }
    const before = process.memoryUsage().rss;
    const text = await failedPart(huge(), step(2, 4), 20_000);
    expect(text).toContain('exit code 1');
    expect(text.length).toBeLessThanOrEqual(20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });
});
