import { accountKey, type Doc } from '../domain/chat.ts';
import type { WorkerActivity } from '../domain/progress.ts';
import { canUndo, type Proposal, undoMs } from '../domain/proposal.ts';
import { isFinal, type Task } from '../domain/task.ts';
import type { Sandbox } from '../ports.ts';
import type { WorkerEvent } from '../protocol.ts';
import type { Store } from '../store/index.ts';
import { type AskView, askCard, noLongerNeeded } from '../words/ask.ts';
import { joinCard, unjoinMs } from '../words/join.ts';
import { laterDoc, snoozed } from '../words/later.ts';
import { proposalCard } from '../words/proposal.ts';
import { progressCard } from '../words/task.ts';
import type { Drawing } from './presenter.ts';
import { zoneOf } from './surfaces.ts';
import { taskUrl } from './task-url.ts';

/** A sandbox, as far as it warns. */
export type Warns = Pick<Sandbox, 'warning'>;

/** How many finished tasks of a repository the forecast on a proposal looks at. */
const forecastOver = 9;

/** Draws a card from what is stored: `proposal:7`, `task:41`, `ask:12`, `later:12:3`, `join:3`. Null for what does not exist. */
export const createCards = (store: Store, publicUrl: string, sandbox: Warns) => {
  const drawings: Record<string, (id: number, also: number) => Promise<Drawing | null>> = {
    proposal: (id) => drawProposal(store, id),
    task: (id) => drawTask(store, id, { url: taskUrl(publicUrl, id), warning: sandbox.warning }),
    ask: (id) => drawAsk(store, id, publicUrl),
    join: (id) => drawJoin(store, id),
    later: (id, person) => drawLater(store, id, person),
  };
  return async function draw(subject: string): Promise<Drawing | null> {
    const [noun = '', id, also] = subject.split(':');
    return (await drawings[noun]?.(Number(id), Number(also))) ?? null;
  };
};

async function drawProposal(store: Store, id: number): Promise<Drawing | null> {
  const proposal = await store.proposals.find(id);
  if (!proposal) return null;
  const now = Date.now();
  const project = await store.projects.find(proposal.repo);
  const doc = proposalCard(proposal, {
    forecast: await forecast(store, proposal.repo),
    url: project?.url ?? null,
    now,
    files: (await store.files.linkedTo([`proposal:${id}`])).get(`proposal:${id}`)?.length ?? 0,
  });
  const undoable = canUndo(proposal, now) && proposal.decidedAt !== null;
  return {
    doc,
    settled: isDecided(proposal, now),
    ...(undoable ? { redrawAt: (proposal.decidedAt ?? now) + undoMs } : {}),
  };
}

/** An undo counts from the press; a program that was down may learn of it this much later, milliseconds. */
const lateUndoMs = 10 * 60_000;

/** Whether nothing can change the card any more. */
const isDecided = ({ state, decidedAt }: Proposal, now: number): boolean =>
  state === 'confirmed' ? now > (decidedAt ?? now) + undoMs + lateUndoMs : state !== 'open';

async function forecast(store: Store, repo: string) {
  const finished = await store.tasks.finished(repo, forecastOver);
  if (finished.length === 0) return null;
  return {
    minutes: median(finished.map((task) => task.minutes)),
    usd: median(finished.map((task) => task.usd)),
    count: finished.length,
  };
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

async function drawTask(
  store: Store,
  number: number,
  more: { url: string | null; warning: string | null },
): Promise<Drawing | null> {
  const task = await store.tasks.find(number);
  if (!task) return null;
  const doc = progressDoc(task, await store.asks.of(number), await activityOf(store, task), more);
  return { doc, settled: isFinal(task.status), ...(ticks(task) ? { redrawAt: nextTick(task, Date.now()) } : {}) };
}

/** The message of a task. `who`: whom it waits for where that is not the reader; `url`: of its page, for other places. */
export const progressDoc = (
  task: Task,
  asks: readonly AskView[],
  activity: WorkerActivity,
  {
    who,
    url = null,
    warning,
  }: { readonly who?: string; readonly url?: string | null; readonly warning: string | null },
): Doc =>
  progressCard(task, {
    ...{ activity, asks, ci: ciOf(task), now: Date.now(), taskUrl: url, warning },
    ...(who === undefined ? {} : { who }),
  });

/** What CI says while it holds the task. */
export const ciOf = ({ status }: Task): string | null => (status.phase === 'ci' ? status.detail : null);

/** A card that says "for 6 min" must not say so an hour later; one that waits for a person tells no passing time. */
const ticks = ({ status }: Task): boolean =>
  !isFinal(status) && status.holder !== 'you' && status.holder !== 'reviewer';

/** Every minute at first, then rarer: what it says is never off by more than a fifth. */
const nextTick = ({ status }: Task, now: number): number => now + Math.max(60_000, (now - status.since) / 5);

/** What a task's worker did. */
export const activityOf = async (store: Store, task: Task): Promise<WorkerActivity> => ({
  commits: await store.worker.commits(task.number),
  doing: await doingOf(store, task),
});

/** What a task's worker does now; empty when none is at work. */
export async function doingOf(store: Store, { number, status }: Task): Promise<string> {
  if (status.holder !== 'worker') return '';
  const doing = (await store.worker.latest(number, 20)).findLast(({ event }) => wordsOf(event) !== '');
  return doing ? wordsOf(doing.event) : '';
}

function wordsOf(event: WorkerEvent['event']): string {
  switch (event.type) {
    case 'tool':
      return event.summary;
    case 'commit':
      return `committed ${event.title}`;
    case 'check':
      return `${event.name} ${event.ok ? 'passed' : 'failed'}`;
    default:
      return '';
  }
}

async function drawAsk(store: Store, id: number, publicUrl: string): Promise<Drawing | null> {
  const ask = await store.asks.find(id);
  if (!ask) return null;
  const task = await store.tasks.get(ask.task);
  return {
    doc: askDoc(ask, task, taskUrl(publicUrl, task.number)),
    settled: ask.state !== 'open',
  };
}

/** The message of an ask, the same wherever it is shown. `url`: of the task's page, for other places. */
export const askDoc = (ask: AskView, task: Task, url: string | null = null): Doc =>
  askCard(ask, task, { now: Date.now(), planUrl: task.issue?.url ?? null, taskUrl: url });

async function drawJoin(store: Store, id: number): Promise<Drawing | null> {
  const join = await store.joins.find(id);
  if (!join) return null;
  const until = join.at + unjoinMs;
  const open = join.undoneAt === null && Date.now() < until;
  const accounts = await store.people.accountsOf(join.person);
  const name = accounts.find((account) => accountKey(account) === join.account)?.name ?? null;
  return { doc: joinCard(join, { name, open }), settled: !open, ...(open ? { redrawAt: until } : {}) };
}

/** What "later" offers to one person, until they chose or there is nothing to put off. */
async function drawLater(store: Store, id: number, person: number): Promise<Drawing | null> {
  const ask = await store.asks.find(id);
  if (!ask) return null;
  const until = (await store.askings.find(id, person))?.snoozedUntil ?? null;
  const now = Date.now();
  if (ask.state !== 'open') return { doc: { text: noLongerNeeded }, settled: true };
  if (until === null || until <= now) return { doc: laterDoc(id, ask.task), settled: false };
  const zone = zoneOf(await store.inbox.of(person));
  return { doc: { text: snoozed(ask.task, until, now, zone) }, settled: true };
}
