import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../core/testing/listener.ts';
import { createTelegramSim } from '../../sim/telegram/index.ts';
import { placeOf } from './place.ts';
import { connect } from './testing.ts';

async function card() {
  const sim = await createTelegramSim();
  onTestFinished(() => sim.close());
  const { chat, inbound, inbox } = await connect(sim);
  const ana = sim.person('Ana');
  await ana.start();
  const ref = await chat.post(
    placeOf(ana.id),
    { text: 'Start it?', buttons: [[{ label: 'Start', token: 'confirm:7' }]] },
    'k',
  );
  return { sim, chat, inbound, inbox, ana, ref, message: await ana.waitFor(ana.id, 'Start it?') };
}

test('a pressed button arrives with what it carries, and stops spinning by itself', async () => {
  const { ana, message, inbound, ref } = await card();
  const answer = ana.press(message, 'Start');
  expect(await inbound('action')).toMatchObject({
    dedupe: expect.stringMatching(/^telegram:i:\d+$/),
    token: 'confirm:7',
    target: ref,
    place: ref.place,
  });
  expect(await answer).toEqual({ showAlert: false });
});

test('a few words are shown over the chat, more of them until they are read', async () => {
  const { ana, chat, message, inbound, inbox } = await card();
  const first = ana.press(message, 'Start');
  await chat.reply((await inbound('action')).reply, { text: '**Done.**' });
  expect(await first).toEqual({ text: 'Done.', showAlert: false });
  const second = ana.press(message, 'Start');
  const action = await until(() => inbox.filter((one) => one.kind === 'action')[1]);
  const text = "You can't start tasks with your role, so nothing changed. Ask an owner for more.";
  await chat.reply(action.reply, { text });
  expect(await second).toEqual({ text, showAlert: true });
});

test('what is too long for that, or comes too late, is a message', async () => {
  const { ana, chat, message, inbound } = await card();
  const pressed = ana.press(message, 'Start');
  const { reply } = await inbound('action');
  await chat.reply(reply, { text: 'long '.repeat(60) });
  await ana.waitFor(ana.id, /^(long ?){60}$/);
  await pressed;
  await chat.reply(reply, { text: 'late' });
  await ana.waitFor(ana.id, 'late');
});

test('in a group a pressed button is answered over the chat alone, and what is too long for that is not answered there', async () => {
  const sim = await createTelegramSim();
  onTestFinished(() => sim.close());
  const { chat, inbound, inbox } = await connect(sim);
  const group = sim.createGroup('web');
  const ana = sim.person('Ana');
  sim.invite(group, ana);
  await chat.post(placeOf(group), { text: 'Start it?', buttons: [[{ label: 'Start', token: 'confirm:7' }]] }, 'k');
  const message = await ana.waitFor(group, 'Start it?');
  const first = ana.press(message, 'Start');
  await chat.reply((await inbound('action')).reply, { text: 'Done.' });
  expect(await first).toEqual({ text: 'Done.', showAlert: false });
  const second = ana.press(message, 'Start');
  const { reply } = await until(() => inbox.filter((one) => one.kind === 'action')[1]);
  await expect(chat.reply(reply, { text: 'long '.repeat(60) })).rejects.toMatchObject({ code: 'not_private' });
  await second;
  expect(ana.sees(group).join()).not.toMatch(/Done|long/);
});

test('a button that could not be made durable comes again and spins meanwhile', async () => {
  const sim = await createTelegramSim();
  onTestFinished(() => sim.close());
  let refusals = 2;
  const { chat, inbound } = await connect(sim, {}, async ({ kind }) => {
    if (kind === 'action' && refusals-- > 0) throw new Error('not durable');
  });
  const ana = sim.person('Ana');
  await ana.start();
  await chat.post(placeOf(ana.id), { text: 'Start it?', buttons: [[{ label: 'Start', token: 'confirm:7' }]] }, 'k');
  const answer = ana.press(await ana.waitFor(ana.id, 'Start it?'), 'Start');
  await inbound('action');
  expect(refusals).toBe(-1);
  await answer;
});
