import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '../../core/errors.ts';
import type { Check } from '../check.ts';
import { claudeCodeVersion } from './claude-code.ts';

/** The programs that workers run. */
export const programChecks: readonly Check[] = [
  { name: 'Claude Code', part: '', run: claudeCodeVersion },
  { name: 'git', part: '', run: gitVersion },
];

async function gitVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version']);
    return stdout.replace(/^git version /, '').trim();
  } catch (cause) {
    throw new Failure(`does not run (${(cause as NodeJS.ErrnoException).code}).`, {
      code: 'git_missing',
      remedy: 'never',
      advice: 'Install git; workers clone and push with it.',
      cause,
    });
  }
}
