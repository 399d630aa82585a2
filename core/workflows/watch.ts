import { answerFromWords } from '../domain/ask.ts';
import { ciVerdict } from '../domain/ci.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { isFinal, type Task } from '../domain/task.ts';
import { describe } from '../errors.ts';
import type { HostComment, HostHint, PullRequest } from '../ports.ts';
import type { Decisions } from './decisions.ts';
import type { Deps } from './deps.ts';
import { tellTask } from './signals.ts';

/**
 * Looks at the code host and tells tasks what changed. It compares what is there with what is stored, so webhooks are
 * only a reason to look sooner: lost, repeated or late ones change nothing. Every signal has a key and arrives once.
 */
export interface Watch {
  /** Looks at one task soon; several calls at once become one look. */
  look(task: TaskNumber): void;
  hint(hint: HostHint): Promise<void>;
  /** Looks at every open task now and then every `reconcileMs`. */
  start(): void;
  stop(): Promise<void>;
}

export function createWatch(deps: Deps, decisions: Decisions): Watch {
  const looking = new Map<TaskNumber, Promise<void>>();
  const again = new Set<TaskNumber>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const look = (task: TaskNumber) => {
    if (stopped) return;
    if (looking.has(task)) {
      again.add(task);
      return;
    }
    const done = observe(deps, decisions, task)
      .catch((error: unknown) => deps.log.warn({ task, error: describe(error) }, 'could not look at the code host'))
      .finally(() => {
        looking.delete(task);
        if (again.delete(task)) look(task);
      });
    looking.set(task, done);
  };

  const reconcile = async () => {
    for (const { number } of await deps.store.tasks.open()) look(number);
  };

  return {
    look,
    async hint(hint) {
      for (const task of await deps.store.tasks.concerned(hint.repo, hint)) look(task);
    },
    start() {
      const round = () =>
        reconcile().catch((error: unknown) => deps.log.warn({ error: describe(error) }, 'reconcile failed'));
      void round();
      timer = setInterval(() => void round(), deps.settings.reconcileMs);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.allSettled(looking.values());
    },
  };
}

async function observe(deps: Deps, decisions: Decisions, number: TaskNumber): Promise<void> {
  const task = await deps.store.tasks.find(number);
  if (!task || isFinal(task.status)) return;
  if (task.issue) await readIssue(deps, decisions, task, task.issue.number);
  if (task.pull) await readPull(deps, task, await deps.host.pullRequest(task.repo, task.pull.number));
}

/** Comments on the issue answer the open ask when their author may write to the repository; others are no answers. */
async function readIssue(deps: Deps, decisions: Decisions, task: Task, issue: number): Promise<void> {
  for (const comment of await fresh(deps, task, issue, 'issue')) {
    const ask = (await deps.store.asks.openOf(task.number)).find((item) => item.kind !== 'review');
    const answer = ask ? answerFromWords(ask.body, comment.body.trim()) : null;
    if (ask && answer) await decisions.answer(ask.id, answer, onHost(comment));
    else await decisions.steer(task.number, comment.body, onHost(comment));
  }
}

async function readPull(deps: Deps, task: Task, pull: PullRequest): Promise<void> {
  const { number } = task;
  if (pull.state !== 'open') {
    await tellTask(number, { type: 'pull', state: pull.state }, `pull:${pull.state}`);
    return;
  }
  const { phase, since } = task.status;
  if (phase !== 'ci' && phase !== 'review') return;
  const head = await deps.host.head(task.repo, task.branch);
  if (head !== task.head) {
    await tellTask(number, { type: 'head_moved', sha: head }, `head:${head}:${since}`);
    return;
  }
  if (head !== null && pull.mergeable === false) {
    await tellTask(number, { type: 'conflict', sha: head }, `conflict:${head}:${since}`);
    return;
  }
  if (phase === 'ci' && head !== null) await readChecks(deps, task, head);
  if (phase === 'review') await readReviews(deps, task, pull.number);
}

async function readChecks(deps: Deps, task: Task, sha: string): Promise<void> {
  const { number, status } = task;
  const items = await deps.host.checks(task.repo, sha);
  const verdict = ciVerdict(items, task.ignoredChecks);
  if (verdict.state === 'pending') {
    const detail = `${verdict.done} of ${verdict.total} checks are done`;
    const nextAt = Date.now() + deps.settings.reconcileMs;
    await deps.store.tasks.advance(
      number,
      { type: 'ci_watched', detail, nextAt },
      `ci:${sha}:${verdict.done}/${verdict.total}:${status.since}`,
      Date.now(),
    );
    deps.presenter.touch(`task:${number}`);
    return;
  }
  if (verdict.state === 'none' && Date.now() - status.since < deps.settings.ciGraceMs) return;
  const seen = items.map((item) => `${item.id}=${item.state}`).join(',');
  await tellTask(number, { type: 'ci', sha, verdict }, `ci:${sha}:${status.since}:${seen}`);
}

/** Everything new that reviewers wrote, in one signal; what we handed on is not read again. */
async function readReviews(deps: Deps, task: Task, pull: number): Promise<void> {
  const cursor = `github:reviews:${task.number}`;
  const since = Number((await deps.store.history.cursor(cursor)) ?? task.createdAt);
  const found = await deps.host.reviews(task.repo, pull, since);
  const remarks = await fresh(deps, task, pull, 'pull');
  const writers = await allowedAuthors(
    deps,
    task,
    [...found.reviews, ...found.comments].map((item) => item.author),
  );
  const comments = found.comments.filter((item) => writers.has(item.author));
  const reviews = found.reviews.filter(
    (item) =>
      writers.has(item.author) &&
      (item.state === 'changes_requested' || (item.state === 'commented' && item.body.trim() !== '')),
  );
  if (comments.length + reviews.length + remarks.length === 0) return;
  const ids = [...reviews, ...comments, ...remarks].map((item) => item.id);
  await tellTask(task.number, { type: 'review', reviews, comments, remarks }, `review:${ids.join(',')}`);
  await deps.store.history.setCursor(
    cursor,
    String(Math.max(since, ...found.reviews.map((r) => r.at), ...found.comments.map((c) => c.at))),
  );
}

/** New comments by people who may write to the repository; the cursor moves when they have been read. */
async function fresh(deps: Deps, task: Task, on: number, what: 'issue' | 'pull'): Promise<HostComment[]> {
  const cursor = `github:${what}:${task.number}`;
  const since = Number((await deps.store.history.cursor(cursor)) ?? task.createdAt);
  const comments = await deps.host.comments(task.repo, on, since);
  const last = comments.at(-1);
  if (last) await deps.store.history.setCursor(cursor, String(last.at));
  const writers = await allowedAuthors(
    deps,
    task,
    comments.map((comment) => comment.author),
  );
  return comments.filter((comment) => writers.has(comment.author));
}

async function allowedAuthors({ host }: Deps, task: Task, logins: readonly string[]): Promise<Set<string>> {
  const allowed = new Set<string>();
  for (const login of new Set(logins)) {
    const permission = await host.permission(task.repo, login);
    if (permission === 'admin' || permission === 'write') allowed.add(login);
  }
  return allowed;
}

/** Somebody with write permission decides on the code host as a member decides in chat. */
const onHost = (comment: HostComment) => ({
  person: { id: 0, name: comment.author, role: 'member' as const },
  name: comment.author,
  platform: 'github',
  origin: `github:c:${comment.id}`,
});
