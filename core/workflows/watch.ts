import type { HostComment, HostHint, HostReview, PullRequest } from '../code-host.ts';
import { answerFromWords } from '../domain/ask.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { hostMember, may } from '../domain/policy.ts';
import { openQuestions, type Part } from '../domain/questions.ts';
import { isFinal, type Task } from '../domain/task.ts';
import { describe } from '../errors.ts';
import { issueGone } from '../words/task.ts';
import { commentsBefore } from './asking.ts';
import type { Decisions } from './decisions.ts';
import { clockSkewMs, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { unlessGone } from './gone.ts';
import { hostAccount, hostPlatform } from './membership.ts';
import type { Actor } from './record.ts';
import { createChecksWatch } from './watch-checks.ts';

/**
 * Looks at the code host and tells tasks what changed. It compares what is there with what is stored, so webhooks are
 * only a reason to look sooner: lost, repeated or late ones change nothing. Every signal has a key and arrives once.
 */
export interface Watch {
  /** Looks at one task soon; several calls at once become one look. */
  look(task: TaskNumber): void;
  hint(hint: HostHint): Promise<void>;
  /** Looks at the tasks that wait for the code host now and then every `reconcileMs`, the least recently seen first. */
  start(): void;
  stop(): Promise<void>;
}

/** GitHub allows 5,000 requests an hour and a look takes about six, in review nine: with many tasks the rounds take turns. */
const looksPerRound = 8;

/** The part of a round that what waits for CI may take, so that people's answers are found too. */
const ciLooksPerRound = 5;

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
    lookedAt.set(task, Date.now());
    const done = observe(deps, decisions, readChecks, task)
      .catch((error: unknown) => deps.log.warn({ task, error: describe(error) }, 'could not look at the code host'))
      .finally(() => {
        looking.delete(task);
        if (again.delete(task)) look(task);
      });
    looking.set(task, done);
  };

  const readChecks = createChecksWatch(deps, look);
  const lookedAt = new Map<TaskNumber, number>();
  const reconcile = async () => {
    const oldest = (await deps.store.tasks.onHost()).sort((a, b) => last(a) - last(b));
    const ci = oldest.filter(({ phase }) => phase === 'ci').slice(0, ciLooksPerRound);
    const due = [...ci, ...oldest.filter((task) => !ci.includes(task))].slice(0, looksPerRound);
    for (const { number } of due) look(number);
  };
  const last = ({ number }: Pick<Task, 'number'>) => lookedAt.get(number) ?? 0;

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

type ReadChecks = ReturnType<typeof createChecksWatch>;

async function observe(deps: Deps, decisions: Decisions, readChecks: ReadChecks, number: TaskNumber): Promise<void> {
  const task = await deps.store.tasks.find(number);
  if (!task || isFinal(task.status)) return;
  const { issue, pull } = task;
  try {
    if (issue && !(await unlessGone(() => readIssue(deps, decisions, task, issue.number)))) await sayGone(deps, task);
  } finally {
    // The work is on the pull request, whatever became of the issue.
    if (pull) await readPull(deps, readChecks, task, await deps.host.pullRequest(task.repo, pull.number));
  }
}

/** Once: that nobody is heard on the issue any more, since it was deleted or the repository has no issues now. */
async function sayGone(deps: Deps, task: Task): Promise<void> {
  const key = `task:${task.number}:issue-gone`;
  await deliver(deps, { key, place: task.place, subject: null, doc: issueGone(task), settled: true });
}

/** Comments on the issue answer the open ask when their author may write to the repository; others are no answers. */
async function readIssue(deps: Deps, decisions: Decisions, task: Task, issue: number): Promise<void> {
  const cursor = `github:issue:${task.number}`;
  const { at, isNew } = await position(deps, task, cursor);
  const comments = (await deps.host.comments(task.repo, issue, at)).filter(isNew);
  const writers = await allowedAuthors(deps, task, comments);
  for (const comment of comments) {
    if (writers.has(comment.author)) await take(deps, decisions, task, issue, comment);
    await move(deps, cursor, [comment]);
  }
}

async function take(deps: Deps, decisions: Decisions, task: Task, issue: number, comment: HostComment): Promise<void> {
  const open = (await deps.store.asks.openOf(task.number)).find((ask) => ask.kind !== 'review');
  const before = open && (await deps.store.history.cursor(commentsBefore(open.id)));
  const isLater = open && (before ? comment.id > Number(before) : comment.at >= open.createdAt - clockSkewMs);
  const ask = isLater ? open : undefined;
  const actor = await onHost(deps, task, issue, comment);
  if (ask?.body.kind === 'question') {
    // One comment answers all that is still open: nobody reads there which question is next.
    const missing = openQuestions(ask.body.questions, ask.draft);
    const parts = missing.map((question): Part => ({ type: 'write', question, text: comment.body }));
    await decisions.reply(ask.id, parts, actor);
    return;
  }
  const answer = ask ? answerFromWords(ask.body, comment.body.trim()) : null;
  if (!ask || !answer) {
    await decisions.steer(task.number, comment.body, actor);
    return;
  }
  const { say, refused } = await decisions.answer(ask.id, answer, actor);
  if (say && refused === 'own')
    await deps.host.ensureComment(task.repo, issue, { marker: `refused:${comment.id}`, body: say });
}

async function readPull(deps: Deps, readChecks: ReadChecks, task: Task, pull: PullRequest): Promise<void> {
  const { number } = task;
  if (pull.state !== 'open') {
    await deps.tellTask(number, { type: 'pull', state: pull.state }, `pull:${pull.state}`);
    return;
  }
  const { phase, since } = task.status;
  if (phase !== 'ci' && phase !== 'review' && !task.status.parked) return;
  const head = await deps.host.head(task.repo, task.branch);
  if (head !== task.head) {
    await deps.tellTask(number, { type: 'head_moved', sha: head }, `head:${head}:${since}`);
    return;
  }
  if (head !== null && pull.mergeable === false) {
    await deps.tellTask(number, { type: 'conflict', sha: head }, `conflict:${head}:${since}`);
    return;
  }
  if (phase === 'review') await readReviews(deps, task, pull.number);
  if ((phase === 'ci' || phase === 'review') && head !== null) await readChecks(task, head);
}

/** Everything new that reviewers wrote, in one signal; the cursors move when it is sent. */
async function readReviews(deps: Deps, task: Task, pull: number): Promise<void> {
  const cursors = {
    reviews: `github:reviews:${task.number}`,
    comments: `github:review-comments:${task.number}`,
    remarks: `github:pull:${task.number}`,
  };
  const [reviewed, commented, remarked] = await Promise.all(
    Object.values(cursors).map((name) => position(deps, task, name)),
  );
  if (!reviewed || !commented || !remarked) return;
  const found = await deps.host.reviews(task.repo, pull, Math.min(reviewed.at, commented.at));
  const news = {
    reviews: found.reviews.filter(reviewed.isNew),
    comments: found.comments.filter(commented.isNew),
    remarks: (await deps.host.comments(task.repo, pull, remarked.at)).filter(remarked.isNew),
  };
  const all = [...news.reviews, ...news.comments, ...news.remarks];
  if (all.length === 0) return;
  const writers = await allowedAuthors(deps, task, all);
  const reviews = news.reviews.filter((review) => writers.has(review.author) && wantsSomething(review));
  const comments = news.comments.filter((comment) => writers.has(comment.author));
  const remarks = news.remarks.filter((comment) => writers.has(comment.author));
  if (reviews.length + comments.length + remarks.length > 0) {
    const ids = [...reviews, ...comments, ...remarks].map((item) => item.id);
    await deps.tellTask(task.number, { type: 'review', reviews, comments, remarks }, `review:${ids.join(',')}`);
  }
  await move(deps, cursors.reviews, news.reviews);
  await move(deps, cursors.comments, news.comments);
  await move(deps, cursors.remarks, news.remarks);
}

const wantsSomething = ({ state, body }: HostReview): boolean =>
  state === 'changes_requested' || (state === 'commented' && body.trim() !== '');

/** Something written, and when others could first read it. */
interface Written {
  readonly at: number;
  readonly id: number;
}

/**
 * How far a list was read: a second of the host's clock, and what was read of that second. Ids alone would not do: those of
 * a review are older than its publication.
 */
interface Position {
  readonly at: number;
  isNew(item: Written): boolean;
}

async function readUntil({ store }: Deps, cursor: string): Promise<{ at: number; ids: number[] } | null> {
  const [at, ids] = (await store.history.cursor(cursor))?.split(':') ?? [];
  return at === undefined ? null : { at: Number(at), ids: (ids ?? '').split(',').map(Number) };
}

async function position(deps: Deps, task: Task, cursor: string): Promise<Position> {
  const { at, ids } = (await readUntil(deps, cursor)) ?? { at: task.createdAt - clockSkewMs, ids: [] };
  return { at, isNew: (item) => item.at > at || (item.at === at && !ids.includes(item.id)) };
}

async function move(deps: Deps, cursor: string, read: readonly Written[]): Promise<void> {
  if (read.length === 0) return;
  const before = await readUntil(deps, cursor);
  const at = Math.max(...read.map((item) => item.at));
  const ids = read.filter((item) => item.at === at).map((item) => item.id);
  await deps.store.history.setCursor(cursor, `${at}:${[...(before?.at === at ? before.ids : []), ...ids].join(',')}`);
}

/** Who may write to the repository, and, where we know the person behind the login, may direct its tasks. */
async function allowedAuthors(
  { host, store }: Deps,
  task: Task,
  written: readonly { author: string }[],
): Promise<Set<string>> {
  const allowed = new Set<string>();
  for (const login of new Set(written.map((item) => item.author))) {
    const permission = await host.permission(task.repo, login);
    if (permission !== 'admin' && permission !== 'write') continue;
    const person = await store.people.byAccount(hostAccount(login));
    if (person === null || may(person, 'steer', task.repo)) allowed.add(login);
  }
  return allowed;
}

/**
 * Somebody with write permission decides on the code host as a member of this project does in chat; a login that belongs to
 * a person is that person.
 */
async function onHost({ store }: Deps, { repo }: Task, issue: number, comment: HostComment): Promise<Actor> {
  const account = hostAccount(comment.author);
  return {
    person: (await store.people.byAccount(account)) ?? hostMember(comment.author, repo),
    name: comment.author,
    platform: hostPlatform,
    account,
    place: { platform: hostPlatform, space: '', channel: `${repo}#${issue}`, dm: false },
    origin: `github:c:${comment.id}`,
  };
}
