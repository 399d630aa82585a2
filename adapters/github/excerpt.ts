import { stripVTControlCharacters } from 'node:util';

const BEFORE_ERROR = 20;
const AFTER_ERROR = 5;
const MAX_ERRORS = 10;
const HEAD = 3;
/** Room for one "… lines left out" mark. */
const MARK = 40;

interface Line {
  readonly n: number;
  readonly text: string;
}

/**
 * Keeps of a log what tells why it failed: its first lines, the lines around each error, and the end, at most `max`
 * characters whatever comes in. What is left out is said.
 */
export class Excerpt {
  private readonly max: number;
  private count = 0;
  private errors = 0;
  private follow = 0;
  private readonly kept: Line[] = [];
  private keptSize = 0;
  private tail: Line[] = [];
  private tailSize = 0;
  private tailStart = 0;

  constructor(max: number) {
    this.max = max;
  }

  get empty(): boolean {
    return this.count === 0;
  }

  get hasError(): boolean {
    return this.errors > 0;
  }

  push(text: string): void {
    const line = { n: this.count++, text };
    this.remember(line);
    if (line.n < HEAD) this.keep(line);
    if (isError(text) && this.errors++ < MAX_ERRORS) {
      for (const earlier of this.tail.slice(Math.max(this.tailStart, this.tail.length - 1 - BEFORE_ERROR)))
        this.keep(earlier);
      this.follow = AFTER_ERROR;
    } else if (this.follow > 0) {
      this.follow--;
      this.keep(line);
    }
  }

  /** The excerpt, cleaned of timestamps and terminal colours. */
  toString(): string {
    const chosen = new Map(this.kept.map((line) => [line.n, line.text]));
    let room = this.max - this.keptSize - MARK * (Math.min(this.errors, MAX_ERRORS) + 2);
    for (let i = this.tail.length - 1; i >= this.tailStart; i--) {
      const line = this.tail[i];
      if (!line || chosen.has(line.n)) continue;
      room -= line.text.length + 1;
      if (room < 0) break;
      chosen.set(line.n, line.text);
    }
    return end(this.print([...chosen].sort(([a], [b]) => a - b)), this.max);
  }

  private print(lines: [number, string][]): string {
    const out: string[] = [];
    let next = 0;
    for (const [n, text] of lines) {
      if (n > next) out.push(leftOut(n - next));
      out.push(cleanLine(text));
      next = n + 1;
    }
    if (this.count > next) out.push(leftOut(this.count - next));
    return out.join('\n');
  }

  /** Half of the room is for the beginning and the errors, so that the end always has the other half. */
  private keep(line: Line): void {
    const size = line.text.length + 1;
    if (this.keptSize + size > this.max / 2 || this.kept.at(-1)?.n === line.n) return;
    if ((this.kept.at(-1)?.n ?? -1) > line.n) return;
    this.kept.push(line);
    this.keptSize += size;
  }

  private remember(line: Line): void {
    this.tail.push(line);
    this.tailSize += line.text.length + 1;
    while (this.tailSize > this.max && this.tailStart < this.tail.length - 1)
      this.tailSize -= (this.tail[this.tailStart++]?.text.length ?? 0) + 1;
    if (this.tailStart > 1_000) {
      this.tail = this.tail.slice(this.tailStart);
      this.tailStart = 0;
    }
  }
}

/** A line of an Actions log as a person reads it: no timestamp, no colours, no group marks. */
export function cleanLine(line: string): string {
  const text = stripVTControlCharacters(line.replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /, ''));
  const shown = text.replace(/\r+$/, '');
  return shown
    .slice(shown.lastIndexOf('\r') + 1)
    .replace(/^##\[group\]/, '')
    .replace(/^##\[endgroup\]$/, '')
    .replace(/\p{Cc}/gu, (control) => (control === '\t' ? control : ''));
}

function isError(line: string): boolean {
  return line.includes('##[error]');
}

function leftOut(lines: number): string {
  return `… ${lines} ${lines === 1 ? 'line' : 'lines'} left out …`;
}

/** The last `max` characters, from the start of a line. */
function end(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(text.length - max);
  return cut.slice(cut.indexOf('\n') + 1);
}
