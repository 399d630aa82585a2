import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Brain } from '../../sim/anthropic/index.ts';
import { finish, script, use } from '../../sim/anthropic/script.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import { execute } from '../faults/testing.ts';
import { boundaries, type Moment } from './journal.ts';
import { settled } from './killed.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { repository } from './repository.ts';
import { card, find, patienceMs, press, wish } from './story.ts';

/** What happens beside the tasks; turns, tasks, runs and asks are killed in the other stories. */
const workflows = ['aside', 'join', 'shown', 'reminder', 'digest'] as const;
const only = new RegExp(`^(?:${workflows.join('|')}):|\\|start (?:${workflows.join('|')}):`);

const plans = script([finish({ summary: 'One line.', plan: 'Write it down.' })]);
const brain: Brain = (request) => {
  if (request.kind !== 'assistant') return plans(request);
  if (request.toolResults.length > 0) return { say: '' };
  return use('spawn_task', { repo: repository, title: 'Write down refunds', brief: 'Refunds.', plan: true });
};

/**
 * Ana's task shows in the project's channel too; she is reminded of its plan, hears what happened in her quiet hours, and
 * drops it. Then a stranger asks who is there, and enters the code of Ana, whose second account it is. Answers that channel.
 */
async function tell({ house }: Ledger): Promise<string> {
  const { slack, ana } = house.world;
  const ben = slack.person('Ben');
  const [dm, bens] = [await ana.dm(), await ben.dm()];
  const reads = (channel: string, text: RegExp) =>
    house.until(`${text}`, () => find(slack.messages(channel), text), patienceMs);
  const place = { platform: 'slack', space: slack.teamId, channel: slack.createChannel('ledger'), dm: false };
  await house.store.projects.link(place, repository);
  await wish(house, 'please write down refunds');
  await reads(place.channel, /Write down refunds/);
  await card(house, /wants you to read its plan/);
  const owner = (await house.store.people.list()).find(({ role }) => role === 'owner');
  const ask = await house.until('the ask', async () => (await house.store.asks.inbox())[0]);
  const asking = () => house.store.askings.find(ask.id, owner?.id ?? 0);
  await house.until('its asking', async () => ((await asking())?.told === 1 ? true : undefined), patienceMs);
  await execute(house, `update mainloop.askings set due_at = 1 where ask = ${ask.id}`);
  await reads(dm, reminderLine);
  const hour = new Date().getUTCHours();
  const quiet = { from: ((hour + 6) % 24) * 60, to: ((hour + 8) % 24) * 60 };
  await house.store.inbox.set(owner?.id ?? 0, { quiet, zone: 'UTC', digestAt: Date.now() - 1_000 });
  await reads(dm, digestLine);
  await press(house, /wants you to read its plan/, 'Drop the task');
  await ben.say(bens, 'hello, who is there?');
  await reads(bens, strangerLine);
  await ana.say(dm, 'link');
  const code = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(renderMessage(await reads(dm, codeLine)))?.[0] ?? '';
  await ben.say(bens, code);
  await reads(bens, welcomeLine);
  await reads(dm, joinedCard);
  return place.channel;
}

const strangerLine = /I don't know you yet/;
const codeLine = /Your code:/;
const welcomeLine = /This account is Ana now/;
const joinedCard = /Another account was joined to yours/;
const reminderLine = /still waits for you/;
const digestLine = /While you were away/;

describe.each<[string, Moment | null]>([
  ['undisturbed', null],
  ['killed before every step', 'before'],
  ['killed after every step and before its result is kept', 'after'],
  ['killed as soon as the result of a step is kept', 'kept'],
])('what people hear beside their tasks, %s', (_, moment) => {
  let ledger: Ledger;
  let channel: string;

  beforeAll(async () => {
    ledger = await openLedger({ moment, only, brain });
    channel = await tell(ledger);
    await settled(ledger);
  }, 1_200_000);
  afterAll(() => ledger?.close());

  it('is said once', async () => {
    const { slack, ana } = ledger.house.world;
    const said = (channel: string) =>
      slack.messages(channel).filter((one) => one.user === slack.botUserId && !one.deleted);
    const times = (channel: string, text: RegExp) =>
      said(channel).filter((one) => text.test(renderMessage(one))).length;
    const [dm, bens] = [await ana.dm(), await slack.person('Ben').dm()];
    expect([strangerLine, welcomeLine].map((text) => times(bens, text))).toEqual([1, 1]);
    expect([codeLine, joinedCard, reminderLine, digestLine].map((text) => times(dm, text))).toEqual([1, 1, 1, 1]);
    expect(said(channel)).toHaveLength(1);
    expect(said(channel).map(renderMessage).join()).toContain('cancelled by Ana');
  });

  it('has taken effect once, and the program died in each of those workflows', async () => {
    const { store, world } = ledger.house;
    const ben = { platform: 'slack', space: world.slack.teamId, id: world.slack.person('Ben').id, bot: false };
    expect(await store.people.of(ben)).toMatchObject({ name: 'Ana', role: 'owner' });
    expect(await store.people.list()).toHaveLength(1);
    expect((await store.tasks.get(1)).status.phase).toBe('cancelled');
    expect(ledger.keeper.crashes).toEqual([]);
    const died = boundaries(ledger.journal(), 'killed');
    for (const workflow of workflows)
      expect(
        died.some((boundary) => boundary.startsWith(`${workflow}:`)),
        workflow,
      ).toBe(moment !== null);
  });
});
