import { spawn } from 'node:child_process';
import { executablePath } from '../config.ts';

export interface GitOptions {
  input?: string | Buffer;
  env?: Record<string, string>;
  /** Exit codes that are an answer rather than an error; default only 0. */
  accept?: number[];
}

export interface GitResult {
  code: number;
  stdout: Buffer;
}

export class GitError extends Error {
  constructor(args: string[], code: number | null, stderr: string) {
    super(`git ${args.join(' ')} exited with ${code}: ${stderr.trim()}`);
    this.name = 'GitError';
  }
}

/** Environment that keeps the machine's own git settings out and never asks for a password. */
export const gitEnvironment: Record<string, string> = {
  PATH: executablePath,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.com',
  GIT_AUTHOR_NAME: 'GitHub',
  GIT_AUTHOR_EMAIL: 'noreply@github.com',
};

/** Runs git in a directory. @throws GitError when it exits with a code that is not accepted. */
export function runGit(directory: string, args: string[], options: GitOptions = {}): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-C', directory, '-c', 'core.quotePath=false', ...args], {
      env: { ...gitEnvironment, ...options.env },
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      // git may finish without reading all of its input; its exit code tells whether that mattered.
      if (error.code !== 'EPIPE') reject(error);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== null && (options.accept ?? [0]).includes(code)) resolve({ code, stdout: Buffer.concat(out) });
      else reject(new GitError(args, code, Buffer.concat(err).toString()));
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Runs git and gives its output as text without the last line break. */
export async function git(directory: string, args: string[], options: GitOptions = {}): Promise<string> {
  return (await runGit(directory, args, options)).stdout.toString().replace(/\n$/, '');
}
