import { InlineKeyboard, InputFile } from 'grammy';
import { expect, test } from 'vitest';
import { apiOf, startSim } from './testing.ts';

const keyboard = { reply_markup: new InlineKeyboard().text('Stop', 's') };

test('an edit replaces text, entities and keyboard, and what is the same is refused', async () => {
  const { sim, api, ana } = await withAna();
  const { message_id } = await api.sendMessage(ana.id, 'one', keyboard);
  const edited = await api.editMessageText(ana.id, message_id, '<b>two</b>', { ...keyboard, parse_mode: 'HTML' });
  expect(edited).toMatchObject({ text: 'two', entities: [{ type: 'bold' }], edit_date: expect.any(Number) });
  expect(ana.sees(ana.id).at(-1)).toBe('two\n1:[Stop]');
  const same = api.editMessageText(ana.id, message_id, '<b>two</b>', { ...keyboard, parse_mode: 'HTML' });
  await expect(same).rejects.toMatchObject({
    error_code: 400,
    description:
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
  });
  await api.editMessageText(ana.id, message_id, 'two');
  expect(ana.sees(ana.id).at(-1)).toBe('two');
  await api.editMessageReplyMarkup(ana.id, message_id, keyboard);
  expect(ana.sees(ana.id).at(-1)).toBe('two\n1:[Stop]');
  await expect(api.editMessageReplyMarkup(ana.id, message_id, keyboard)).rejects.toThrow('not modified');
  expect(sim.messages(ana.id).at(-1)?.edits).toBe(3);
});

test('only the bot’s own messages of the right kind can be edited', async () => {
  const { api, ana } = await withAna();
  const said = await ana.say(ana.id, 'mine');
  const file = await api.sendDocument(ana.id, new InputFile(Buffer.from('x'), 'a.md'), { caption: 'see' });
  const text = await api.sendMessage(ana.id, 'x');
  await expect(api.editMessageText(ana.id, said.id, 'x')).rejects.toThrow("message can't be edited");
  await expect(api.editMessageText(ana.id, 999, 'x')).rejects.toThrow('message to edit not found');
  const noText = 'there is no text in the message to edit';
  await expect(api.editMessageText(ana.id, file.message_id, 'x')).rejects.toThrow(noText);
  const noCaption = 'there is no caption in the message to edit';
  await expect(api.editMessageCaption(ana.id, text.message_id, { caption: 'x' })).rejects.toThrow(noCaption);
  await api.editMessageCaption(ana.id, file.message_id, { caption: 'done' });
  expect(ana.sees(ana.id)).toContain('📎 a.md (1 bytes)\ndone');
});

test('messages are deleted once, within two days, and others’ only where the bot may', async () => {
  let now = Date.now();
  const sim = await startSim({ limits: 'none', clock: () => now });
  const api = apiOf(sim);
  const ana = sim.person('Ana');
  const group = sim.createGroup('Team');
  sim.invite(group, ana);
  const said = await ana.say(group, 'spam');
  const own = await api.sendMessage(group, 'own');
  const old = await api.sendMessage(group, 'old');
  expect(await api.deleteMessage(group, own.message_id)).toBe(true);
  await expect(api.deleteMessage(group, own.message_id)).rejects.toThrow('message to delete not found');
  await expect(api.editMessageText(group, own.message_id, 'x')).rejects.toThrow('message to edit not found');
  await expect(api.deleteMessage(group, said.id)).rejects.toThrow("message can't be deleted");
  sim.setBot(group, { status: 'administrator' });
  await api.deleteMessage(group, said.id);
  expect(ana.sees(group)).toEqual(['old']);
  now += 49 * 3_600_000;
  await expect(api.deleteMessage(group, old.message_id)).rejects.toThrow("message can't be deleted for everyone");
});

async function withAna() {
  const sim = await startSim({ limits: 'none' });
  const ana = sim.person('Ana');
  await ana.start();
  return { sim, api: apiOf(sim), ana };
}
