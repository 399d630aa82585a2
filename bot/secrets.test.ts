import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMessage } from '../sim/slack/index.ts';
import { createWideWorld, introduce, type WideWorld } from './demo/everywhere.ts';
import { repository } from './demo/repository.ts';
import { tell } from './demo/story.ts';
import { type House, openHouse } from './testing/house.ts';

let house: House<WideWorld>;
beforeAll(async () => {
  house = await openHouse({ createWorld: createWideWorld, env: { LOG_LEVEL: 'debug' } });
});
afterAll(() => house.close());

test('after a whole story no secret stands in a chat, an issue, a pull request, a commit or the log', async () => {
  const { slack, telegram, discord, github, anthropic } = house.world;
  await introduce(house.world);
  await tell(house.world, async () => undefined);
  const secrets = {
    'Slack bot token': slack.botToken,
    'Slack app token': slack.appToken,
    'Telegram token': telegram.token,
    'Discord token': discord.token,
    'GitHub token': github.token,
    'Anthropic key': anthropic.apiKey,
    'database password': new URL(house.databaseUrl).password,
  };
  const written = {
    log: await house.log(),
    chat: [...slack.calls, ...telegram.calls].map((call) => JSON.stringify(call.args)).join('\n'),
    discord: discord.calls.map((call) => JSON.stringify(call.body)).join('\n'),
    shown: [house.world.channel, await house.world.ana.dm()]
      .flatMap((place) => slack.messages(place))
      .map(renderMessage)
      .join('\n'),
    issues: JSON.stringify(
      [...github.issues(repository), ...github.prs(repository)].map(({ title, body, comments }) => ({
        title,
        body,
        comments,
      })),
    ),
    model: anthropic.requests.map((request) => JSON.stringify(request.body)).join('\n'),
  };
  const found = Object.entries(written).flatMap(([where, text]) =>
    Object.entries(secrets)
      .filter(([, secret]) => secret !== '' && text.includes(secret))
      .map(([name]) => `${name} in ${where}`),
  );
  expect(Object.values(written).every((text) => text.length > 100)).toBe(true);
  expect(found).toEqual([]);
}, 120_000);
