import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Brain, ModelRequest } from '../../sim/anthropic/index.ts';
import { byPrompt, finish, script, use } from '../../sim/anthropic/script.ts';
import { settled } from './killed.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { outcome } from './outcome.ts';
import { repository } from './repository.ts';
import { patienceMs, wish } from './story.ts';

type Victim = 'the whole worker' | 'Claude Code alone';
type Moment = 'before its first model call' | 'in the middle of a tool' | 'between commit and push' | 'after the push';

const victims: Victim[] = ['the whole worker', 'Claude Code alone'];
const moments: Moment[] = [
  'before its first model call',
  'in the middle of a tool',
  'between commit and push',
  'after the push',
];
const cases = moments.flatMap((moment) => victims.map((victim) => ({ moment, victim })));

let ledger: Ledger;
/** What happens to the first attempt of the task that is told now. */
let now: { moment: Moment; strike: () => void } | null = null;

const titleIn = (text: string): string => /Note of case \d+/.exec(text)?.[0] ?? '';

/** Does the work in a way that a second attempt can see it was done, as a model would look before it repeats itself. */
function note(request: ModelRequest) {
  const title = titleIn(request.prompt);
  if (now?.moment === 'in the middle of a tool') setTimeout(now.strike, 1_500);
  const write = `grep -qx '${title}' ledger.txt || echo '${title}' >> ledger.txt`;
  const pause = now ? 'sleep 3' : 'true';
  return use('Bash', { command: `${write}; ${pause}; git commit -qam '${title}' || true`, description: 'note' });
}

const result = finish({ title: 'Write it down', summary: 'Writes it down.' });

const worker: Brain = byPrompt([
  [
    /Note of case/,
    script([
      note,
      (request) => {
        if (now?.moment === 'between commit and push') now.strike();
        return typeof result === 'function' ? result(request) : result;
      },
    ]),
  ],
]);

const brain: Brain = (request) => {
  if (request.kind !== 'assistant') return worker(request);
  if (request.toolResults.length > 0) return { say: '' };
  const title = titleIn(request.lastUserText);
  return use('spawn_task', { repo: repository, title, brief: title, plan: false }, 'As a card:');
};

beforeAll(async () => {
  ledger = await openLedger({ brain });
  ledger.house.world.github.on('push', ({ ref }) => {
    if (now?.moment === 'after the push' && ref.startsWith('refs/heads/mainloop/')) now.strike();
  });
}, 60_000);

afterAll(() => ledger.close());

it.each(cases)(
  'a task ends well when $victim is killed $moment',
  async ({ moment, victim }) => {
    const { house } = ledger;
    const title = `Note of case ${cases.findIndex((item) => item.moment === moment && item.victim === victim)}`;
    let struck = 0;
    const strike = () => {
      now = null;
      for (const pid of pidsOf(house.dataDir, victim)) {
        process.kill(pid, 'SIGKILL');
        struck += 1;
      }
    };
    now = { moment, strike };
    await wish(house, title);
    if (moment === 'before its first model call') {
      await house.until('the victim', () => pidsOf(house.dataDir, victim)[0], patienceMs);
      strike();
    }
    const task = await house.until('the task', async () => (await house.store.tasks.open()).at(-1), patienceMs);
    await house.until(
      'the pull request to be ready',
      async () => (await house.store.tasks.get(task.number)).status.phase === 'review' || undefined,
      patienceMs,
    );
    const { branch } = await house.store.tasks.get(task.number);
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', house.world.github.repo(repository).directory, ...args], { encoding: 'utf8' }).trim();
    const added = git('diff', `main...${branch}`)
      .split('\n')
      .filter((line) => /^\+(?!\+)/.test(line));
    expect(added).toEqual([`+${title}`]);
    expect(git('log', '--format=%s', `main..${branch}`).split('\n')).toHaveLength(1);
    const [run] = await house.store.runs.of(task.number);
    // Claude has nothing to do any more after the push: there may be nobody to kill.
    if (struck > 0 && !(victim === 'Claude Code alone' && moment === 'after the push')) expect(run?.attempts).toBe(2);
    if (moment !== 'after the push') expect(struck).toBeGreaterThan(0);
    await house.world.anaOnGitHub.merge(repository, house.world.github.prs(repository).at(-1)?.number ?? 0);
    await house.until(
      'the end',
      async () => (await house.store.tasks.get(task.number)).endedAt ?? undefined,
      patienceMs,
    );
  },
  120_000,
);

it('in the end nothing runs, waits or is there twice', async () => {
  await settled(ledger);
  const left = await outcome(ledger.house);
  expect(left).toMatchObject({
    openAttempts: 0,
    openAsks: 0,
    sameKeyTwice: [],
    unfinishedWorkflows: [],
    processes: [],
  });
  expect(left.pulls).toBe(cases.length);
});

/** Process ids to kill now: the worker's process group (negative), or the Claude Code that it started. */
function pidsOf(dataDir: string, victim: Victim): number[] {
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3] ?? '' }] : []));
  const shells = processes.filter(
    ({ args }) => args.includes(`${dataDir}/sandboxes/`) && args.includes('/bin/sh -c set -C'),
  );
  if (victim === 'the whole worker') return shells.map(({ pid }) => -pid);
  const workers = processes.filter(({ parent }) => shells.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
  return processes
    .filter(({ parent, args }) => workers.includes(parent) && args.includes('claude'))
    .map(({ pid }) => pid);
}
