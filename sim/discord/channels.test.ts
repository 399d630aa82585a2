import { ChannelType, Events, Routes } from 'discord.js';
import { expect, test } from 'vitest';
import { readyClient, restClient, startSim } from './testing.ts';

test('channels are made under a category, changed, listed and deleted, and events tell', async () => {
  const sim = await startSim();
  const client = await readyClient(sim);
  const guild = client.guilds.cache.get(sim.guildId);
  const events: string[] = [];
  client.on(Events.ChannelCreate, ({ name }) => void events.push(`create ${name}`));
  client.on(Events.ChannelUpdate, (_old, channel) => void events.push(`update ${'name' in channel && channel.name}`));
  client.on(Events.ChannelDelete, (channel) => void events.push(`delete ${'name' in channel && channel.name}`));
  const category = await guild?.channels.create({ name: 'Projects', type: ChannelType.GuildCategory });
  const parent = category?.id ?? '';
  const channel = await guild?.channels.create({ name: 'My Shop', parent, topic: 'octo/shop' });
  expect(channel).toMatchObject({ name: 'my-shop', parentId: parent, topic: 'octo/shop' });
  await channel?.edit({ topic: 'octo/store', name: 'store' });
  const listed = await guild?.channels.fetch();
  expect(listed?.map((one) => one?.name)).toEqual(['Projects', 'store']);
  await channel?.delete();
  await sim.waitFor(() => events.find((line) => line === 'delete store'));
  expect(events).toEqual(['create Projects', 'create my-shop', 'update store', 'delete store']);
  const body = { name: 'x', parent_id: sim.guildId };
  await expect(restClient(sim).post(Routes.guildChannels(sim.guildId), { body })).rejects.toMatchObject({
    code: 50035,
  });
});

test('what the bot may not see or do is 50001 and 50013, and it hears nothing from there', async () => {
  const sim = await startSim();
  const hidden = sim.createChannel('hidden');
  const quiet = sim.createChannel('quiet');
  sim.permit(hidden, { deny: ['ViewChannel'] });
  sim.permit(quiet, { deny: ['SendMessages', 'AddReactions'] });
  const client = await readyClient(sim);
  const heard: string[] = [];
  client.on(Events.MessageCreate, ({ content }) => void heard.push(content));
  const ann = sim.person('ann');
  ann.say(hidden, 'secret');
  const said = ann.say(quiet, 'open');
  await sim.waitFor(() => heard.find((text) => text === 'open'));
  expect(heard).toEqual(['open']);
  const rest = restClient(sim);
  const body = { content: 'x' };
  await expect(rest.post(Routes.channelMessages(hidden), { body })).rejects.toMatchObject({ code: 50001, status: 403 });
  await expect(rest.post(Routes.channelMessages(quiet), { body })).rejects.toMatchObject({ code: 50013, status: 403 });
  const reaction = Routes.channelMessageOwnReaction(quiet, said.id, encodeURIComponent('👍'));
  await expect(rest.put(reaction)).rejects.toMatchObject({ code: 50013 });
  sim.permitBot([]);
  const create = rest.post(Routes.guildChannels(sim.guildId), { body: { name: 'x' } });
  await expect(create).rejects.toMatchObject({ code: 50013 });
});

test('a bot that comes to see a channel is told of its threads', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  sim.permit(channel, { deny: ['ViewChannel'] });
  const ann = sim.person('ann');
  const thread = ann.openThread(ann.say(channel, 'here'), 'mine');
  const client = await readyClient(sim);
  const synced = new Promise<string[]>((resolve) =>
    client.once(Events.ThreadListSync, (threads) => resolve([...threads.keys()])),
  );
  sim.permit(channel, { allow: ['ViewChannel'] });
  expect(await synced).toEqual([thread.id]);
});

test('several guilds are apart: a stranger of the second sees nothing of the first', async () => {
  const sim = await startSim();
  const first = sim.createChannel('general');
  const other = sim.createGuild('Other');
  const theirs = sim.createChannel('lobby', { guild: other });
  const foreign = sim.createGuild('Foreign', { withoutBot: true });
  const client = await readyClient(sim);
  expect([...client.guilds.cache.keys()].sort()).toEqual([sim.guildId, other].sort());
  const eve = sim.person('eve', { guild: other });
  expect(() => eve.say(first, 'let me in')).toThrow('not_allowed');
  const heard = new Promise((resolve) => client.once(Events.MessageCreate, (message) => resolve(message.guildId)));
  eve.say(theirs, 'hello');
  expect(await heard).toBe(other);
  await expect(restClient(sim).get(Routes.guild(foreign))).rejects.toMatchObject({ code: 50001 });
  const late = new Promise((resolve) => client.once(Events.GuildCreate, ({ name }) => resolve(name)));
  sim.createGuild('Late');
  expect(await late).toBe('Late');
  const gone = new Promise((resolve) => client.once(Events.GuildDelete, ({ id }) => resolve(id)));
  sim.kickBot(other);
  expect(await gone).toBe(other);
  await expect(restClient(sim).get(Routes.channel(theirs))).rejects.toMatchObject({ code: 50001 });
});

test('members come and go, and are looked up', async () => {
  const sim = await startSim();
  const client = await readyClient(sim);
  const guild = client.guilds.cache.get(sim.guildId);
  const events: string[] = [];
  client.on(Events.GuildMemberAdd, ({ user }) => void events.push(`+${user.username}`));
  client.on(Events.GuildMemberRemove, ({ user }) => void events.push(`-${user.username}`));
  const ann = sim.person('ann');
  expect((await guild?.members.fetch(ann.id))?.displayName).toBe('ann');
  expect((await guild?.members.fetch())?.has(ann.id)).toBe(true);
  ann.leaveGuild(sim.guildId);
  await sim.waitFor(() => events[1]);
  expect(events).toEqual(['+ann', '-ann']);
  await expect(restClient(sim).get(Routes.guildMember(sim.guildId, ann.id))).rejects.toMatchObject({ code: 10007 });
});

test('the bot reads its guild, and closes a channel to everybody but one', async () => {
  const sim = await startSim();
  const channelId = sim.createChannel('private');
  const [ann, bob] = [sim.person('ann'), sim.person('bob')];
  const client = await readyClient(sim);
  const guild = client.guilds.cache.get(sim.guildId);
  expect((await guild?.fetch())?.name).toBe('Acme');
  expect((await guild?.roles.fetch())?.map(({ name }) => name).sort()).toEqual(['@everyone', 'mainloop']);
  expect((await client.application.fetch()).id).toBe(sim.botUserId);
  expect((await client.users.fetch(ann.id)).username).toBe('ann');
  const rest = restClient(sim);
  const bit = String(1 << 10);
  await rest.put(Routes.channelPermission(channelId, ann.id), { body: { type: 1, allow: bit } });
  await rest.put(Routes.channelPermission(channelId, sim.botUserId), { body: { type: 1, allow: bit } });
  await rest.put(Routes.channelPermission(channelId, sim.guildId), { body: { type: 0, deny: bit } });
  expect(() => bob.say(channelId, 'hello?')).toThrow('not_allowed');
  expect(ann.say(channelId, 'hello').content).toBe('hello');
});
