import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const compileCache = join(tmpdir(), 'mainloop-bench-compile-cache');

/** Starts a program in a process of its own, with a channel for messages; it ends with the scope. */
export async function startChild(
  scope: AsyncDisposableStack,
  file: URL,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
  attend: (child: ChildProcess) => void = () => undefined,
): Promise<ChildProcess> {
  const entry = fileURLToPath(file);
  const child = spawn(process.execPath, [...flags, entry], {
    // As the program itself does: a second start finds its code compiled.
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  scope.defer(() => endChild(child));
  attend(child);
  await next(child, 'ready');
  return child;
}

/** kill -9, and waits until it is gone. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** The next message of that type. @throws Error when the child ends before */
export function next<T extends { type: string }>(child: ChildProcess, type: string): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const hear = (message: unknown) => {
    const said = message as T;
    if (said.type === type) resolve(said);
  };
  const end = () => reject(new Error(`a process ended before it said "${type}"`));
  child.on('message', hear).once('exit', end);
  return promise.finally(() => child.off('message', hear).off('exit', end));
}
