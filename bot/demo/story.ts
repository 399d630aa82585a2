import type { SlackMessage } from '../../sim/slack/index.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import { repository, reviewed } from './repository.ts';
import type { World } from './world.ts';

/** Longest wait for any one thing to happen, milliseconds. */
const patienceMs = 60_000;

export interface Told {
  /** What Ana had to do after her first message. */
  readonly taps: number;
  readonly pull: number;
}

/**
 * Ana's part of the story: she reports a bug in a thread, confirms with a reaction, approves the plan with a button in
 * her DM, reviews the pull request and merges it. `pause` is how long people take before they act.
 */
export async function tell(
  { slack, github, ana, anaOnGitHub, channel }: World,
  pause: () => Promise<void>,
): Promise<Told> {
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

  const dm = await ana.dm();
  const plan = await wait('the plan', () => find(slack.messages(dm), /Approve plan/));
  await tap(() => ana.press(plan, { text: 'Approve plan' }));

  const pull = await wait('the pull request', () => github.prs(repository)[0]);
  await wait('green checks and a ready pull request', () => !pull.pull.draft || undefined);
  const asked = await wait('the request for review', () => find(slack.messages(dm), reviewCard));
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
  await wait('the second request for review', () =>
    find(
      slack.messages(dm).filter((m) => m.ts > asked.ts),
      reviewCard,
    ),
  );

  await tap(() => anaOnGitHub.merge(repository, pull.number));
  await wait('the end of the task', () => find(slack.messages(channel), /merged/i));
  return { taps, pull: pull.number };
}

const reviewCard = /ready for your review/;

const find = (messages: readonly SlackMessage[], text: RegExp): SlackMessage | undefined =>
  messages.findLast((message) => !message.deleted && text.test(renderMessage(message)));

async function until<T>(what: string, probe: () => T | undefined): Promise<T> {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    const found = probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what} did not come within ${patienceMs / 1000} s`);
}
