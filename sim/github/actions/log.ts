/** A job's log as GitHub's download shows it: every line with its time, groups and errors as `##[…]` marks. */
export class JobLog {
  private chunks: Buffer[] = [];
  private size = 0;
  private open = '';
  private readonly limit: number;

  constructor(limit = 64 * 1024 * 1024) {
    this.limit = limit;
  }

  line(text: string): void {
    if (this.size > this.limit) return;
    const bytes = Buffer.from(`${new Date().toISOString().replace('Z', '0000Z')} ${text}\n`);
    this.size += bytes.length;
    this.chunks.push(bytes);
  }

  /** Output as it comes from a program; only whole lines are written until `end`. */
  write(text: string): void {
    const lines = (this.open + text).split('\n');
    this.open = lines.pop() ?? '';
    for (const line of lines) this.line(line.replace(/\r$/, ''));
  }

  /** Ends a line that a program left open. */
  end(): void {
    if (this.open) this.line(this.open);
    this.open = '';
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

/** A log of about so many bytes that ends in a failed test, to see who can read it. */
export function hugeLog(bytes: number): Buffer {
  const log = new JobLog(bytes + 65_536);
  log.line('##[group]Run npm test');
  log.line('npm test');
  log.line('##[endgroup]');
  const filler = Buffer.from(
    `${new Date().toISOString().replace('Z', '0000Z')} ${'ok - a test that passes '.repeat(8)}\n`,
  );
  const body = Buffer.alloc(Math.max(0, bytes), filler);
  const tail = new JobLog();
  tail.line('not ok - the one test that fails');
  tail.line('##[error]Process completed with exit code 1.');
  return Buffer.concat([log.toBuffer(), body, Buffer.from('\n'), tail.toBuffer()]);
}
