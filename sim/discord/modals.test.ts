import {
  ActionRowBuilder,
  type ButtonInteraction,
  Events,
  LabelBuilder,
  ModalBuilder,
  type ModalSubmitInteraction,
  StringSelectMenuBuilder,
  type StringSelectMenuInteraction,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
  type UserSelectMenuInteraction,
} from 'discord.js';
import { expect, test } from 'vitest';
import { inputsOf } from './form.ts';
import type { DiscordSim } from './index.ts';
import { readyClient, restClient, startSim } from './testing.ts';
import type { DiscordMessage, DiscordModal } from './types.ts';

const FORM = new ModalBuilder()
  .setCustomId('revise:41')
  .setTitle('Revise the plan')
  .addLabelComponents(
    new LabelBuilder()
      .setLabel('What to change')
      .setTextInputComponent(
        new TextInputBuilder().setCustomId('words').setStyle(TextInputStyle.Paragraph).setMaxLength(20),
      ),
    new LabelBuilder()
      .setLabel('Model')
      .setStringSelectMenuComponent(
        new StringSelectMenuBuilder()
          .setCustomId('model')
          .addOptions({ label: 'Big', value: 'opus' }, { label: 'Small', value: 'haiku' }),
      ),
  );

async function cardIn(sim: DiscordSim, channel: string, components: object[]): Promise<DiscordMessage> {
  await restClient(sim).post(`/channels/${channel}/messages`, { body: { content: 'card', components } });
  const [card] = sim.messages(channel);
  if (!card) throw new Error('no card');
  return card;
}

const BUTTON = [{ type: 1, components: [{ type: 2, style: 2, label: 'Revise', custom_id: 'revise' }] }];

test('a press opens a form, and its fields come back by custom id', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isButton()) await interaction.showModal(FORM);
    if (!interaction.isModalSubmit()) return;
    const { fields } = interaction;
    const told = `${interaction.customId} ${fields.getTextInputValue('words')} ${fields.getStringSelectValues('model')}`;
    if (interaction.isFromMessage()) await interaction.update({ content: told, components: [] });
  });
  const ann = sim.person('ann');
  const card = await cardIn(sim, channel, BUTTON);
  const opened = await ann.press(card, 'Revise');
  if (opened.kind !== 'modal') throw new Error(`no form but ${opened.kind}`);
  expect(opened.modal.title).toBe('Revise the plan');
  expect(inputsOf(opened.modal).map(({ label }) => label)).toEqual(['What to change', 'Model']);
  await expect(ann.submit(opened.modal, { words: 'x' })).rejects.toThrow('model is required');
  await expect(ann.submit(opened.modal, { words: 'x'.repeat(21), Model: 'Big' })).rejects.toThrow('0 to 20 characters');
  await expect(ann.submit(opened.modal, { wrods: 'x' })).rejects.toThrow('no field wrods');
  const answer = await ann.submit(opened.modal, { 'What to change': 'smaller', model: 'Small' });
  expect(answer.kind).toBe('updated');
  expect(card.content).toBe('revise:41 smaller haiku');
});

test('a form must be the first answer', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const refused = new Promise<unknown>((resolve) =>
    client.once(Events.InteractionCreate, async (interaction) => {
      const pressed = interaction as ButtonInteraction;
      await pressed.deferUpdate();
      pressed.deferred = false;
      await pressed.showModal(FORM).catch((error: { code: unknown }) => resolve(error.code));
    }),
  );
  await sim.person('ann').press(await cardIn(sim, channel, BUTTON), 'Revise');
  expect(await refused).toBe(40060);
});

test.each([
  ['a title of 46', { title: 'x'.repeat(46) }],
  ['six components', { components: Array.from({ length: 6 }, (_, i) => ({ type: 10, content: `${i}` })) }],
  ['no custom id', { custom_id: '' }],
  ['a button in it', { components: BUTTON }],
])('a form with %s is refused', async (_what, change) => {
  const sim = await startSim({ interactionDeadlineMs: 200 });
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const refused = new Promise<unknown>((resolve) =>
    client.once(Events.InteractionCreate, async ({ id, token }) => {
      const body = { type: 9, data: { ...FORM.toJSON(), ...change } };
      const request = restClient(sim).post(`/interactions/${id}/${token}/callback`, { body, auth: false });
      await request.catch((error: { code: unknown }) => resolve(error.code));
    }),
  );
  const press = sim.person('ann').press(await cardIn(sim, channel, BUTTON), 'Revise');
  await expect(press).rejects.toThrow('did_not_respond');
  expect(await refused).toBe(50035);
});

test('the older form of rows works too, and keeps what the app filled in', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const input = new TextInputBuilder()
    .setCustomId('name')
    .setLabel('Name')
    .setStyle(TextInputStyle.Short)
    .setValue('shop');
  const form = new ModalBuilder().setCustomId('old').setTitle('Old');
  form.addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(input));
  client.once(Events.InteractionCreate, (interaction) => void (interaction as ButtonInteraction).showModal(form));
  const ann = sim.person('ann');
  const opened = (await ann.press(await cardIn(sim, channel, BUTTON), 1)) as { modal: DiscordModal };
  client.once(Events.InteractionCreate, async (interaction) => {
    const submitted = interaction as ModalSubmitInteraction;
    await submitted.reply(submitted.fields.getTextInputValue('name'));
  });
  expect(await ann.submit(opened.modal)).toMatchObject({ message: { content: 'shop' } });
});

test('a form’s other fields: people, one of several, several, and a tick', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const [ann, bob] = [sim.person('ann'), sim.person('bob')];
  const labelled = (label: string, component: object): object => ({ type: 18, label, component });
  const options = [
    { label: 'Now', value: 'now', default: true },
    { label: 'Later', value: 'later' },
  ];
  const components = [
    labelled('Who', { type: 5, custom_id: 'who' }),
    labelled('When', { type: 21, custom_id: 'when', options }),
    labelled('Also', { type: 22, custom_id: 'also', options, required: false }),
    labelled('Quietly', { type: 23, custom_id: 'quietly' }),
  ];
  client.once(Events.InteractionCreate, async ({ id, token }) => {
    const body = { type: 9, data: { title: 'Ask', custom_id: 'ask', components } };
    await client.rest.post(`/interactions/${id}/${token}/callback`, { body, auth: false });
  });
  const opened = (await ann.press(await cardIn(sim, channel, BUTTON), 1)) as { modal: DiscordModal };
  client.once(Events.InteractionCreate, async (interaction) => {
    const submitted = interaction as ModalSubmitInteraction;
    const { fields } = submitted;
    const who = fields.getSelectedUsers('who', true).map(({ username }) => username);
    const rest = [fields.getRadioGroup('when'), fields.getCheckboxGroup('also'), fields.getCheckbox('quietly')];
    await submitted.reply(JSON.stringify([...who, ...rest]));
  });
  const answer = await ann.submit(opened.modal, { Who: bob.id, also: ['Now', 'Later'], quietly: true });
  expect(answer).toMatchObject({ message: { content: '["bob","now",["now","later"],true]' } });
});

test('selects give values, and whom they mean', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const [ann, bob] = [sim.person('ann'), sim.person('bob')];
  const models = new StringSelectMenuBuilder().setCustomId('models').setMaxValues(2);
  models.addOptions({ label: 'Big', value: 'opus' }, { label: 'Small', value: 'haiku' }, { label: 'Old', value: 'x' });
  const people = new UserSelectMenuBuilder().setCustomId('people');
  const card = await cardIn(sim, channel, [
    new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(models).toJSON(),
    new ActionRowBuilder<UserSelectMenuBuilder>().addComponents(people).toJSON(),
  ]);
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isAnySelectMenu()) return;
    const said = interaction.isUserSelectMenu()
      ? (interaction as UserSelectMenuInteraction).users.map(({ username }) => username)
      : (interaction as StringSelectMenuInteraction).values;
    await interaction.reply(said.join(' '));
  });
  expect(await ann.select(card, ['Big', 'haiku'], 'models')).toMatchObject({ message: { content: 'opus haiku' } });
  expect(await ann.select(card, bob.id, 'people')).toMatchObject({ message: { content: 'bob' } });
  await expect(ann.select(card, ['Big', 'Small', 'Old'])).rejects.toThrow('choose 1 to 2');
  await expect(ann.select(card, 'Huge')).rejects.toThrow('no option Huge; there are: Big, Small, Old');
});
