import { renderMessage as renderDiscord } from '../../sim/discord/index.ts';
import type { SlackMessage } from '../../sim/slack/index.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import { renderMessage as renderTelegram } from '../../sim/telegram/index.ts';
import { projectChannel, type WideWorld } from './everywhere.ts';
import { repository, reviewed } from './repository.ts';
import { until } from './until.ts';

export interface Told {
  /** What Ana had to do after her first message. */
  readonly taps: number;
  readonly pull: number;
}

/**
 * Ana's part of the story: she reports a bug in a Slack thread, confirms with a reaction, approves the plan with a button on
 * Telegram, sees the task in the project's Discord channel, reviews the pull request and merges it. `pause` is how long
 * people take before they act.
 */
export async function tell(world: WideWorld, pause: () => Promise<void>): Promise<Told> {
  const { slack, github, ana, anaOnGitHub, channel, telegram, discord, anaOnTelegram } = world;
  let taps = 0;
  const tap = async <T>(act: () => Promise<T> | T): Promise<T> => {
    await pause();
    taps += 1;
    return act();
  };
  const wait = <T>(what: string, probe: () => T | undefined) => until(what, probe);

  const root = await ana.say(channel, `<@${slack.botUserId}> the date picker lets me choose Feb 30`);
  const card = await wait('the proposal', () => find(slack.messages(channel), /Start without a plan/));
  await tap(() => ana.react(channel, card.ts, '+1'));

  const asks = (text: RegExp) =>
    telegram.messages(anaOnTelegram.id).filter((message) => !message.deleted && text.test(renderTelegram(message)));
  const plan = await wait('the plan', () => asks(/Approve plan/).at(-1));
  const project = projectChannel(world)?.id ?? '';
  await wait('the task on Discord', () => discord.messages(project).find(({ deleted }) => !deleted));
  await tap(() => anaOnTelegram.press(plan, 'Approve plan'));

  const pull = await wait('the pull request', () => github.prs(repository)[0]);
  await wait('green checks and a ready pull request', () => !pull.pull.draft || undefined);
  const asked = await wait('the request for review', () => asks(reviewCard).at(-1));
  await wait('the word that it is ready', () =>
    find(
      slack.messages(channel).filter((m) => m.thread_ts === root),
      /ready for review/,
    ),
  );

  await tap(() =>
    anaOnGitHub.review(repository, pull.number, {
      event: 'COMMENT',
      body: '',
      comments: [{ ...reviewed, body: 'Say which day is impossible, please.' }],
    }),
  );
  await wait('the answer to the review', () => pull.pull.reviewComments.find((comment) => comment.inReplyTo !== null));
  await wait('the second request for review', () => asks(reviewCard).find(({ id }) => id > asked.id));

  await tap(() => anaOnGitHub.merge(repository, pull.number));
  await wait('the end of the task', () => find(slack.messages(channel), /merged/i));
  await wait('the end on Discord', () => discord.messages(project).find((one) => /is merged/.test(renderDiscord(one))));
  return { taps, pull: pull.number };
}

const reviewCard = /ready for your review/;

const find = (messages: readonly SlackMessage[], text: RegExp): SlackMessage | undefined =>
  messages.findLast((message) => !message.deleted && text.test(renderMessage(message)));
