import type { TaskNumber } from '../domain/ids.ts';
import type { Person } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import type { Ask } from '../store/asks.ts';
import type { Store } from '../store/index.ts';
import { headline, plain } from '../words/text.ts';
import { type Answering, answeringOf } from '../workflows/recipients.ts';
import type { Waiting } from './attention.ts';

/** Some tasks with their asks, as one viewer stands to them. */
export interface Standing {
  readonly viewer: Person;
  readonly now: number;
  readonly answering: Answering;
  /** Open and settled, in the order in which they were opened. */
  asksOf(task: TaskNumber): readonly Ask[];
  openOf(task: TaskNumber): readonly Ask[];
  /** Until when the viewer put an ask off; null when it waits. */
  snoozedUntil(ask: Ask): number | null;
  waitingOf(task: Task): Waiting;
  /** Whom a task waits for where it waits for a person: `you`, or a name. */
  whoOf(task: Task): string;
}

/** Reads all that is about these tasks, in a few queries however many they are. */
export async function standingOf(store: Store, viewer: Person, tasks: readonly Task[]): Promise<Standing> {
  const now = Date.now();
  const [answering, asks, askings] = await Promise.all([
    answeringOf(store, tasks),
    store.asks.ofTasks(tasks.map(({ number }) => number)),
    store.askings.of(viewer.id),
  ]);
  const byTask = Map.groupBy(asks, ({ task }) => task);
  const putOff = new Map(askings.map(({ ask, snoozedUntil }) => [ask, snoozedUntil ?? 0]));

  const asksOf = (task: TaskNumber) => byTask.get(task) ?? [];
  const openOf = (task: TaskNumber) => asksOf(task).filter(({ state }) => state === 'open');
  const snoozedUntil = ({ id }: Ask) => {
    const until = putOff.get(id) ?? 0;
    return until > now ? until : null;
  };
  return {
    ...{ viewer, now, answering, asksOf, openOf, snoozedUntil },
    waitingOf({ number }) {
      const open = openOf(number);
      const theirs = open.filter((ask) => answering.may(viewer, ask) && snoozedUntil(ask) === null);
      return { now: theirs.length, all: open.length };
    },
    whoOf({ number, person }) {
      const open = openOf(number);
      if (open.length === 0 ? person === viewer.id : open.some((ask) => answering.may(viewer, ask))) return 'you';
      const first = open.flatMap((ask) => answering.whoMay(ask))[0]?.name ?? answering.nameOf(person);
      return first === null ? 'an owner' : plain(headline(first));
    },
  };
}
