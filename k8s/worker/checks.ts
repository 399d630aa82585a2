import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from './process.ts';

export interface CheckRun {
  readonly name: string;
  readonly command: string;
  readonly ok: boolean;
  /** The end of what it printed, at most {@link maxOutput} characters. */
  readonly output: string;
}

type Check = Pick<CheckRun, 'name' | 'command'>;

const timeoutMs = 10 * 60_000;
const maxOutput = 4_000;

/** Runs the named checks one after the other. */
export async function runChecks(
  checks: readonly Check[],
  options: { cwd: string; env: Readonly<Record<string, string>>; signal: AbortSignal; done(check: CheckRun): void },
): Promise<CheckRun[]> {
  const results: CheckRun[] = [];
  for (const check of checks) {
    if (options.signal.aborted) break;
    const ran = await run('/bin/sh', ['-c', `exec 2>&1\n${check.command}`], { ...options, timeoutMs, keep: maxOutput });
    const late = ran.timedOut ? `\nStopped after ${timeoutMs / 60_000} minutes.` : '';
    const result = { ...check, ok: ran.code === 0, output: (ran.stdout + late).trim().slice(-maxOutput) };
    results.push(result);
    options.done(result);
  }
  return results;
}

const manifest = z.object({ scripts: z.record(z.string(), z.string()).optional() });

/** The project's own test command, found by what lies in its top directory; empty when there is none to be sure of. */
export function detectChecks(directory: string): Check[] {
  const has = (name: string) => existsSync(join(directory, name));
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  if (has('package.json') && hasTestScript(read('package.json'))) {
    return [{ name: 'tests', command: `${installCommand(has)}npm test` }];
  }
  if (has('Makefile') && /^test\s*:/m.test(read('Makefile'))) return [{ name: 'tests', command: 'make test' }];
  if (has('go.mod')) return [{ name: 'tests', command: 'go test ./...' }];
  if (has('Cargo.toml')) return [{ name: 'tests', command: 'cargo test' }];
  const python = has('pyproject.toml') && /\bpytest\b/.test(read('pyproject.toml'));
  if (python || has('pytest.ini') || has('conftest.py')) return [{ name: 'tests', command: 'python3 -m pytest' }];
  return [];
}

function installCommand(has: (name: string) => boolean): string {
  if (has('node_modules')) return '';
  if (has('package-lock.json') || has('npm-shrinkwrap.json')) return 'npm ci && ';
  return has('yarn.lock') || has('pnpm-lock.yaml') ? 'npm install --no-package-lock && ' : '';
}

function hasTestScript(text: string): boolean {
  try {
    const test = manifest.parse(JSON.parse(text)).scripts?.test;
    return test !== undefined && !test.includes('no test specified');
  } catch {
    return false; // a package.json that npm can't read has no test command either
  }
}
