import { InlineKeyboard } from 'grammy';
import { expect, test } from 'vitest';
import { apiOf, startSim } from './testing.ts';

test('a press is answered once, by alert if asked, and a link needs no bot', async () => {
  const { api, ana } = await withAna();
  const keyboard = new InlineKeyboard().text('Go', 'go:1').url('Open', 'https://x.dev/pull/1');
  await api.sendMessage(ana.id, 'Ready?', { reply_markup: keyboard });
  const card = await ana.waitFor(ana.id, 'Ready?');
  const pressed = ana.press(card, 'go:1');
  const query = (await api.getUpdates()).at(-1)?.callback_query;
  expect(query).toMatchObject({ from: { id: ana.id }, data: 'go:1', message: { message_id: card.id, text: 'Ready?' } });
  await api.answerCallbackQuery(query?.id ?? '', { text: 'On it', show_alert: true });
  expect(await pressed).toEqual({ text: 'On it', showAlert: true });
  const tooOld = 'Bad Request: query is too old and response timeout expired or query ID is invalid';
  const again = { error_code: 400, description: tooOld };
  await expect(api.answerCallbackQuery(query?.id ?? '')).rejects.toMatchObject(again);
  expect(await ana.press(card, 'Open')).toEqual({ url: 'https://x.dev/pull/1', showAlert: false });
  await expect(ana.press(card, 'Stop')).rejects.toThrow('no button "Stop" among Go, Open');
});

test('a press that nobody answers keeps spinning, and is too old after a while', async () => {
  let now = Date.now();
  const { api, ana } = await withAna({ clock: () => now });
  await api.sendMessage(ana.id, 'x', { reply_markup: new InlineKeyboard().text('Go', 'g') });
  const card = await ana.waitFor(ana.id, 'x');
  await expect(ana.press(card, 'Go', { patienceMs: 20 })).rejects.toMatchObject({ code: 'not_answered' });
  now += 16_000;
  const id = (await api.getUpdates()).at(-1)?.callback_query?.id ?? '';
  await expect(api.answerCallbackQuery(id)).rejects.toThrow('query is too old');
});

test('a button of a deleted message can still be pressed on an old screen', async () => {
  const { api, ana } = await withAna();
  await api.sendMessage(ana.id, 'x', { reply_markup: new InlineKeyboard().text('Go', 'g') });
  const card = await ana.waitFor(ana.id, 'x');
  await api.deleteMessage(ana.id, card.id);
  const pressed = ana.press(card, 'Go');
  const query = (await api.getUpdates()).at(-1)?.callback_query;
  expect(query?.message).toEqual({ chat: expect.anything(), message_id: card.id, date: 0 });
  await api.answerCallbackQuery(query?.id ?? '');
  await pressed;
});

test('a bot has one reaction a message, of the emoji that Telegram knows', async () => {
  const { api, ana } = await withAna();
  const message = await ana.say(ana.id, 'go');
  await api.setMessageReaction(ana.id, message.id, [{ type: 'emoji', emoji: '👀' }]);
  await api.setMessageReaction(ana.id, message.id, [{ type: 'emoji', emoji: '👍' }]);
  expect(ana.sees(ana.id).at(-1)).toBe('go\n👍 1');
  const two = api.setMessageReaction(ana.id, message.id, [
    { type: 'emoji', emoji: '👍' },
    { type: 'emoji', emoji: '👀' },
  ]);
  await expect(two).rejects.toThrow('REACTIONS_TOO_MANY');
  const check = { type: 'emoji', emoji: '✅' } as never;
  await expect(api.setMessageReaction(ana.id, message.id, [check])).rejects.toThrow('Bad Request: REACTION_INVALID');
  await expect(api.setMessageReaction(ana.id, 999, [])).rejects.toThrow('message to react not found');
  await api.setMessageReaction(ana.id, message.id, []);
  expect(ana.sees(ana.id).at(-1)).toBe('go');
});

test('reactions in private chats arrive only where that is switched on', async () => {
  const { sim, api, ana } = await withAna();
  await api.getUpdates({ allowed_updates: ['message_reaction'] });
  const message = await ana.say(ana.id, 'x');
  await ana.react(message, '👍');
  sim.configure({ privateReactions: true });
  await ana.react(message, '👎');
  expect((await api.getUpdates({ offset: -1 }))[0]?.message_reaction).toMatchObject({
    new_reaction: [{ emoji: '👎' }],
  });
  expect(sim.pending()).toBe(1);
});

test('a draft is seen in private chats until the message comes, or for 30 s', async () => {
  let now = Date.now();
  const { sim, api, ana } = await withAna({ clock: () => now });
  await api.sendMessageDraft(ana.id, 5, 'I am thin');
  await api.sendMessageDraft(ana.id, 5, 'I am thinking');
  expect(ana.sees(ana.id)).toEqual(['/start', 'I am thinking…']);
  expect(sim.draft(ana.id)).toMatchObject({ draftId: 5 });
  await api.sendMessage(ana.id, 'Done thinking');
  expect(ana.sees(ana.id)).toEqual(['/start', 'Done thinking']);
  await api.sendMessageDraft(ana.id, 6, 'More');
  now += 30_000;
  expect(ana.sees(ana.id)).toEqual(['/start', 'Done thinking']);
  const group = sim.createGroup('Team');
  await expect(api.sendMessageDraft(group, 5, 'x')).rejects.toMatchObject({ error_code: 400 });
  await expect(api.sendMessageDraft(ana.id, 0, 'x')).rejects.toMatchObject({ error_code: 400 });
});

test('an action shows what the bot is doing', async () => {
  const { sim, api, ana } = await withAna();
  const seen: object[] = [];
  const stop = sim.on('action', (action) => void seen.push(action));
  await api.sendChatAction(ana.id, 'typing');
  stop();
  await api.sendChatAction(ana.id, 'upload_document');
  expect(seen).toEqual([{ chat: ana.id, thread: undefined, action: 'typing' }]);
  const wrong = api.sendChatAction(ana.id, 'thinking' as never);
  await expect(wrong).rejects.toThrow('wrong parameter action in request');
});

test('commands are kept by scope and language', async () => {
  const { api, ana } = await withAna();
  const task = { command: 'task', description: 'Start a task' };
  const scope = { type: 'chat', chat_id: ana.id } as const;
  await api.setMyCommands([task]);
  await api.setMyCommands([{ command: 'stop', description: 'Anhalten' }], { scope, language_code: 'de' });
  expect(await api.getMyCommands()).toEqual([task]);
  expect(await api.getMyCommands({ scope })).toEqual([]);
  expect(await api.getMyCommands({ scope, language_code: 'de' })).toMatchObject([{ command: 'stop' }]);
  await api.deleteMyCommands();
  expect(await api.getMyCommands()).toEqual([]);
  await expect(api.setMyCommands([{ command: 'No-Way', description: 'x' }])).rejects.toThrow('BOT_COMMAND_INVALID');
});

async function withAna(o: { clock?: () => number } = {}) {
  const sim = await startSim({ limits: 'none', ...o });
  const ana = sim.person('Ana');
  await ana.start();
  return { sim, api: apiOf(sim), ana };
}
