import { createSlackSim } from '../sim/slack/index.ts';
import type { Office, OfficePlatform } from './office.ts';

export const slackOffice: OfficePlatform = {
  library: 'Bolt',
  bareBot: new URL('bare-bolt.ts', import.meta.url),
  open: openSlack,
};

/** A workspace with one channel; each hello begins a thread. */
async function openSlack(): Promise<Office> {
  const slack = await createSlackSim();
  const person = slack.person('Ana');
  const channel = slack.createChannel('web');
  return {
    env: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      OWNERS: `slack:${slack.teamId}/${person.id}`,
    },
    onCall: (hear) => slack.on('call', ({ args }) => hear([String(args.thread_ts)])),
    greet: () => person.say(channel, `<@${slack.botUserId}> hello`),
    close: () => slack.close(),
  };
}
