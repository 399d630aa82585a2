import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Puts values into a `.env` file, which its owner alone may read; what else stands there stays. Written whole or not at all. */
export function writeDotenv(file: string, values: Readonly<Record<string, string>>, template = ''): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : template;
  writeFileSync(`${file}.new`, withValues(before, values), { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

/** Each value in the place of its line, or at the end when it has none. */
export function withValues(text: string, values: Readonly<Record<string, string>>): string {
  const left = new Map(Object.entries(values));
  const lines = text.split('\n').map((line) => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? '';
    const value = left.get(name);
    left.delete(name);
    return value === undefined ? line : `${name}=${quoted(value)}`;
  });
  const more = [...left].map(([name, value]) => `${name}=${quoted(value)}`);
  if (more.length === 0) return lines.join('\n');
  return `${[...lines.join('\n').trimEnd().split('\n'), ...more].join('\n').trimStart()}\n`;
}

/** As `util.parseEnv` reads it back: quoted where a blank, a quote or a `#` would end it. */
const quoted = (value: string): string => {
  if (/^[\w./:@,+=-]*$/.test(value)) return value;
  const mark = ["'", '"', '`'].find((candidate) => !value.includes(candidate)) ?? '"';
  return `${mark}${value}${mark}`;
};
