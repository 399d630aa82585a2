import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SentFile } from '../../core/protocol.ts';
import { Rejected } from './call.ts';
import type { BrokerClient } from './client.ts';

/** Fetches files that people sent; answers a line for each, for the prompt. */
export type Receive = (files: readonly SentFile[]) => Promise<string[]>;

/** Keeps what people sent in one directory outside of the repository, so that none of it is ever committed. */
export function createReceive(client: Pick<BrokerClient, 'file'>, directory: string): Receive {
  async function fetchOnce({ id, name, size }: SentFile): Promise<string> {
    const path = join(directory, basename(name));
    if (existsSync(path) && statSync(path).size === size) return path;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.part`, await client.file(id), { mode: 0o600 });
    renameSync(`${path}.part`, path);
    return path;
  }

  return async (files) => {
    const lines: string[] = [];
    for (const file of files) {
      try {
        lines.push(`${await fetchOnce(file)} (${file.mimeType}, ${file.size} bytes)`);
      } catch (error) {
        // Anything else means that the broker or the disk is lost, and with it the attempt.
        if (!(error instanceof Rejected)) throw error;
        lines.push(`${file.name} could not be fetched`);
      }
    }
    return lines;
  };
}
