import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Brain } from '../../sim/anthropic/index.ts';
import { byPrompt, finish, script, use } from '../../sim/anthropic/script.ts';
import { boundaries } from './journal.ts';
import { settled } from './killed.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { outcome } from './outcome.ts';
import { repository } from './repository.ts';
import { patienceMs, wish } from './story.ts';

/** What each task is doing when Ana cancels it. */
const wishes = ['Think for ever', 'Wait for a word', 'Work for ever', 'Stay in CI'];

const bash = (command: string) => use('Bash', { command, description: 'work' });

const worker: Brain = byPrompt([
  [/^Plan this task[\s\S]*Think for ever/, () => ({ say: 'Too late.', delayMs: 3_600_000 })],
  [/^Plan this task/, script([finish({ summary: 'One line.', plan: 'One line.' })])],
  [/^Do this task[\s\S]*Work for ever/, () => bash('sleep 3600')],
  [
    /^Do this task/,
    script([
      bash("echo fees >> ledger.txt && git commit -qam 'Write down fees'"),
      finish({ title: 'Write down fees', summary: 'Writes down fees.' }),
    ]),
  ],
]);

const brain: Brain = (request) => {
  if (request.kind !== 'assistant') return worker(request);
  if (request.toolResults.length > 0) return { say: '' };
  const title = wishes.find((item) => request.lastUserText.includes(item)) ?? '';
  return use('spawn_task', { repo: repository, title, brief: title, plan: /Think|Wait/.test(title) }, 'As a card:');
};

describe('cancelled while planning, waiting, working and in CI, killed after every step and before its result is kept', () => {
  let ledger: Ledger;

  beforeAll(async () => {
    ledger = await openLedger({ moment: 'after', safe: true, brain });
    const { house } = ledger;
    house.world.github.actions.delayMs = 1_000_000;
    for (const text of wishes) await wish(house, text);
    const phases = async () => (await house.store.tasks.open()).map(({ status }) => `${status.phase} ${status.holder}`);
    await house.until(
      'four tasks in four places',
      async () => (await phases()).join() === 'planning worker,approval you,implementing worker,ci ci' || undefined,
      patienceMs,
    );
    await sleep(1000);
    ledger.unleash();
    for (const task of await house.store.tasks.open()) await cancel(ledger, task.number);
    await settled(ledger);
  }, 3_600_000);

  afterAll(() => ledger.close());

  it('everything has stopped, the issues are closed and the branch stays', async () => {
    const { world, store } = ledger.house;
    const left = await outcome(ledger.house);
    expect(left).toMatchObject({
      tasks: wishes.map(() => 'cancelled'),
      openAsks: 0,
      openAttempts: 0,
      sameKeyTwice: [],
      unfinishedWorkflows: [],
      sandboxes: [],
      processes: [],
    });
    expect(world.github.issues(repository).map((issue) => issue.state)).toEqual(wishes.map(() => 'closed'));
    expect(world.github.prs(repository).map((pull) => pull.state)).toEqual(['closed']);
    const task = (await store.tasks.latest(10)).find((item) => item.pull);
    expect(await world.github.head(repository, task?.branch ?? '')).toBe(task?.head);
    expect(ledger.keeper.crashes).toEqual([]);
  });

  it('the program died wherever the cancelling led it', () => {
    const killed = boundaries(ledger.journal(), 'killed');
    expect(killed.length).toBeGreaterThan(15);
  });
});

/** A person who sees nothing happen says it again after this long; one who reads that nobody was there, at once. */
const againMs = 20_000;

/** Says it until the task's history has it: what nobody heard is lost, as in Slack. What was heard must do. */
async function cancel({ house }: Ledger, task: number): Promise<void> {
  const isHeard = async () =>
    (await house.store.history.of(`task:${task}`)).some(({ type }) => type === 'cancel_asked');
  for (const end = Date.now() + patienceMs; !(await isHeard()); ) {
    if (Date.now() > end) throw new Error(`nobody heard that #${task} is cancelled`);
    let wait = againMs;
    try {
      await house.world.ana.command('/mainloop', `cancel ${task}`, house.world.channel);
    } catch (error) {
      if (!/dispatch_failed|operation_timeout/.test(String(error))) throw error;
      if (/dispatch_failed/.test(String(error))) wait = 250;
    }
    for (const until = Date.now() + wait; Date.now() < until && !(await isHeard()); ) await sleep(50);
  }
  await house.until(
    `the end of #${task}`,
    async () => (await house.store.tasks.get(task)).endedAt ?? undefined,
    patienceMs,
  );
}
