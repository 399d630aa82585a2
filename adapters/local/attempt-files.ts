import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { AttemptId, TaskNumber } from '../../core/domain/ids.ts';

const record = z.object({
  pid: z.number().int(),
  /** As the system tells it, so that a recycled process id is not taken for ours. */
  startedAt: z.string(),
});
export type ProcessRecord = z.infer<typeof record>;

/** What is known of an attempt, in files of its task's directory, so that it outlives the program. */
export interface AttemptFiles {
  readonly task: string;
  readonly directory: string;
  /** The attempt's name among all of all programs on this machine; `MAINLOOP_ATTEMPT` of everything it starts. */
  readonly mark: string;
  readonly record: string;
  /** Written by the attempt's shell, first of all and only once: its process id. */
  readonly pid: string;
  /** Written by the attempt's shell, last of all: the worker's exit code. */
  readonly exit: string;
  readonly log: string;
  /** Shared by all attempts. */
  readonly compileCache: string;
}

export function filesOf(dir: string, attempt: AttemptId): AttemptFiles {
  const task = join(dir, attempt.split('.')[0] ?? attempt);
  const directory = join(task, 'attempts');
  const own = join(directory, attempt);
  return {
    task,
    directory,
    mark: own,
    record: `${own}.json`,
    pid: `${own}.pid`,
    exit: `${own}.exit`,
    log: `${own}.log`,
    compileCache: join(dir, 'compile-cache'),
  };
}

/** Attempts of a task that were ever begun here. */
export function attemptsIn(task: string): AttemptId[] {
  const directory = join(task, 'attempts');
  if (!existsSync(directory)) return [];
  const begun = readdirSync(directory).filter((name) => name.endsWith('.pid'));
  return begun.map((name) => basename(name, '.pid'));
}

/** Tasks that have a directory here. */
export function tasksIn(dir: string): TaskNumber[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

const keptOutput = 4_000;

/** The end of a log, or nothing while there is none. */
export function lastOf(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8').slice(-keptOutput) : '';
}

export function readRecord(files: AttemptFiles): ProcessRecord | null {
  return existsSync(files.record) ? record.parse(JSON.parse(readFileSync(files.record, 'utf8'))) : null;
}

/** Written whole or not at all. */
export function writeRecord(files: AttemptFiles, value: ProcessRecord): void {
  writeFileSync(`${files.record}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${files.record}.new`, files.record);
}

/** A number in a file, or null while there is none. */
export function readNumber(path: string): number | null {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return /^\d+$/.test(text) ? Number(text) : null;
}
