import { type APIUser, Events, type REST, Routes } from 'discord.js';
import { expect, test } from 'vitest';
import { readyClient, restClient, startSim } from './testing.ts';

const add = (rest: REST, channel: string, message: string, emoji: string): Promise<unknown> =>
  rest.put(Routes.channelMessageOwnReaction(channel, message, encodeURIComponent(emoji)));

test('reactions are state: adding twice is once, and both sides hear of each other', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard: string[] = [];
  client.on(Events.MessageReactionAdd, (reaction, user) => void heard.push(`+${reaction.emoji.name} ${user.id}`));
  client.on(Events.MessageReactionRemove, (reaction, user) => void heard.push(`-${reaction.emoji.name} ${user.id}`));
  const ann = sim.person('ann');
  const message = ann.say(channel, 'ship?');
  await add(client.rest, channel, message.id, '👍');
  await add(client.rest, channel, message.id, '👍');
  ann.react(message, '👍');
  expect(ann.reads(message)).toBe('ship?\n👍 2');
  ann.unreact(message, '👍');
  await client.rest.delete(Routes.channelMessageOwnReaction(channel, message.id, encodeURIComponent('👍')));
  await sim.waitFor(() => heard[3]);
  const [bot, her] = [sim.botUserId, ann.id];
  expect(heard).toEqual([`+👍 ${bot}`, `+👍 ${her}`, `-👍 ${her}`, `-👍 ${bot}`]);
  expect(message.reactions).toEqual([]);
});

test('who reacted is listed by id, after one, and the bot may take others’ reactions away', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const people = ['ann', 'bob', 'cas'].map((name) => sim.person(name));
  const message = people[0]?.say(channel, 'vote');
  for (const person of people.toReversed()) if (message) person.react(message, '👍');
  const rest = restClient(sim);
  const route = Routes.channelMessageReaction(channel, message?.id ?? '', encodeURIComponent('👍'));
  const names = async (query: Record<string, string>): Promise<string[]> =>
    ((await rest.get(route, { query: new URLSearchParams(query) })) as APIUser[]).map(({ username }) => username);
  expect(await names({ limit: '2' })).toEqual(['ann', 'bob']);
  expect(await names({ after: people[1]?.id ?? '' })).toEqual(['cas']);
  const bob = people[1]?.id ?? '';
  await rest.delete(Routes.channelMessageUserReaction(channel, message?.id ?? '', encodeURIComponent('👍'), bob));
  expect(await names({})).toEqual(['ann', 'cas']);
});

test('what is no emoji is refused, and so is the twenty-first', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const { id } = sim.person('ann').say(channel, 'hm');
  const rest = restClient(sim);
  await expect(add(rest, channel, id, 'thumbsup')).rejects.toMatchObject({ code: 10014, status: 400 });
  for (let i = 0; i < 20; i += 1) await add(rest, channel, id, String.fromCodePoint(0x1f600 + i));
  await expect(add(rest, channel, id, '✅')).rejects.toMatchObject({ code: 30010 });
});
