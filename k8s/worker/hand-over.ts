import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { handOver as most } from '../../core/protocol.ts';
import { Rejected } from './call.ts';
import type { BrokerClient } from './client.ts';

/** Looked at in one directory, most. */
const maxEntries = 50;

/**
 * Hands over what lies in `directory`, oldest first, and removes what was taken. What is refused stays and is told of.
 * Only plain files: a link could lead anywhere.
 */
export async function handOver(
  client: Pick<BrokerClient, 'handOver'>,
  directory: string,
  tell: (text: string) => void,
): Promise<void> {
  let taken = 0;
  for (const name of entries(directory)) {
    if (taken >= most.files)
      return tell(`More than ${most.files} files lie in the output; ${name} and what is newer stay.`);
    const path = join(directory, name);
    const file = read(path);
    if (typeof file === 'string') {
      tell(`${name} is not handed over: ${file}.`);
      continue;
    }
    try {
      await client.handOver(name, file);
      rmSync(path, { force: true });
      taken += 1;
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      tell(`${name} is not handed over: ${error.message}`);
    }
  }
}

/** Names, by the time of their last change. */
function entries(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const found = readdirSync(directory).slice(0, maxEntries);
  const age = (name: string) => lstatSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return found
    .map((name) => ({ name, age: age(name) }))
    .sort((a, b) => a.age - b.age)
    .map(({ name }) => name);
}

/** The bytes, or why they are not taken. */
function read(path: string): Buffer | string {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (!stat.isFile()) return 'it is no plain file';
    if (stat.size > most.bytes) return `it is larger than ${most.bytes / 1024 / 1024} MB`;
    return readFileSync(file);
  } catch (error) {
    // A link, or gone meanwhile: whatever lies here must not cost the work.
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
