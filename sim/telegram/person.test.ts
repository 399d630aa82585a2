import { expect, test } from 'vitest';
import { renderMessage } from './index.ts';
import { apiOf, startSim } from './testing.ts';

test('what people type is marked as Telegram marks it', async () => {
  const { api, ana } = await withAna();
  const message = await ana.say(ana.id, '👍 /task@mainloop_bot see https://x.dev/a, #fix and a@b.dev but not 1/2');
  expect(message.wire.entities).toEqual([
    { type: 'bot_command', offset: 3, length: 18 },
    { type: 'url', offset: 26, length: 15 },
    { type: 'hashtag', offset: 43, length: 4 },
    { type: 'email', offset: 52, length: 7 },
  ]);
  expect((await api.getUpdates()).at(-1)?.message?.from).toMatchObject({ id: ana.id, is_bot: false, username: 'ana' });
});

test('start with a code is a command that carries it', async () => {
  const { api, ana } = await withAna();
  await ana.start('c0de');
  expect((await api.getUpdates()).at(-1)?.message).toMatchObject({
    text: '/start c0de',
    entities: [{ type: 'bot_command', offset: 0, length: 6 }],
  });
});

test('people edit and remove their own messages; of removals Telegram says nothing', async () => {
  const { sim, api, ana } = await withAna();
  const message = await ana.say(ana.id, 'teh plan');
  await ana.edit(message, 'the plan');
  const sent = await api.sendMessage(ana.id, 'mine');
  const botMessage = sim.messages(ana.id).find(({ id }) => id === sent.message_id);
  if (!botMessage) throw new Error('no message');
  await expect(ana.edit(botMessage, 'x')).rejects.toMatchObject({ code: 'not_allowed' });
  await ana.remove(message);
  expect((await api.getUpdates()).map(({ update_id, ...rest }) => Object.keys(rest)[0])).toEqual([
    'message',
    'message',
    'edited_message',
  ]);
  expect(ana.sees(ana.id)).toEqual(['/start', 'mine']);
  expect(renderMessage(message)).toBe('(deleted)');
});

test('strangers see and say nothing in a group', async () => {
  const { sim, ana } = await withAna();
  const group = sim.createGroup('Team');
  await expect(ana.say(group, 'x')).rejects.toThrow('Ana is not in Team');
  expect(() => ana.sees(group)).toThrow('not_allowed');
  await expect(ana.say(-5, 'x')).rejects.toThrow('no chat -5');
});

test('a message reads as on a screen: links, quotations, buttons', async () => {
  const { api, ana } = await withAna();
  const text = '<b>Plan</b> of <a href="https://x.dev/1">#41</a>\n<blockquote>one\ntwo</blockquote>\nend';
  await api.sendMessage(ana.id, text, {
    parse_mode: 'HTML',
    reply_markup: {
      inline_keyboard: [
        [
          { text: 'Approve', callback_data: 'a' },
          { text: 'Revise', callback_data: 'r' },
        ],
        [{ text: 'Open', url: 'https://x.dev/1' }],
      ],
    },
  });
  const card = await ana.waitFor(ana.id, /Plan/);
  expect(renderMessage(card)).toBe(
    'Plan of #41 (https://x.dev/1)\n│ one\n│ two\nend\n1:[Approve]  2:[Revise]\n3:[Open]',
  );
});

test('waiting for what never comes ends with an error that says where to look', async () => {
  const { ana } = await withAna();
  await expect(ana.waitFor(ana.id, 'never', { timeoutMs: 20 })).rejects.toThrow('look at sim.calls and sim.deliveries');
});

async function withAna() {
  const sim = await startSim({ limits: 'none' });
  const ana = sim.person('Ana');
  await ana.start();
  return { sim, api: apiOf(sim), ana };
}
