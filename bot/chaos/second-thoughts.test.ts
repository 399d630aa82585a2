import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { doubleTapMs } from '../../core/domain/proposal.ts';
import type { Brain } from '../../sim/anthropic/index.ts';
import { finish, script, use } from '../../sim/anthropic/script.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import { settled } from './killed.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { outcome } from './outcome.ts';
import { repository } from './repository.ts';
import { find, patienceMs, press, wish } from './story.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What comes in from a person. */
const heard = /^outside\|start slack:/;

let isLazy = true;
const done = finish({ title: 'Write down fees', summary: 'Writes down fees.' });
const work = "grep -q fees ledger.txt || { echo fees >> ledger.txt; git commit -qam 'Write down fees'; }";

const brain: Brain = (request) => {
  if (request.kind === 'side') return { say: 'ok' };
  if (request.kind === 'worker')
    return script(isLazy ? [done] : [use('Bash', { command: work, description: 'work' }), done])(request);
  if (request.toolResults.length > 0) return { say: '' };
  const title = /(undone|forgotten|tried again)/.exec(request.lastUserText)?.[0] ?? '';
  return use('spawn_task', { repo: repository, title, brief: title, plan: false }, 'As a card:');
};

let ledger: Ledger;

beforeAll(async () => {
  ledger = await openLedger({ moment: 'after', safe: true, brain });
}, 60_000);

afterAll(() => ledger.close());

it(
  'a proposal that expired while the program was away says so, and can no longer be started',
  async () => {
    const { world, store, until } = ledger.house;
    await world.ana.say(world.channel, `<@${world.slack.botUserId}> this will be forgotten`);
    const card = await until('the card', () => find(world.slack.messages(world.channel), /Start it\?/), patienceMs);
    await store.proposals.expire(Date.now() + 2 * dayMs);
    ledger.keeper.kill();
    await until('the expiry', () => /Expired/.test(renderMessage(card)) || undefined, patienceMs);
    await world.ana.react(world.channel, card.ts, '+1');
    await settled(ledger);
    expect(await store.tasks.latest(10)).toEqual([]);
  },
  hourMs,
);

it(
  'an undo that was in time counts, however often the program is killed before it takes effect',
  async () => {
    const { world, store, until } = ledger.house;
    const card = await wish(ledger.house, 'this will be undone');
    await until('the undo button', () => /\[Undo\]/.test(renderMessage(card)) || undefined, patienceMs);
    // A press that follows at once is a double tap, which undoes nothing.
    await sleep(2 * doubleTapMs);
    // The first to be killed is the press itself, once it is kept: one that nobody heard would be lost, as in Slack.
    ledger.unleash(heard);
    await world.ana.press(card, { text: 'Undo' }).catch((error: unknown) => {
      // It was heard; the answer died with the program.
      expect(String(error)).toMatch(/operation_timeout/);
    });
    await until('the undo', () => /Taken back/.test(renderMessage(card)) || undefined, patienceMs);
    await until('the end', async () => (await store.tasks.open()).length === 0 || undefined, patienceMs);
    expect((await store.tasks.latest(1))[0]?.status.phase).toBe('cancelled');
  },
  hourMs,
);

it(
  'a task that came to nothing waits for a person, and another try finishes it once',
  async () => {
    const { world, store, until } = ledger.house;
    await wish(ledger.house, 'this will be tried again');
    await until(
      'the parked task',
      async () => (await store.tasks.open()).find((task) => task.status.parked),
      patienceMs,
    );
    isLazy = false;
    await press(ledger.house, /is parked/, 'Try again');
    const pull = await until('the pull request', () => world.github.prs(repository)[0], patienceMs);
    await until('the end of its CI', () => !pull.pull.draft || undefined, patienceMs);
    await world.anaOnGitHub.merge(repository, pull.number);
    await until('the end', async () => (await store.tasks.open()).length === 0 || undefined, patienceMs);
    await settled(ledger);
    expect(await outcome(ledger.house)).toMatchObject({
      pulls: 1,
      tasks: ['merged', 'cancelled'],
      runs: ['implement', 'implement'],
      ledger: 'opening balance\nfees\n',
      openAsks: 0,
      openAttempts: 0,
      sameKeyTwice: [],
      unfinishedWorkflows: [],
      sandboxes: [],
      processes: [],
    });
  },
  hourMs,
);
