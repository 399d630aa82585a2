import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  Events,
  type Interaction,
  InteractionContextType,
  MessageFlags,
  Routes,
  SlashCommandBuilder,
} from 'discord.js';
import { expect, test } from 'vitest';
import type { DiscordSim } from './index.ts';
import { readyClient, restClient, startSim } from './testing.ts';

const TASK = new SlashCommandBuilder()
  .setName('task')
  .setDescription('New task')
  .setContexts(InteractionContextType.Guild)
  .addStringOption((option) => option.setName('text').setDescription('What to do').setRequired(true))
  .addUserOption((option) => option.setName('for').setDescription('Whom it is for'))
  .addIntegerOption((option) => option.setName('limit').setDescription('Dollars'));
const PROJECT = new SlashCommandBuilder()
  .setName('project')
  .setDescription('Projects')
  .addSubcommandGroup((group) =>
    group
      .setName('links')
      .setDescription('Links')
      .addSubcommand((sub) =>
        sub
          .setName('add')
          .setDescription('Link a channel')
          .addStringOption((option) =>
            option.setName('repo').setDescription('Repository').setRequired(true).setAutocomplete(true),
          ),
      ),
  );

async function ready(): Promise<{ sim: DiscordSim; channel: string; client: Client<true> }> {
  const sim = await startSim({ interactionDeadlineMs: 300 });
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  await client.application.commands.set([TASK, PROJECT], sim.guildId);
  return { sim, channel, client };
}

/** Answers the next interaction, and resolves with what became of it. */
function onNext<T>(client: Client, answer: (interaction: Interaction) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    client.once(Events.InteractionCreate, (interaction) => void answer(interaction).then(resolve, reject));
  });
}

test('commands are registered for a guild, overwritten as a whole, and checked', async () => {
  const { sim, client } = await ready();
  expect(sim.commands(sim.guildId).map(({ name }) => name)).toEqual(['task', 'project']);
  const [before] = sim.commands(sim.guildId);
  await client.application.commands.set([TASK], sim.guildId);
  expect(sim.commands(sim.guildId)).toMatchObject([{ name: 'task', id: before?.id }]);
  const route = Routes.applicationGuildCommands(sim.botUserId, sim.guildId);
  const bad = restClient(sim).put(route, { body: [{ name: 'Bad Name', description: '' }] });
  await expect(bad).rejects.toMatchObject({ code: 50035, rawError: { errors: { 0: { name: {}, description: {} } } } });
});

test('a command carries typed options, and its answer is the person’s', async () => {
  const { sim, channel, client } = await ready();
  const [ann, bob] = [sim.person('ann'), sim.person('bob')];
  const done = onNext(client, async (interaction) => {
    const command = interaction as ChatInputCommandInteraction<'cached'>;
    const { options } = command;
    const said = `${options.getString('text')} ${options.getUser('for')?.username} ${options.getInteger('limit')}`;
    await command.reply(said);
    return [command.channelId, command.member.id, (await command.fetchReply()).interactionMetadata?.user.id];
  });
  const answer = await ann.command(channel, 'task', { text: 'fix it', for: bob.id, limit: 3 });
  expect(answer).toMatchObject({ kind: 'message', message: { content: 'fix it bob 3', type: 20 } });
  expect(await done).toEqual([channel, ann.id, ann.id]);
  await expect(ann.command(channel, 'task', {})).rejects.toThrow('text is required');
  await expect(ann.command(channel, 'task', { text: 'x', limit: 'much' })).rejects.toThrow('limit does not take');
  await expect(ann.command(channel, 'tusk')).rejects.toThrow('no /tusk; there are: task, project');
});

test('subcommands and autocomplete go through their group', async () => {
  const { sim, channel, client } = await ready();
  const ann = sim.person('ann');
  const offered = onNext(client, async (interaction) => {
    const typing = interaction as AutocompleteInteraction;
    const focused = typing.options.getFocused();
    await typing.respond([{ name: `${focused}/shop`, value: `${focused}/shop` }]);
  });
  const choices = await ann.autocomplete(channel, 'project links add', { repo: 'octo' }, 'repo');
  await offered;
  expect(choices).toEqual([{ name: 'octo/shop', value: 'octo/shop' }]);
  const run = onNext(client, async (interaction) => {
    const command = interaction as ChatInputCommandInteraction;
    const { options } = command;
    await command.reply([options.getSubcommandGroup(), options.getSubcommand(), options.getString('repo')].join(' '));
  });
  const answer = await ann.command(channel, 'project links add', { repo: 'octo/shop' });
  await run;
  expect(answer).toMatchObject({ message: { content: 'links add octo/shop' } });
  await expect(ann.command(channel, 'project', {})).rejects.toThrow('needs a subcommand: links');
});

test('thinking first, then the answer in its place, then follow-ups; ephemeral ones are only the person’s', async () => {
  const { sim, channel, client } = await ready();
  const [ann, bob] = [sim.person('ann'), sim.person('bob')];
  const gate = Promise.withResolvers<void>();
  const done = onNext(client, async (interaction) => {
    const command = interaction as ChatInputCommandInteraction;
    await command.deferReply({ flags: MessageFlags.Ephemeral });
    await gate.promise;
    await command.editReply('for you');
    const more = await command.followUp('for all');
    await command.followUp({ content: 'psst', flags: MessageFlags.Ephemeral });
    await command.deleteReply(more.id);
  });
  const answer = await ann.command(channel, 'task', { text: 'x' });
  if (answer.kind !== 'deferred') throw new Error(`not deferred but ${answer.kind}`);
  expect(ann.reads(answer.message)).toBe('mainloop is thinking…\n(only you can see this)');
  gate.resolve();
  await done;
  expect(ann.messages(channel).map(({ content }) => content)).toEqual(['for you', 'psst']);
  expect(sim.ephemerals(ann.id)).toHaveLength(2);
  expect(bob.messages(channel)).toEqual([]);
  const history = await restClient(sim).get(Routes.channelMessages(channel));
  expect(history).toEqual([]);
});

test('who gets no answer in time reads so, and the late app is told 10062', async () => {
  const { sim, channel, client } = await ready();
  const ann = sim.person('ann');
  const late = Promise.withResolvers<void>();
  const done = onNext(client, async (interaction) => {
    await late.promise;
    await (interaction as ChatInputCommandInteraction).reply('here I am');
  });
  await expect(ann.command(channel, 'task', { text: 'x' })).rejects.toThrow('did_not_respond');
  late.resolve();
  await expect(done).rejects.toMatchObject({ code: 10062, status: 404 });
  sim.faults.expireInteractions();
  const expired = onNext(client, (interaction) => (interaction as ChatInputCommandInteraction).reply('at once'));
  const asked = ann.command(channel, 'task', { text: 'x' });
  await expect(expired).rejects.toMatchObject({ code: 10062 });
  await expect(asked).rejects.toThrow('did_not_respond');
});

test('a second first answer is 40060, and a type that does not fit is 50035', async () => {
  const { sim, channel, client } = await ready();
  const callback = (interaction: Interaction, type: number): Promise<unknown> =>
    restClient(sim)
      .post(Routes.interactionCallback(interaction.id, interaction.token), {
        body: { type, data: { content: 'x' } },
        auth: false,
      })
      .catch((error: { code: unknown }) => error.code);
  const done = onNext(client, async (interaction) => {
    const update = await callback(interaction, 7);
    await callback(interaction, 4);
    return [update, await callback(interaction, 4)];
  });
  await sim.person('ann').command(channel, 'task', { text: 'x' });
  expect(await done).toEqual([50035, 40060]);
});

test('the token of an interaction serves for 15 minutes, and not before the first answer', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  await client.application.commands.set([TASK], sim.guildId);
  const done = onNext(client, async (interaction) => {
    const command = interaction as ChatInputCommandInteraction;
    const early = await restClient(sim)
      .get(Routes.webhookMessage(sim.botUserId, command.token, '@original'), { auth: false })
      .catch((error: { code: unknown }) => error.code);
    await command.deferReply();
    return { early, command };
  });
  await sim.person('ann').command(channel, 'task', { text: 'x' });
  const { early, command } = await done;
  expect(early).toBe(10015);
  now += 16 * 60_000;
  await expect(command.editReply('too late')).rejects.toMatchObject({ code: 50027, status: 401 });
});

test('a press can be answered by nothing, by an update, or by a message', async () => {
  const { sim, channel, client } = await ready();
  const button = (label: string, custom_id: string): object => ({ type: 2, style: 1, label, custom_id });
  const components = [{ type: 1, components: [button('Quiet', 'quiet'), button('Say', 'say')] }];
  await restClient(sim).post(Routes.channelMessages(channel), { body: { content: 'choose', components } });
  const ann = sim.person('ann');
  const card = await ann.waitFor(channel, 'choose');
  const quiet = onNext(client, async (interaction) => {
    const pressed = interaction as ButtonInteraction;
    const { content } = pressed.message;
    await pressed.deferUpdate();
    await pressed.editReply({ content: 'chosen' });
    return content;
  });
  expect(await ann.press(card, 'quiet')).toEqual({ kind: 'deferred_update' });
  expect(await quiet).toBe('choose');
  expect(card.content).toBe('chosen');
  const say = onNext(client, (interaction) =>
    (interaction as ButtonInteraction).reply({ content: 'said', withResponse: true }),
  );
  expect(await ann.press(card, 2)).toMatchObject({ kind: 'message', message: { content: 'said' } });
  expect((await say).resource?.message?.content).toBe('said');
  await expect(ann.press(card, 'Nope')).rejects.toThrow('no button Nope; there are: Quiet (quiet), Say (say)');
});

test('a command for all guilds works in a direct message too', async () => {
  const { sim, client } = await ready();
  await client.application.commands.set([new SlashCommandBuilder().setName('inbox').setDescription('Open asks')]);
  const ann = sim.person('ann');
  const done = onNext(client, async (interaction) => {
    const command = interaction as ChatInputCommandInteraction;
    await command.reply('nothing waits');
    return [command.user.id, command.inGuild(), command.context];
  });
  const answer = await ann.command(ann.dmChannel(), 'inbox');
  expect(await done).toEqual([ann.id, false, InteractionContextType.BotDM]);
  expect(answer).toMatchObject({ message: { content: 'nothing waits' } });
  await expect(ann.command(ann.dmChannel(), 'task', { text: 'x' })).rejects.toThrow('no /task');
});
