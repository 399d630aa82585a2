import { type Ran, run } from './process.ts';

/** A git command failed; `output` is what it said. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly output: string;

  constructor(args: readonly string[], ran: Ran) {
    const output = `${ran.stderr}\n${ran.stdout}`.trim();
    super(`git ${args[0]} ${ran.timedOut ? 'took too long' : `ended with ${ran.code}`}: ${output.slice(-600)}`);
    this.output = output;
  }
}

export interface Git {
  /** Standard output without the line end; throws {@link GitError}. */
  (args: readonly string[], extra?: Readonly<Record<string, string>>): Promise<string>;
  /** As the call, but null when git answers no. */
  maybe(args: readonly string[]): Promise<string | null>;
}

const timeoutMs = 10 * 60_000;
const keep = 4_000_000;

/** git in one directory. Hooks of the project stay out of it: what the worker itself does must not be steered by them. */
export function createGit(cwd: string, env: Readonly<Record<string, string>>): Git {
  const exec = (args: readonly string[], extra?: Readonly<Record<string, string>>) =>
    run('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'maintenance.auto=false', '-c', 'gc.auto=0', ...args], {
      cwd,
      env: { ...env, ...extra },
      timeoutMs,
      keep,
    });
  const git = async (args: readonly string[], extra?: Readonly<Record<string, string>>): Promise<string> => {
    const ran = await exec(args, extra);
    if (ran.code !== 0) throw new GitError(args, ran);
    return ran.stdout.replace(/\n$/, '');
  };
  const maybe = async (args: readonly string[]): Promise<string | null> => {
    const ran = await exec(args);
    return ran.code === 0 ? ran.stdout.replace(/\n$/, '') : null;
  };
  return Object.assign(git, { maybe });
}
