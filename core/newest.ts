/** One chance to send. */
export interface Turn<C> {
  readonly newest: C;
  /** The newest content; what comes from now on waits for a turn of its own. */
  take(): C;
  /** It was not sent: until the next {@link take} a newer content may still take its place. */
  putBack(): void;
}

interface Pending<C, R> {
  content: C;
  done: Promise<R>;
}

/** Sends one content; `before` is what came of the one before it, if that went well and was not long ago. */
export type Act<C, R> = (turn: Turn<C>, before: R | undefined) => Promise<R>;

/**
 * Sends contents of one thing in order, where only the newest matters: while one waits for its turn, a newer one takes its
 * place, and both callers hear how that one went. Contents of other things (`id`) don't wait for it.
 */
export function createNewest<C, R = void>(): (id: string, content: C, act: Act<C, R>) => Promise<R> {
  const waiting = new Map<string, Pending<C, R>>();
  const last = new Map<string, Promise<R>>();
  return async function send(id, content, act) {
    const queued = waiting.get(id);
    if (queued) {
      queued.content = content;
      return queued.done;
    }
    // That the one before failed was told to who sent it.
    const before = last.get(id)?.catch(() => undefined) ?? Promise.resolve(undefined);
    const turn = {
      get newest() {
        return pending.content;
      },
      take() {
        waiting.delete(id);
        return pending.content;
      },
      putBack() {
        if (!waiting.has(id)) waiting.set(id, pending);
      },
    };
    const pending: Pending<C, R> = { content, done: before.then((result) => act(turn, result)) };
    waiting.set(id, pending);
    last.set(id, pending.done);
    try {
      return await pending.done;
    } finally {
      if (waiting.get(id) === pending) waiting.delete(id);
      if (last.get(id) === pending.done) last.delete(id);
    }
  };
}
