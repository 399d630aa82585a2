import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from '../core/errors.ts';

/**
 * Puts values into a `.env` file, which its owner alone may read from then on; what else stands there stays. Written whole
 * or not at all, also through a link. Throws Failure.
 */
export function writeDotenv(file: string, values: Readonly<Record<string, string>>, template = ''): void {
  const target = existsSync(file) ? realpathSync(file) : file;
  const before = existsSync(target) ? readFileSync(target, 'utf8') : template;
  const beside = `${target}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(beside, withValues(before, values), { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, target);
  } catch (cause) {
    throw new Failure(`${file} cannot be written (${(cause as NodeJS.ErrnoException).code}).`, {
      code: 'env_unwritable',
      remedy: 'never',
      advice: 'Give this user the right to write in its directory.',
      cause,
    });
  } finally {
    rmSync(beside, { force: true });
  }
}

/** `NAME=`, then a value in marks that may span lines, or up to a comment or the line's end. */
const assignment =
  /^([^\S\n]*(?:export[^\S\n]+)?(\w+)[^\S\n]*=[^\S\n]*)("[^"]*"|'[^']*'|`[^`]*`|[^\n\r#]*?)([^\S\n]*(?:#[^\n]*)?)$/gm;

/** Each value in the place of its line, or at the end when it has none. */
export function withValues(text: string, values: Readonly<Record<string, string>>): string {
  const named = new Set<string>();
  const replaced = text.replace(assignment, (whole, head: string, name: string, _old: string, comment: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    named.add(name);
    return value === undefined ? whole : `${head}${quoted(value)}${comment}`;
  });
  const more = Object.entries(values).filter(([name]) => !named.has(name));
  if (more.length === 0) return replaced;
  const lines = more.map(([name, value]) => `${name}=${quoted(value)}`);
  return `${[...replaced.trimEnd().split('\n'), ...lines].join('\n').trimStart()}\n`;
}

/** As `util.parseEnv` reads it back: quoted where a blank, a quote or a `#` would end it. */
const quoted = (value: string): string => {
  if (/^[\w./:@,+=-]*$/.test(value)) return value;
  const mark = ["'", '"', '`'].find((candidate) => !value.includes(candidate)) ?? '"';
  return `${mark}${value}${mark}`;
};
