import type { TaskNumber } from '../domain/ids.ts';

const local = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Where people on other devices open a task's page; null while the program knows no address but this machine's own. */
export const taskUrl = (publicUrl: string, task: TaskNumber): string | null =>
  local.has(new URL(publicUrl).hostname) ? null : `${publicUrl}/tasks/${task}`;
