import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createDiscordSim,
  type DiscordMessage,
  type DiscordPerson,
  type DiscordSim,
  renderMessage,
} from '../sim/discord/index.ts';
import { repository } from './demo/repository.ts';
import { type House, openHouse } from './testing/house.ts';

let sim: DiscordSim;
let house: House;
let ana: DiscordPerson;
let channel: string;

beforeAll(async () => {
  sim = await createDiscordSim();
  ana = sim.person('Ana');
  channel = sim.createChannel('web');
  const noSlack = { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' };
  const discord = { DISCORD_TOKEN: sim.token, DISCORD_API_URL: sim.apiUrl, OWNERS: `discord:${ana.id}` };
  house = await openHouse({ env: { ...noSlack, ...discord, LOG_LEVEL: 'debug' } });
}, 60_000);
afterAll(async () => {
  await house.close();
  await sim.close();
});

const places = () => [
  ...sim
    .channels()
    .filter(({ type }) => type !== 4 && type !== 15)
    .map(({ id }) => id),
  ana.dmChannel().id,
];
const seen = (text: RegExp): DiscordMessage[] =>
  places()
    .flatMap((id) => sim.messages(id))
    .filter((one) => one.author.id === sim.botUserId && !one.deleted && text.test(renderMessage(one)));
const sees = (text: RegExp) => house.until(`a message like ${text}`, () => seen(text).at(-1), 60_000);

test('a task goes from a mention to its review on Discord alone, over a kill, and a project channel shows it', async () => {
  expect(await (await fetch(`http://127.0.0.1:${house.port}/readyz`)).json()).toEqual({
    ...{ ok: true, parts: { discord: { ok: true }, database: { ok: true } } },
  });
  await house.until('the commands', () => (sim.commands(sim.guildId).length > 0 ? true : undefined));
  const completed = await ana.autocomplete(channel, 'mainloop project link', { repository: 'ac' }, 'repository');
  expect(completed).toEqual([{ name: repository, value: repository }]);
  await ana.command(channel, 'mainloop project new', { repository });
  const made = await house.until('the channel', () =>
    sim.channels().find(({ name }) => name === repository.replace('/', '-')),
  );

  const said = ana.say(channel, 'the date picker lets me choose Feb 30', { mention: true });
  const card = await sees(/Start without a plan/);
  expect(card.channelId).toBe(said.id);
  ana.react(card, '👍');
  const plan = await sees(/Approve plan/);
  expect(plan.channelId).toBe(ana.dmChannel().id);

  await house.bot.kill();
  ana.say(said.id, 'how is it going?');
  await house.bot.start();
  await ana.press(plan, 'Approve plan');
  await sees(/✔ #1 is ready for review/);
  const answers = sim
    .messages(said.id)
    .filter((one) => one.author.id === sim.botUserId && !one.deleted && one.components.length === 0);
  expect(answers.length).toBeGreaterThan(1);
  expect(sim.messages(made.id).filter(({ deleted }) => !deleted)).toHaveLength(1);
  await ana.command(made.id, 'mainloop why', { task: '1' });
  await house.until('why', () => sim.ephemerals(ana.id).find((one) => /holds|wait/i.test(renderMessage(one))));

  expect(seen(/▍/)).toEqual([]);
  await house.until(
    'the end of old buttons',
    () => seen(/Start without a plan|Approve plan/).length === 0 || undefined,
  );
  expect(sim.limits.violations).toBe(0);
  const log = await house.log();
  expect(log).not.toContain(sim.token);
}, 180_000);

test('a sticker, which has no words, is answered by one clear line', async () => {
  ana.dm('');
  await sees(/There is nothing in that message that I can read/);
  expect(seen(/no text/)).toEqual([]);
}, 60_000);
