import type { AttemptId, TaskNumber } from '../domain/ids.ts';
import { mostSaid, type OpenAttempt } from '../door.ts';
import { Failure } from '../errors.ts';
import type { WorkerEvent } from '../protocol.ts';
import { refusedLine } from '../words/log.ts';
import type { Deps } from './deps.ts';

/** Refusals of one attempt that are shown; what is refused to it after that is only in the program's log. */
const mostRefusals = 100;
/** Attempts that are remembered; of an older one the database is asked again. */
const mostAttempts = 500;

interface Used {
  events: number;
  bytes: number;
}

/** Bounds what a worker can make the program keep, and shows people what was refused to it. */
export function createDoorLimits({ store, presenter }: Pick<Deps, 'store' | 'presenter'>) {
  const events = new Map<AttemptId, Promise<Used>>();
  const sessions = new Map<TaskNumber, Promise<Used>>();
  const shown = new Map<AttemptId, Set<string>>();
  /** One at a time, so that two notes do not want the same place. */
  let noting: Promise<void> = Promise.resolve();

  async function refused(attempt: OpenAttempt, what: string): Promise<void> {
    const known = remembered(shown, attempt.id, () => new Set<string>());
    const text = refusedLine(what);
    if (known.has(text) || known.size >= mostRefusals) return;
    known.add(text);
    const note = async () => store.said.note(attempt.id, attempt.task, text, Date.now());
    const noted = noting.then(note);
    noting = noted.catch(() => undefined);
    await noted.catch((error) => {
      known.delete(text);
      throw error;
    });
    presenter.touch(`task:${attempt.task}`);
  }

  async function full(attempt: OpenAttempt, what: string): Promise<never> {
    await refused(attempt, what);
    throw new Failure(`Too much: ${what}.`, { code: 'full', remedy: 'never' });
  }

  return {
    refused,

    /** Records events unless they are too many. */
    async record(attempt: OpenAttempt, batch: readonly WorkerEvent[]): Promise<WorkerEvent[]> {
      if (batch.length === 0) return [];
      const used = await remembered(events, attempt.id, () => store.said.events(attempt.id));
      const sizes = batch.map(bytesOf);
      const size = sum(sizes);
      if (used.events + batch.length > mostSaid.events || used.bytes + size > mostSaid.eventBytes)
        return full(attempt, 'more events: this attempt has told all that is kept of one');
      // Taken before it is stored, so that many batches at once don't get past the limit together.
      add(used, batch.length, size);
      try {
        const fresh = await store.worker.record(attempt.id, attempt.task, batch);
        add(used, fresh.length - batch.length, sum(fresh.map(bytesOf)) - size);
        return fresh;
      } catch (error) {
        add(used, -batch.length, -size);
        throw error;
      }
    },

    /** Appends to the task's session unless that is too large. */
    async appendSession(attempt: OpenAttempt, entries: readonly { uuid: string; entry: unknown }[]): Promise<void> {
      const counted = async () => ({ events: 0, bytes: await store.said.sessionBytes(attempt.task) });
      const used = await remembered(sessions, attempt.task, counted);
      const size = sum(entries.map(bytesOf));
      if (used.bytes + size > mostSaid.sessionBytes)
        return full(attempt, 'more of the session: this task has all that is kept of one');
      add(used, 0, size);
      try {
        const fresh = new Set(await store.worker.appendSession(attempt.task, entries));
        const kept = entries.filter(({ uuid }) => fresh.delete(uuid));
        add(used, 0, sum(kept.map(bytesOf)) - size);
      } catch (error) {
        add(used, 0, -size);
        throw error;
      }
    },
  };
}

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.delete(key);
  map.set(key, known);
  const [oldest] = map.keys();
  if (map.size > mostAttempts && oldest !== undefined) map.delete(oldest);
  if (known instanceof Promise) known.catch(() => map.delete(key));
  return known;
}

function add(used: Used, events: number, bytes: number): void {
  used.events += events;
  used.bytes += bytes;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);
