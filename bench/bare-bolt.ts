/** The least that a Slack bot does: Bolt in Socket Mode, an echo in the thread. The baseline of `turn`. */
import { App, LogLevel } from '@slack/bolt';

const app = new App({
  token: process.env.SLACK_BOT_TOKEN ?? '',
  appToken: process.env.SLACK_APP_TOKEN ?? '',
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL ?? '' },
});
app.event('app_mention', async ({ event, client }) => {
  await client.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: event.text });
});
await app.start();
process.send?.({ type: 'ready' });
