import { Events, type Message } from 'discord.js';
import { expect, test } from 'vitest';
import { readyClient, startSim } from './testing.ts';

test('a direct message from nowhere is heard with its text, and answered', async () => {
  const sim = await startSim({ privilegedIntents: ['GuildMembers'] });
  const client = await readyClient(sim, { intents: ['Guilds', 'DirectMessages', 'DirectMessageReactions'] });
  const heard = new Promise<Message>((resolve) => client.once(Events.MessageCreate, resolve));
  const ann = sim.person('ann');
  ann.dm('hello bot');
  const message = await heard;
  expect(message).toMatchObject({ content: 'hello bot', guildId: null });
  expect(message.channel.isDMBased()).toBe(true);
  await message.reply('hello ann');
  const answer = await ann.waitFor(ann.dmChannel(), 'hello ann');
  const reacted = new Promise((resolve) => client.once(Events.MessageReactionAdd, (one) => resolve(one.emoji.name)));
  ann.react(answer, '✅');
  expect(await reacted).toBe('✅');
});

test('the bot opens a direct conversation with anybody, but cannot write to who blocks it or shares no guild', async () => {
  const sim = await startSim();
  const client = await readyClient(sim);
  const ann = sim.person('ann');
  const dm = await client.users.createDM(ann.id);
  expect(dm.id).toBe(ann.dmChannel().id);
  await dm.send('your turn');
  expect(ann.messages(dm.id).map(({ content }) => content)).toEqual(['your turn']);
  ann.blockDms();
  await expect(dm.send('hello?')).rejects.toMatchObject({ code: 50007, status: 403 });
  ann.blockDms(false);
  ann.leaveGuild(sim.guildId);
  await expect(dm.send('hello?')).rejects.toMatchObject({ code: 50007 });
  const robot = await client.users.createDM(sim.person('robot', { bot: true }).id);
  await expect(robot.send('hello?')).rejects.toMatchObject({ code: 50007 });
});
