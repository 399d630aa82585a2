import { ActionRowBuilder, ButtonBuilder, ButtonStyle, Events, type TextChannel } from 'discord.js';
import { expect, test } from 'vitest';
import { readyClient, startSim } from './testing.ts';

test('discord.js logs in, hears a message, answers in a thread, and takes a press and a reaction', async () => {
  const sim = await startSim();
  const channelId = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard: string[] = [];
  client.on(Events.MessageReactionAdd, (reaction, user) => void heard.push(`${reaction.emoji.name} by ${user.id}`));
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isButton()) await interaction.update({ content: `${interaction.customId}!`, components: [] });
  });
  client.on(Events.MessageCreate, async (message) => {
    // The thread begins with a system message by the author of the message it starts from.
    if (message.author.bot || message.system) return;
    const thread = await message.startThread({ name: 'task' });
    const go = new ButtonBuilder().setCustomId('go').setLabel('Go').setStyle(ButtonStyle.Primary);
    await thread.send({
      content: `you said ${message.content}`,
      components: [new ActionRowBuilder<ButtonBuilder>().addComponents(go)],
    });
    await message.react('👀');
  });

  const ann = sim.person('ann');
  const said = ann.say(channelId, 'hello');
  const answer = await ann.waitFor(said.id, 'you said hello');
  expect(ann.reads(answer)).toBe('you said hello\n1:[Go]');
  const pressed = await ann.press(answer, 'Go');
  expect(pressed.kind).toBe('updated');
  expect(answer.content).toBe('go!');
  ann.react(answer, '👍');
  await sim.waitFor(() => heard.find((line) => line === `👍 by ${ann.id}`));
  await sim.waitFor(() => said.reactions[0]);
  expect(ann.reads(said)).toBe('hello\n👀 1');
  const channel = client.channels.cache.get(channelId) as TextChannel;
  expect(channel.threads.cache.get(said.id)?.name).toBe('task');
});
