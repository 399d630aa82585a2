import { expect, onTestFinished, test } from 'vitest';
import type { Place } from '../../core/domain/chat.ts';
import { type Connected, until } from '../../core/testing/listener.ts';
import { createDiscordSim, type DiscordMessage, type DiscordPerson, type DiscordSim } from '../../sim/discord/index.ts';
import type { DiscordChat } from './index.ts';
import { channelIn, connect } from './testing.ts';

interface Scene extends Connected<DiscordChat> {
  sim: DiscordSim;
  ana: DiscordPerson;
  channel: string;
  place: Place;
  card(id: string): DiscordMessage;
}

async function scene(
  options: Parameters<typeof connect>[1] = {},
  before?: Parameters<typeof connect>[2],
): Promise<Scene> {
  const sim = await createDiscordSim();
  onTestFinished(() => sim.close());
  const connected = await connect(sim, options, before);
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  ana.say(channel, 'hello', { mention: true });
  const { place } = await connected.inbound('message');
  const card = (id: string) => {
    const found = sim.messages(channelIn(place)).find((one) => one.id === id);
    if (!found) throw new Error('no card');
    return found;
  };
  return { ...connected, sim, ana, channel, place, card };
}

const buttons = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ label: `Option ${n}`, token: `answer:3:o${n}` }));

test('more than five buttons in a row are a menu, whose choice is what a press would be', async () => {
  const { chat, ana, place, card, inbound } = await scene();
  const ref = await chat.post(
    place,
    { text: 'Which?', buttons: [buttons(7), buttons(2).map(({ label }) => ({ label, token: `t:${label}` }))] },
    'k',
  );
  await ana.select(card(ref.id), 'Option 6');
  expect(await inbound('action')).toMatchObject({ token: 'answer:3:o6', target: { id: ref.id } });
});

test('a link is a button that leads there, and one to anywhere but the web is left out', async () => {
  const { chat, place, card } = await scene();
  const row = [
    { label: 'Open PR', url: 'https://host.example/1' },
    { label: 'Bad', url: 'javascript:alert(1)' },
  ];
  const ref = await chat.post(place, { text: 'Done', buttons: [row] }, 'k');
  expect(card(ref.id).components).toMatchObject([{ components: [{ style: 5, url: 'https://host.example/1' }] }]);
});

test('a form opens at once, also after a restart, and brings back the words', async () => {
  const { chat, sim, ana, place, card } = await scene();
  const form = { title: 'Change the task', label: 'What should be different, in your own words and at any length?' };
  const ref = await chat.post(place, { text: 'x', buttons: [[{ label: 'Change…', token: 'change:7', form }]] }, 'k');
  await chat.stop();
  const next = await connect(sim);
  const opened = await ana.press(card(ref.id), 'Change…');
  if (opened.kind !== 'modal') throw new Error(opened.kind);
  expect(opened.modal.title).toBe('Change the task');
  await ana.submit(opened.modal, { text: 'Use main.' });
  expect(await next.inbound('form')).toMatchObject({ token: 'change:7', fields: { text: 'Use main.' }, place });
});

test('a slash command shows that it is at work to its person alone, and is answered in its place', async () => {
  const { chat, sim, ana, channel, inbound } = await scene();
  await until(() => (sim.commands(sim.guildId).length > 0 ? true : undefined));
  const answer = await ana.command(channel, 'mainloop steer', { text: 'use main', task: '41' });
  expect(answer.kind).toBe('deferred');
  const command = await inbound('command');
  expect(command).toMatchObject({ text: 'steer #41 use main', place: { channel, dm: false } });
  await chat.reply(command.reply, { text: 'Told the worker.' });
  expect(sim.ephemerals(ana.id).map(({ content }) => content)).toEqual(['Told the worker.']);
});

test('a long answer to a command comes in pieces, for its person alone', async () => {
  const { chat, sim, ana, channel, inbound } = await scene();
  await until(() => (sim.commands(sim.guildId).length > 0 ? true : undefined));
  await ana.command(channel, 'mainloop tasks');
  await chat.reply((await inbound('command')).reply, {
    text: Array(60).fill('A line of fifty characters, more or less.').join('\n'),
  });
  expect(sim.ephemerals(ana.id)).toHaveLength(2);
});

test('commands are given in private too', async () => {
  const { sim, ana, inbound } = await scene();
  await until(() => (sim.commands().length > 0 ? true : undefined));
  await ana.command(ana.dmChannel(), 'mainloop inbox');
  expect(await inbound('command')).toMatchObject({ text: 'inbox', place: { dm: true, channel: ana.dmChannel().id } });
});

test('an option is completed by what the core suggests', async () => {
  const asked: unknown[] = [];
  const { sim, ana, channel } = await scene({
    async suggest(what, typed, { id }) {
      asked.push([what, typed, id]);
      return [{ label: '#41 Date picker', value: '41' }];
    },
  });
  await until(() => (sim.commands(sim.guildId).length > 0 ? true : undefined));
  expect(await ana.autocomplete(channel, 'mainloop why', { task: 'da' }, 'task')).toEqual([
    { name: '#41 Date picker', value: '41' },
  ]);
  expect(asked).toEqual([['task', 'da', ana.id]]);
});

test('commands are registered once, and again only in a new server', async () => {
  const { sim, chat } = await scene();
  const puts = () => sim.calls.filter(({ route }) => route.startsWith('PUT /applications/')).length;
  await until(() => (puts() === 2 ? true : undefined));
  await chat.stop();
  await connect(sim);
  const asked = () => sim.calls.filter(({ route }) => route.startsWith('GET /applications/:application/')).length;
  await until(() => (asked() === 4 ? true : undefined));
  expect(puts()).toBe(2);
  sim.createGuild('Other');
  await until(() => (puts() === 3 ? true : undefined));
});

test('an interaction that takes long to store is answered in time all the same', async () => {
  let isSlow = false;
  const { sim, ana, chat, place, card, inbox } = await scene({}, async () => {
    if (isSlow) await new Promise((resolve) => setTimeout(resolve, 2_500));
  });
  const ref = await chat.post(place, { text: 'x', buttons: [[{ label: 'Go', token: 'go' }]] }, 'k');
  isSlow = true;
  expect((await ana.press(card(ref.id), 'Go')).kind).toBe('deferred_update');
  expect(inbox.some(({ kind }) => kind === 'action')).toBe(false);
  await until(() => (inbox.some(({ kind }) => kind === 'action') ? true : undefined));
  expect(sim.limits.violations).toBe(0);
});

test('an interaction that could not be stored is not acknowledged', async () => {
  let isDown = false;
  const { ana, chat, place, card } = await scene({}, async () => {
    if (isDown) throw new Error('no database');
  });
  const ref = await chat.post(place, { text: 'x', buttons: [[{ label: 'Go', token: 'go' }]] }, 'k');
  isDown = true;
  await expect(ana.press(card(ref.id), 'Go')).rejects.toMatchObject({ code: 'did_not_respond' });
});

test('an answer that comes too late is said to be expired', async () => {
  const { chat, sim, ana, place, card, inbound } = await scene();
  const ref = await chat.post(place, { text: 'x', buttons: [[{ label: 'Go', token: 'go' }]] }, 'k');
  sim.faults.expireInteractions();
  await ana.press(card(ref.id), 'Go').catch(() => undefined);
  const { reply } = await inbound('action');
  await expect(chat.reply(reply, { text: 'x' })).rejects.toMatchObject({ code: 'expired', remedy: 'never' });
  await expect(chat.reply({ ...reply, until: '1' }, { text: 'x' })).rejects.toMatchObject({ code: 'expired' });
});
