import { InlineKeyboard } from 'grammy';
import { expect, test } from 'vitest';
import { apiOf, startSim } from './testing.ts';

test('a text is parsed, and its entities and those that Telegram finds come back', async () => {
  const { api, ana } = await withAna();
  const text = '<b>Hi</b> @mainloop_bot see https://x.dev/a /help <code>@nobody</code>';
  expect(await api.sendMessage(ana.id, text, { parse_mode: 'HTML' })).toMatchObject({
    chat: { id: ana.id, type: 'private', first_name: 'Ana', username: 'ana' },
    from: { is_bot: true, username: 'mainloop_bot' },
    text: 'Hi @mainloop_bot see https://x.dev/a /help @nobody',
    entities: [
      { type: 'bold', offset: 0, length: 2 },
      { type: 'mention', offset: 3, length: 13 },
      { type: 'url', offset: 21, length: 15 },
      { type: 'bot_command', offset: 37, length: 5 },
      { type: 'code', offset: 43, length: 7 },
    ],
  });
});

test('what Telegram does not take is refused in its own words', async () => {
  const { api, ana } = await withAna();
  const refused = async (text: string, o: Parameters<typeof api.sendMessage>[2], description: string) => {
    const expected = { error_code: 400, description: `Bad Request: ${description}` };
    await expect(api.sendMessage(ana.id, text, o)).rejects.toMatchObject(expected);
  };
  const data = (callback_data: string) => ({ reply_markup: { inline_keyboard: [[{ text: 'x', callback_data }]] } });
  const noTag = `can't parse entities: Can't find end tag corresponding to start tag "b"`;
  await refused('<b>x', { parse_mode: 'HTML' }, noTag);
  await refused(
    'a.',
    { parse_mode: 'MarkdownV2' },
    `can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'`,
  );
  await refused(' \n ', {}, 'message text is empty');
  await refused('<b> </b>', { parse_mode: 'HTML' }, 'message text is empty');
  await refused('x'.repeat(4097), {}, 'message is too long');
  await refused('x', data('é'.repeat(33)), 'BUTTON_DATA_INVALID');
  await refused('x', data(''), 'BUTTON_DATA_INVALID');
  await refused(
    'x',
    { reply_markup: { inline_keyboard: [[{ text: 'x' } as never]] } },
    'Text buttons are unallowed in the inline keyboard',
  );
  const local = { reply_markup: new InlineKeyboard().url('x', 'http://localhost/') };
  await refused('x', local, "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL");
  await refused('x', { reply_parameters: { message_id: 999 } }, 'message to be replied not found');
  await refused('x', { message_thread_id: 5 }, 'message thread not found');
  await api.sendMessage(ana.id, `<i>${'x'.repeat(4096)}</i>`, { parse_mode: 'HTML' });
  await api.sendMessage(ana.id, 'x', data('é'.repeat(32)));
});

test('a reply shows what it answers, without what that answered', async () => {
  const { api, ana } = await withAna();
  const first = await ana.say(ana.id, 'question');
  const second = await api.sendMessage(ana.id, 'answer', { reply_parameters: { message_id: first.id } });
  const third = await api.sendMessage(ana.id, 'more', { reply_parameters: { message_id: second.message_id } });
  expect(third.reply_to_message).toMatchObject({ text: 'answer' });
  expect(third.reply_to_message).not.toHaveProperty('reply_to_message');
  expect(third).not.toHaveProperty('message_thread_id');
  const o = { reply_parameters: { message_id: 999, allow_sending_without_reply: true } };
  expect(await api.sendMessage(ana.id, 'anyway', o)).not.toHaveProperty('reply_to_message');
});

test('force_reply opens a reply in the person’s client and never comes back on the wire', async () => {
  const { sim, api, ana } = await withAna();
  const sent = await api.sendMessage(ana.id, 'Which one?', { reply_markup: { force_reply: true } });
  expect(sent).not.toHaveProperty('reply_markup');
  expect(sim.messages(ana.id).at(-1)).toMatchObject({ id: sent.message_id, forceReply: true });
});

test('a bot cannot write first, nor to whom blocked it, to bots, or into nothing', async () => {
  const { sim, api, ana } = await withAna();
  const bea = sim.person('Bea');
  const group = sim.createGroup('Team', { bot: 'administrator' });
  await expect(api.sendMessage(bea.id, 'x')).rejects.toMatchObject({ description: 'Bad Request: chat not found' });
  sim.invite(group, bea);
  await bea.say(group, 'hello');
  const initiate = "Forbidden: bot can't initiate conversation with a user";
  await expect(api.sendMessage(bea.id, 'x')).rejects.toMatchObject({ error_code: 403, description: initiate });
  await bea.start('code-1');
  expect((await api.sendMessage(bea.id, 'x')).text).toBe('x');
  await ana.block();
  const blocked = { error_code: 403, description: 'Forbidden: bot was blocked by the user' };
  await expect(api.sendMessage(ana.id, 'x')).rejects.toMatchObject(blocked);
  await expect(ana.say(ana.id, 'x')).rejects.toThrow('the bot is blocked');
  const robot = sim.person('Robot', { bot: true });
  const toBot = "Forbidden: bot can't send messages to bots";
  await expect(api.sendMessage(robot.id, 'x')).rejects.toMatchObject({ description: toBot });
  await expect(api.sendMessage(-1, 'x')).rejects.toMatchObject({ description: 'Bad Request: chat not found' });
});

test('unknown methods, wrong tokens and tokens of another shape are refused', async () => {
  const { sim, api } = await withAna();
  const raw = api.raw as unknown as { doSomething: (args: object) => Promise<unknown> };
  await expect(raw.doSomething({})).rejects.toMatchObject({ error_code: 404, description: 'Not Found' });
  const stranger = apiOf(sim, { token: '1:wrong' }).getMe();
  await expect(stranger).rejects.toMatchObject({ error_code: 401, description: 'Unauthorized' });
  await expect(apiOf(sim, { token: 'nonsense' }).getMe()).rejects.toMatchObject({ error_code: 404 });
  expect(sim.calls.map(({ error }) => error)).toEqual(['Not Found', 'Unauthorized', 'Not Found']);
});

test('a method is found in any case, and takes forms and queries as well as JSON', async () => {
  const { sim, ana } = await withAna();
  const at = `${sim.apiRoot}/bot${sim.token}`;
  const markup = JSON.stringify({ inline_keyboard: [[{ text: 'Go', callback_data: 'g' }]] });
  const form = new URLSearchParams({ chat_id: String(ana.id), text: 'form', reply_markup: markup });
  expect(await (await fetch(`${at}/SENDMESSAGE`, { method: 'POST', body: form })).json()).toMatchObject({ ok: true });
  await fetch(`${at}/sendMessage?chat_id=${ana.id}&text=query`);
  expect(ana.sees(ana.id)).toEqual(['/start', 'form\n1:[Go]', 'query']);
  const bad = await fetch(`${at}/sendMessage`, {
    method: 'POST',
    body: '{',
    headers: { 'content-type': 'application/json' },
  });
  expect(await bad.json()).toMatchObject({ ok: false, description: "Bad Request: can't parse request JSON object" });
});

async function withAna() {
  const sim = await startSim({ limits: 'none' });
  const ana = sim.person('Ana');
  await ana.start();
  return { sim, api: apiOf(sim), ana };
}
