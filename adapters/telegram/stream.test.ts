import { expect, onTestFinished, test } from 'vitest';
import type { Account } from '../../core/domain/chat.ts';
import { until } from '../../core/testing/listener.ts';
import { createTelegramSim, type TelegramSimOptions } from '../../sim/telegram/index.ts';
import { placeOf } from './place.ts';
import { connect } from './testing.ts';

async function start(options: TelegramSimOptions = {}) {
  const sim = await createTelegramSim(options);
  onTestFinished(() => sim.close());
  const { chat } = await connect(sim);
  const ana = sim.person('Ana');
  await ana.start();
  const to: Account = { platform: 'telegram', space: '', id: String(ana.id), bot: false };
  return { sim, chat, ana, to, place: placeOf(ana.id) };
}

test('in private a reply grows as a preview and ends as one message', async () => {
  const { sim, chat, ana, to, place } = await start();
  const stream = chat.stream(place, to, 'turn:1', null);
  stream.append('Hel');
  await until(() => (sim.draft(ana.id)?.text === 'Hel' ? true : undefined));
  stream.append('lo **the');
  stream.append('re**');
  await until(() => (sim.draft(ana.id)?.text === 'Hello there' ? true : undefined));
  expect(stream.ref).toBeNull();
  const ref = await stream.finish({ text: 'Hello **there**, Ana.' });
  expect(stream.ref).toEqual(ref);
  expect(sim.draft(ana.id)).toBeUndefined();
  expect(sim.messages(ana.id).filter(({ wire }) => wire.from?.id === sim.botId)).toHaveLength(1);
  await ana.waitFor(ana.id, /^Hello there, Ana\.$/);
});

test('in a topic of a private chat the preview is there', async () => {
  const { sim, chat, ana, to } = await start({ privateTopics: true });
  const topic = await ana.createTopic(ana.id, 'Dates');
  const stream = chat.stream(placeOf(ana.id, `t${topic.id}`), to, 'turn:1', null);
  stream.append('Hello');
  await until(() => (sim.draft(ana.id)?.thread === topic.id ? true : undefined));
  await stream.finish({ text: 'Hello' });
});

test('a server that shows no previews gets the message all the same', async () => {
  const { sim, chat, ana, to, place } = await start();
  sim.faults.add({ kind: 'error', code: 400, method: 'sendMessageDraft', times: 100 });
  const stream = chat.stream(place, to, 'turn:1', null);
  stream.append('Hello');
  await stream.finish({ text: 'Hello' });
  await ana.waitFor(ana.id, /^Hello$/);
});

test('no preview comes after the message', async () => {
  const { sim, chat, ana, to, place } = await start();
  const stream = chat.stream(place, to, 'turn:1', null);
  stream.append('Hel');
  stream.append('lo');
  await stream.finish({ text: 'Hello' });
  const calls = sim.calls.map(({ method }) => method);
  expect(calls.lastIndexOf('sendMessageDraft')).toBeLessThan(calls.lastIndexOf('sendMessage'));
  expect(sim.draft(ana.id)).toBeUndefined();
});

test('a reply that this process already sent is edited, not sent again', async () => {
  const { sim, chat, ana, to, place } = await start();
  const ref = await chat.stream(place, to, 'turn:1', null).finish({ text: 'Hello' });
  const found = await chat.find(place, 'turn:1', 0, 'reply');
  expect(await chat.stream(place, to, 'turn:1', found).finish({ text: 'Hello again' })).toEqual(ref);
  expect(sim.messages(ana.id).filter(({ wire }) => wire.from?.id === sim.botId)).toHaveLength(1);
});

test('that it is at work is shown as typing, in the topic too, until it is not', async () => {
  const { sim, chat } = await start();
  const forum = sim.createGroup('web', { forum: true, bot: 'administrator' });
  const ana = sim.person('Ana');
  sim.invite(forum, ana);
  const topic = await ana.createTopic(forum, 'Dates');
  const actions: unknown[] = [];
  sim.on('action', (action) => actions.push(action));
  await chat.working(placeOf(forum, `t${topic.id}`), true);
  expect(actions).toEqual([{ chat: forum, thread: topic.id, action: 'typing' }]);
  await chat.working(placeOf(forum, `t${topic.id}`), false);
  await chat.working(placeOf(12345), true);
  await chat.working(placeOf(12345), false);
});
