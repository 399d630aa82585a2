/** Ana's part of a story, told so that it does not matter when the program is away: she looks, and tries again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { renderMessage, type SlackMessage } from '../../sim/slack/index.ts';
import type { House } from '../testing/house.ts';
import { repository } from './repository.ts';

/** Longest wait for any one thing, milliseconds: many kills may lie between. */
export const patienceMs = 600_000;

export const find = (messages: readonly SlackMessage[], text: RegExp): SlackMessage | undefined =>
  messages.findLast((message) => !message.deleted && text.test(renderMessage(message)));

/** A person presses again when nothing has changed for this long; when Slack says that nobody is there, soon. */
const againMs = 8_000;
const soonMs = 250;

/** A card in Ana's DM, once it is there. */
export async function card(house: House, text: RegExp): Promise<SlackMessage> {
  const dm = await house.world.ana.dm();
  return house.until(`a card like ${text}`, () => find(house.world.slack.messages(dm), text), patienceMs);
}

/** Presses a button until the card is no longer like `text`: a press that nobody heard is lost, as in Slack. */
export async function press(house: House, text: RegExp, button: string): Promise<void> {
  const message = await card(house, text);
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    if (!text.test(renderMessage(message))) return;
    let wait = againMs;
    try {
      await house.world.ana.press(message, { text: button });
    } catch (error) {
      // Nobody there, or killed before it could say that it heard; it may have heard all the same.
      if (!/dispatch_failed|operation_timeout/.test(String(error))) throw error;
      if (/dispatch_failed/.test(String(error))) wait = soonMs;
    }
    for (const until = Date.now() + wait; Date.now() < until; await sleep(50)) {
      if (!text.test(renderMessage(message))) return;
    }
  }
  throw new Error(`pressing ${button} had no effect`);
}

/** Says what is wanted and confirms what is proposed with a reaction; answers the proposal's card. */
export async function wish({ world, until }: House, text: string): Promise<SlackMessage> {
  const { slack, ana, channel } = world;
  const said = await ana.say(channel, `<@${slack.botUserId}> ${text}`);
  const proposal = await until(
    'the proposal',
    () =>
      find(
        slack.messages(channel).filter((message) => message.ts > said),
        proposalCard,
      ),
    patienceMs,
  );
  await ana.react(channel, proposal.ts, '+1');
  return proposal;
}

const proposalCard = /Start it\?/;

/** The whole way: a question, a plan, red CI and its fix, a review comment, the merge. */
export async function tell(house: House): Promise<void> {
  const { slack, github, anaOnGitHub, channel } = house.world;
  const wait = <T>(what: string, probe: () => T | undefined) => house.until(what, probe, patienceMs);
  await wish(house, 'please write down refunds');
  await press(house, /Shall refunds be audited\?[\s\S]*:\[/, 'Yes');
  await press(house, /wants you to read its plan/, 'Approve plan');
  const pull = await wait('the pull request', () => github.prs(repository)[0]);
  await wait('a ready pull request', () => !pull.pull.draft || undefined);
  const dm = await house.world.ana.dm();
  const asked = await card(house, reviewCard);
  await wait('the word that it is ready', () => find(slack.messages(channel), /ready for review/));
  await anaOnGitHub.review(repository, pull.number, {
    event: 'COMMENT',
    body: '',
    comments: [{ path: 'ledger.txt', line: 2, body: 'Say that they are audited, please.' }],
  });
  await wait('the answer to the review', () => pull.pull.reviewComments.find((comment) => comment.inReplyTo !== null));
  await wait('the second request for review', () =>
    find(
      slack.messages(dm).filter((message) => message.ts > asked.ts),
      reviewCard,
    ),
  );
  await anaOnGitHub.merge(repository, pull.number);
  await wait('the end of the task', () => find(slack.messages(channel), /is merged/));
}

const reviewCard = /ready for your review/;
