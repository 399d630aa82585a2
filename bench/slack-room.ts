import { createSlackSim, renderMessage, type SlackMessage, type SlackSim } from '../sim/slack/index.ts';
import type { Ledger } from './ledger.ts';
import type { Room } from './room.ts';

/**
 * Calls a minute and workspace (https://docs.slack.dev/apis/web-api/rate-limits: tier 2 20, tier 3 50, tier 4 100). That
 * chat.postMessage takes one a second and channel is not told apart by the miniature, and not counted.
 */
const limits = { 'chat.startStream': 20, 'chat.stopStream': 20, 'chat.appendStream': 100, 'chat.update': 50 };

/** A workspace in which each conversation is a thread; they share some channels. */
export async function openSlackRoom(ledger: Ledger, channels: number): Promise<Room> {
  const slack = await createSlackSim();
  for (const [method, perMinute] of Object.entries(limits)) slack.limit(method, { perMinute });
  hearSlack(slack, ledger);
  const person = slack.person('Ana');
  const places = Array.from({ length: channels }, (_, n) => slack.createChannel(`web-${n}`));
  const roots = new Map<number, string>();
  return {
    env: { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
    owners: [`slack:${slack.teamId}/${person.id}`],
    async say(nth, text) {
      const channel = places[nth % channels] ?? '';
      const root = roots.get(nth);
      if (root === undefined) roots.set(nth, await person.say(channel, `<@${slack.botUserId}> ${text}`));
      else await person.say(channel, text, { threadTs: root });
    },
    violations: () => slack.calls.filter(({ error }) => error === 'ratelimited').length,
    close: () => slack.close(),
  };
}

/** Writes down the final text of each message of the bot. */
export function hearSlack(slack: SlackSim, ledger: Ledger): void {
  const hear = (message: SlackMessage) => {
    if (message.user !== slack.botUserId || message.streaming_state === 'in_progress') return;
    ledger.heard(message.thread_ts ?? '', message.ts, renderMessage(message));
  };
  slack.on('message', hear);
  slack.on('edit', hear);
  slack.on('stream', ({ op, message }) => op === 'stop' && hear(message));
}
