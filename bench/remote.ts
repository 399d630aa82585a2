import type { ChildProcess } from 'node:child_process';
import { Failure, type FailureOptions } from '../core/errors.ts';

interface Call {
  readonly type: 'call';
  readonly id: number;
  readonly object: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface Answer {
  readonly type: 'answer';
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: { message: string } & Pick<FailureOptions, 'code' | 'remedy'>;
}

type Methods = Readonly<Record<string, unknown>>;

/** Answers what a child calls with the methods of our objects. */
export function serve(child: ChildProcess, objects: Readonly<Record<string, object>>): void {
  child.on('message', async (message: Call) => {
    if (message.type !== 'call') return;
    const answer = await perform(objects[message.object] as Methods, message);
    if (child.connected) child.send({ type: 'answer', id: message.id, ...answer });
  });
}

async function perform(object: Methods, { method, args }: Call): Promise<Pick<Answer, 'value' | 'failure'>> {
  try {
    const act = object[method] as (...given: readonly unknown[]) => unknown;
    return { value: await act.apply(object, [...args]) };
  } catch (error) {
    const { message } = error as Error;
    const { code, remedy } = error instanceof Failure ? error : { code: 'unexpected', remedy: 'never' as const };
    return { failure: { message, code, remedy } };
  }
}

/** In the child: the parent's objects, as if they were here. */
export function connectRemote() {
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  process.on('message', (message: Answer) => {
    if (message.type !== 'answer') return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });

  function call<T>(object: string, method: string, ...args: readonly unknown[]): Promise<T> {
    last += 1;
    const id = last;
    return new Promise((resolve, reject) => {
      waiting.set(id, ({ value, failure }) => {
        if (failure) reject(new Failure(failure.message, failure));
        else resolve((value === undefined ? null : value) as T);
      });
      process.send?.({ type: 'call', id, object, method, args });
    });
  }

  /** `own` stays here; everything else is a call. */
  const remote = <T extends object>(object: string, own: Partial<T>): T =>
    new Proxy(own as T, {
      get: (target, method) =>
        method in target
          ? target[method as keyof T]
          : (...args: readonly unknown[]) => call(object, String(method), ...args),
    });

  return { call, remote };
}
