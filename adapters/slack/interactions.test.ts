import { expect, onTestFinished, test } from 'vitest';
import type { Doc, Place } from '../../core/domain/chat.ts';
import type { Connected } from '../../core/testing/listener.ts';
import { createSlackSim, type SlackMessage, type SlackSim } from '../../sim/slack/index.ts';
import type { SlackChat } from './index.ts';
import { connect } from './testing.ts';

interface Scene extends Connected<SlackChat> {
  sim: SlackSim;
  place: Place;
  /** Posts a doc in the thread and gives the message people see. */
  shown(doc: Doc): Promise<SlackMessage>;
}

async function scene(refuse: () => boolean = () => false): Promise<Scene> {
  const sim = await createSlackSim();
  onTestFinished(() => sim.close());
  const connected = await connect(sim, {}, () =>
    refuse() ? Promise.reject(new Error('no database')) : Promise.resolve(),
  );
  const channel = sim.createChannel('web');
  await sim.person('Ana').say(channel, '@mainloop hello');
  const { place } = await connected.inbound('message');
  return {
    ...connected,
    sim,
    place,
    async shown(doc) {
      const ref = await connected.chat.post(place, doc, 'k');
      return sim.waitFor(() => sim.messages(channel).find((message) => message.ts === ref.id));
    },
  };
}

const card: Doc = { text: 'Shall I?', buttons: [[{ label: 'Start', token: 'start:41', style: 'primary' }]] };

test('a press brings the button’s token and can be answered privately', async () => {
  const { sim, chat, place, shown, inbound } = await scene();
  const message = await shown(card);
  await sim.person('Ana').press(message, { text: 'Start' });
  const action = await inbound('action');
  expect(action).toMatchObject({
    dedupe: expect.stringMatching(/^slack:i:./),
    account: { id: sim.person('Ana').id, name: 'Ana', bot: false },
    place,
    target: { place, id: message.ts },
    token: 'start:41',
  });
  await chat.reply(action.reply, { text: 'Only owners may do that.' });
  expect(sim.ephemerals(sim.person('Ana').id)).toMatchObject([
    { text: 'Only owners may do that.', thread_ts: place.thread },
  ]);
});

test('a press whose handle has aged is refused as expired', async () => {
  const { sim, chat, shown, inbound } = await scene();
  await sim.person('Ana').press(await shown(card), { text: 'Start' });
  const { reply } = await inbound('action');
  await expect(chat.reply({ ...reply, until: '1' }, { text: 'x' })).rejects.toMatchObject({ code: 'expired' });
  for (let i = 0; i < 5; i += 1) await chat.reply(reply, { text: String(i) });
  await expect(chat.reply(reply, { text: 'six' })).rejects.toMatchObject({ code: 'expired' });
});

test('a press is not acknowledged when it could not be stored', async () => {
  let isDown = false;
  const { sim, shown, inbox } = await scene(() => isDown);
  const message = await shown(card);
  isDown = true;
  await expect(sim.person('Ana').press(message, { text: 'Start' })).rejects.toMatchObject({
    code: 'operation_timeout',
  });
  expect(inbox.some((inbound) => inbound.kind === 'action')).toBe(false);
});

test('a link button is acknowledged and means nothing more', async () => {
  const { sim, shown, inbox } = await scene();
  const message = await shown({ text: 'x', buttons: [[{ label: 'Open PR', url: 'https://a.example' }]] });
  await sim.person('Ana').press(message, { text: 'Open PR' });
  expect(inbox.some((inbound) => inbound.kind === 'action')).toBe(false);
});

test('a form button opens a modal and what is written comes back with the token', async () => {
  const { sim, chat, place, shown, inbound } = await scene();
  const ana = sim.person('Ana');
  const form = { title: 'Ask for changes to the plan', label: 'What should change?', initial: 'Keep the text' };
  await ana.press(await shown({ text: 'Plan', buttons: [[{ label: 'Change…', token: 'revise:41', form }]] }), {});
  const view = await sim.waitFor(() => ana.openView());
  expect(view.title).toMatchObject({ text: 'Ask for changes to the…' });
  await ana.submit(view, { text: 'Use fewer files\nand tests' });
  const submitted = await inbound('form');
  expect(submitted).toMatchObject({ token: 'revise:41', fields: { text: 'Use fewer files\nand tests' }, place });
  expect(ana.openView()).toBeUndefined();
  await chat.reply(submitted.reply, { text: 'Noted.' });
  expect(sim.ephemerals(ana.id)).toMatchObject([{ text: 'Noted.', thread_ts: place.thread }]);
});

test('a slash command arrives as a command and is answered privately', async () => {
  const { sim, chat, place, inbound } = await scene();
  const ana = sim.person('Ana');
  const { replies } = await ana.command('/mainloop', 'why #41 & <b>', place.channel);
  const command = await inbound('command');
  expect(command).toMatchObject({
    text: 'why #41 & <b>',
    account: { id: ana.id, name: 'Ana' },
    place: { channel: place.channel, dm: false },
  });
  await chat.reply(command.reply, { title: 'CI holds it', text: 'for 12 min' });
  await sim.waitFor(() => (replies.length === 1 ? true : undefined));
  expect(replies[0]).toMatchObject({ text: 'CI holds it\nfor 12 min' });
});

test('reactions come with their canonical name, on and off, and tell bots from people', async () => {
  const { sim, chat, place, shown, inbox, inbound } = await scene();
  const message = await shown(card);
  await chat.react({ place, id: message.ts }, 'yes', true);
  await sim.person('Helper', { bot: true }).react(place.channel, message.ts, '+1');
  await sim.person('Ana').react(place.channel, message.ts, 'white_check_mark');
  await sim.person('Ana').unreact(place.channel, message.ts, 'white_check_mark');
  const gone = await inbound('reaction', (reaction) => !reaction.added);
  expect(gone).toMatchObject({ emoji: 'yes', target: { id: message.ts, place: { channel: place.channel } } });
  const reactions = inbox.filter((inbound) => inbound.kind === 'reaction');
  expect(reactions.map(({ account, added }) => [account.name, account.bot, added])).toEqual([
    ['Helper', true, true],
    ['Ana', false, true],
    ['Ana', false, false],
  ]);
  expect(new Set(reactions.map(({ dedupe }) => dedupe)).size).toBe(3);
});

test('the Stop button of a stream arrives as stop', async () => {
  const { sim, place, inbound } = await scene();
  await sim.person('Ana').stop(place.channel, place.thread ?? '');
  expect(await inbound('stop')).toMatchObject({ place, account: { id: sim.person('Ana').id } });
});
