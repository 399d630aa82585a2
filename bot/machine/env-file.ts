import { statSync } from 'node:fs';
import { Failure } from '../../core/errors.ts';
import type { Check } from '../check.ts';

/** Whether others on the machine can read the secrets in a `.env` file. */
export const envFileCheck = (file = '.env'): Check => ({
  name: file,
  part: '',
  async run() {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return 'none, settings come from the environment';
    const mode = stat.mode & 0o777;
    if ((mode & 0o077) === 0) return 'only its owner can read it';
    throw new Failure(`others on this machine can read it (mode ${mode.toString(8)}).`, {
      code: 'too_open',
      remedy: 'never',
      advice: `Run: chmod 600 ${file}`,
    });
  },
});
