import type { Job, Result } from '../../core/protocol.ts';
import { type CheckRun, detectChecks, runChecks } from './checks.ts';
import type { Claude } from './claude.ts';
import { commitLeftovers, commitsOf, type Pushed } from './delivery.ts';
import type { Git } from './git.ts';
import { planOutput, type TurnEnd, workOutput } from './outcome.ts';
import { movedBranchPrompt, redChecksPrompt, refusedPushPrompt, rewrittenBranchPrompt } from './prompt.ts';
import { knownBranch } from './unfinished.ts';

export interface Run {
  readonly job: Job;
  readonly git: Git;
  readonly claude: Claude;
  readonly session: string;
  readonly directory: string;
  /** Environment of the project's own checks, without the token. */
  readonly checkEnvironment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  push(): Promise<Pushed>;
  onCheck(check: CheckRun): void;
  onLog(text: string): void;
}

/** How often a red check or a conflict is given back to Claude before the work goes as it is. */
const maxRounds = 2;

/** A plan run: one turn, nothing is written. */
export async function planRun({ claude, session }: Run): Promise<Result> {
  let end = await claude.next();
  while (claude.busy) end = await claude.next();
  if (end.type !== 'done') return ending(end, session);
  const output = planOutput.safeParse(end.output);
  const plan = output.success ? output.data : { summary: firstLine(end.text), plan: end.text };
  if (plan.plan.trim() === '') return noResult;
  return { type: 'plan', ...plan, session };
}

/** Implement, fix or address: Claude's turn, then the checks, which Claude hears of when they are red, then the push. */
export async function workRun(run: Run): Promise<Result> {
  const { job, git, claude, session } = run;
  for (let round = 0; ; round += 1) {
    const end = await claude.next();
    if (end.type !== 'done') return ending(end, session);
    const output = workOutput.safeParse(end.output);
    const { title, summary, replies = [] } = output.success ? output.data : fallback(end.text);
    await commitLeftovers(git, title);
    const commits = await commitsOf(git, job);
    const checks = commits > 0 ? await check(run) : [];
    run.signal.throwIfAborted();
    if (claude.busy) continue;
    if (checks.some((each) => !each.ok) && round < maxRounds) {
      claude.say(redChecksPrompt(checks));
      continue;
    }
    if (commits === 0) return { type: 'nothing', summary, session };
    const pushed = await run.push();
    if (typeof pushed === 'object') {
      if (round >= maxRounds + 1) return refusedPush(pushed.refused);
      claude.say(refusedPushPrompt(job, pushed.refused));
      continue;
    }
    if (pushed !== 'pushed') {
      if (round >= maxRounds + 1) return unpushed[pushed];
      claude.say(pushed === 'moved' ? movedBranchPrompt(job) : rewrittenBranchPrompt(job, await knownBranch(git)));
      continue;
    }
    if (claude.busy) continue;
    return { type: 'work', head: await git(['rev-parse', 'HEAD']), title, summary, checks, replies, session };
  }
}

/** The project's own checks, then what language servers say. */
async function check(run: Run): Promise<CheckRun[]> {
  const { job, git, directory, checkEnvironment, signal, onCheck, onLog } = run;
  const named = job.checks ?? detectChecks(directory);
  if (named.length === 0) onLog('The repository has no test command that I recognise, so nothing was checked here.');
  const own = await runChecks(named, { cwd: directory, env: checkEnvironment, signal, done: onCheck });
  signal.throwIfAborted();
  // Not among this module's imports: it is not needed before Claude has worked.
  const { checkDiagnostics } = await import('./diagnostics.ts');
  const base = `refs/remotes/origin/${job.base}`;
  const languages = await checkDiagnostics({ git, directory, base, env: checkEnvironment, signal, onLog });
  if (languages === null) return own;
  onCheck(languages);
  return [...own, languages];
}

const noResult: Result = { type: 'failed', code: 'no_result', reason: 'Claude handed back nothing.', retryable: true };
const unpushed: Readonly<Record<'moved' | 'rewritten', Result>> = {
  moved: {
    type: 'failed',
    code: 'branch_conflict',
    reason: 'Somebody pushed to the branch meanwhile, and the conflicts could not be resolved.',
    retryable: true,
  },
  rewritten: {
    type: 'failed',
    code: 'force_pushed',
    reason: 'Somebody rewrote the branch meanwhile, and the conflicts with newer work could not be resolved.',
    retryable: false,
  },
};

const refusedPush = (reason: string): Result => ({ type: 'failed', code: 'push_refused', reason, retryable: false });

function ending(end: Exclude<TurnEnd, { type: 'done' }>, session: string): Result {
  switch (end.type) {
    case 'question':
      return { ...end, session };
    case 'budget':
      return { type: 'stopped', reason: 'budget' };
    case 'failed':
      return end;
  }
}

function fallback(text: string): { title: string; summary: string; replies?: never } {
  return { title: firstLine(text) || 'Work on the task', summary: text };
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 70);
}
