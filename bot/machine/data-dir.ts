import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { Check } from '../check.ts';

const gigabyte = 1e9;
/** Less, and the database stops in the middle of the work; below the second, large repositories fill it soon. */
const [least, comfortable] = [0.5 * gigabyte, 5 * gigabyte];

/** Whether the program can keep its files there, and has room for them. Writes nothing. */
export const dataDirCheck = (dataDir: string): Check => ({
  name: 'DATA_DIR',
  part: 'DATA',
  async run(note) {
    const place = nearest(dataDir);
    if (!statSync(place).isDirectory()) throw wrong(`DATA_DIR ${dataDir} cannot be made: ${place} is a file.`);
    try {
      accessSync(place, constants.W_OK | constants.X_OK);
    } catch (cause) {
      throw wrong(`DATA_DIR ${dataDir} cannot be written (${(cause as NodeJS.ErrnoException).code}).`, cause);
    }
    const { bavail, bsize } = statfsSync(place);
    const free = bavail * bsize;
    if (free < least) throw wrong(`DATA_DIR has only ${words(free)} left on its disk.`, undefined, 'Free some of it');
    if (free < comfortable)
      note(`DATA_DIR has ${words(free)} left on its disk; each task has a clone of its repository.`);
    return `${relative('', dataDir) || dataDir}, ${words(free)} free`;
  },
});

const nearest = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearest(dirname(path)));

const words = (bytes: number) =>
  bytes < gigabyte ? `${Math.floor(bytes / 1e6)} MB` : `${Math.floor(bytes / gigabyte)} GB`;

const wrong = (message: string, cause?: unknown, advice = 'Give this user the right to write there') =>
  new Failure(message, {
    code: 'data_dir_unusable',
    remedy: 'never',
    advice: `${advice}, or set DATA_DIR to another place.`,
    cause,
  });
