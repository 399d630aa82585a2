import { expect, onTestFinished, test } from 'vitest';
import type { Place } from '../../core/domain/chat.ts';
import {
  createTelegramSim,
  type TelegramPerson,
  type TelegramSim,
  type TelegramSimOptions,
} from '../../sim/telegram/index.ts';
import { placeOf } from './place.ts';
import { connect } from './testing.ts';

async function start(options: TelegramSimOptions = {}) {
  const sim = await createTelegramSim(options);
  onTestFinished(() => sim.close());
  const connected = await connect(sim);
  const ana = sim.person('Ana');
  await ana.start();
  return { sim, ana, ...connected };
}

/** A thread in a new group that Ana began. */
async function thread(
  sim: TelegramSim,
  ana: TelegramPerson,
  o: Parameters<TelegramSim['createGroup']>[1],
): Promise<Place> {
  const group = sim.createGroup('web', o);
  sim.invite(group, ana);
  const root = await ana.say(group, `@${sim.botUsername} hello`);
  return placeOf(group, String(root.id));
}

test('a long text is several messages that are sent once each, a longer one a file', async () => {
  const { sim, ana, chat } = await start();
  const place = placeOf(ana.id);
  const text = Array.from({ length: 1_100 }, (_, n) => `word${n}`).join(' ');
  const ref = await chat.post(place, { text, buttons: [[{ label: 'Start', token: 'confirm:7' }]] }, 'long');
  const sent = sim.messages(ana.id).filter(({ wire }) => wire.from?.id === sim.botId);
  expect(sent.map(({ wire }) => wire.reply_markup !== undefined)).toEqual([false, false, true].slice(-sent.length));
  expect(sent.map(({ wire }) => wire.text).join(' ')).toBe(text);
  expect(ref.id).toBe(String(sent.at(-1)?.id));
  await chat.post(place, { text: `# Plan\n\n${'A line of it.\n\n'.repeat(2_000)}` }, 'longer');
  await ana.waitFor(ana.id, /📎 message\.md \(\d+ bytes\)/);
  await ana.waitFor(ana.id, /^Plan\n[\s\S]*The whole text is in the file below\.$/);
});

test('when the second message of a long text fails, the first is not sent again', async () => {
  const { sim, ana, chat } = await start();
  const text = Array.from({ length: 1_100 }, (_, n) => `word${n}`).join(' ');
  const stop = sim.on('message', ({ wire }) => {
    if (wire.from?.id !== sim.botId) return;
    stop();
    sim.faults.add({ kind: 'ratelimited', method: 'sendMessage', retryAfter: 1 });
  });
  await expect(chat.post(placeOf(ana.id), { text }, 'long')).rejects.toMatchObject({ code: 'rate_limited' });
  await chat.post(placeOf(ana.id), { text }, 'long');
  const sent = sim.messages(ana.id).filter(({ wire }) => wire.from?.id === sim.botId);
  expect(sent.map(({ wire }) => wire.text).join(' ')).toBe(text);
});

test('a message that wants a reply opens one, in groups for whom it answers', async () => {
  const { sim, ana, chat } = await start();
  await chat.post(placeOf(ana.id), { text: 'What should be different?', wantsReply: true }, 'a');
  expect((await ana.waitFor(ana.id, 'What should')).forceReply).toBe(true);
  const place = await thread(sim, ana, {});
  await chat.post(place, { text: 'Which branch?', wantsReply: true }, 'b');
  expect(sim.calls.findLast(({ method }) => method === 'sendMessage')?.args).toMatchObject({
    reply_markup: { force_reply: true, selective: true },
  });
});

test('who blocked the bot is unreachable until they come back', async () => {
  const { ana, chat } = await start();
  await ana.block();
  const place = placeOf(ana.id);
  await expect(chat.post(place, { text: 'x' }, 'a')).rejects.toMatchObject({ code: 'unreachable', remedy: 'never' });
  await expect(chat.dm({ platform: 'telegram', space: '', id: '99', bot: false })).rejects.toMatchObject({
    code: 'unreachable',
  });
  await ana.start();
  await chat.post(place, { text: 'back' }, 'b');
  await ana.waitFor(ana.id, 'back');
});

test.each([false, true])(
  'what belongs into a topic that is gone goes to the chat (silently: %s)',
  async (fallsIntoMainChat) => {
    const { sim, ana, chat } = await start();
    const forum = sim.createGroup('web', { forum: true, bot: 'administrator' });
    sim.invite(forum, ana);
    const topic = await ana.createTopic(forum, 'Dates');
    sim.deleteTopic(forum, topic.id, { fallsIntoMainChat });
    const ref = await chat.post(placeOf(forum, `t${topic.id}`), { text: 'your answer' }, 'k');
    expect(ref.place).toEqual(placeOf(forum, ref.id));
    await ana.waitFor(forum, 'your answer');
  },
);

test('a group that has become a supergroup goes on under its old name', async () => {
  const { sim, ana, chat } = await start();
  const place = await thread(sim, ana, { type: 'group' });
  const next = sim.upgrade(Number(place.channel));
  const ref = await chat.post(place, { text: 'still here' }, 'k');
  expect(ref.place.channel).toBe(String(next));
  await ana.waitFor(next, 'still here');
  await chat.edit({ ...ref, place: { ...ref.place, channel: place.channel } }, { text: 'edited' });
  await ana.waitFor(next, 'edited');
});

test('an edit takes the buttons away, twice the same is success, and of one that is gone it is said', async () => {
  const { sim, ana, chat } = await start();
  const place = placeOf(ana.id);
  const ref = await chat.post(place, { text: 'Start it?', buttons: [[{ label: 'Start', token: 'confirm:7' }]] }, 'k');
  await chat.edit(ref, { text: 'Started.' });
  await chat.edit(ref, { text: 'Started.' });
  const message = sim.messages(ana.id).find(({ id }) => String(id) === ref.id);
  expect(message?.wire).toMatchObject({ text: 'Started.' });
  expect(message?.wire.reply_markup).toBeUndefined();
  const gone = { place, id: '9999' };
  await expect(chat.edit(gone, { text: 'x' })).rejects.toMatchObject({ code: 'gone', remedy: 'never' });
  const said = await ana.say(ana.id, 'mine');
  await expect(chat.edit({ place, id: String(said.id) }, { text: 'x' })).rejects.toMatchObject({ code: 'gone' });
});

test('an edit that fails for a while is tried again, and a newer one takes its place', async () => {
  const { sim, ana, chat } = await start();
  const ref = await chat.post(placeOf(ana.id), { text: 'one' }, 'k');
  sim.faults.add({ kind: 'ratelimited', method: 'editMessageText', retryAfter: 1 });
  sim.faults.add({ kind: 'error502', method: 'editMessageText' });
  await Promise.all(['two', 'three', 'four'].map((text) => chat.edit(ref, { text })));
  expect(sim.messages(ana.id).find(({ id }) => String(id) === ref.id)?.wire.text).toBe('four');
  expect(sim.calls.filter(({ method, error }) => method === 'editMessageText' && !error).length).toBeLessThan(3);
});

test('the bot reacts only where reactions reach it', async () => {
  const { sim, ana, chat } = await start();
  const inPrivate = await chat.post(placeOf(ana.id), { text: 'card' }, 'a');
  const member = await chat.post(await thread(sim, ana, {}), { text: 'card' }, 'b');
  const admin = await chat.post(await thread(sim, ana, { bot: 'administrator' }), { text: 'card' }, 'c');
  for (const ref of [inPrivate, member, admin]) await chat.react(ref, 'yes', true);
  const reactions = [inPrivate, member, admin].map(({ place, id }) => {
    const message = sim.messages(Number(place.channel)).find((one) => String(one.id) === id);
    return message?.reactions.get(sim.botId)?.join() ?? '';
  });
  expect(reactions).toEqual(['', '', '👍']);
  sim.faults.add({
    kind: 'error',
    code: 400,
    description: 'Bad Request: REACTION_INVALID',
    method: 'setMessageReaction',
  });
  await chat.react(admin, 'no', true);
});

test('a message of a supergroup can be linked, one of a private chat cannot', async () => {
  const { chat } = await start();
  expect(await chat.link({ place: placeOf(-1001234, '5'), id: '7' })).toBe('https://t.me/c/1234/7');
  expect(await chat.link({ place: placeOf(-1001234, 't5'), id: '7' })).toBe('https://t.me/c/1234/5/7');
  expect(await chat.link({ place: placeOf(42), id: '7' })).toBeNull();
});
