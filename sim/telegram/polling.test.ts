import { InlineKeyboard } from 'grammy';
import { expect, test } from 'vitest';
import { apiOf, botOf, poll, startSim } from './testing.ts';

test('a bot polls, answers a command with buttons, and hears which one was pressed', async () => {
  const sim = await startSim();
  const bot = botOf(sim);
  bot.command('task', (ctx) =>
    ctx.reply(`shall I ${ctx.match}?`, { reply_markup: new InlineKeyboard().text('Yes', 'y:7').text('No', 'n:7') }),
  );
  bot.callbackQuery(/^y:(\d+)$/, async (ctx) => {
    await ctx.answerCallbackQuery(`number ${ctx.match[1]}`);
    await ctx.editMessageText('started');
  });
  await poll(bot);
  const ana = sim.person('Ana');
  await ana.say(ana.id, '/task fix it');
  const card = await ana.waitFor(ana.id, 'shall I fix it?');
  expect(ana.sees(ana.id)).toEqual(['/task fix it', 'shall I fix it?\n1:[Yes]  2:[No]']);
  expect(await ana.press(card, 'Yes')).toEqual({ text: 'number 7', showAlert: false });
  await ana.waitFor(ana.id, /^started$/);
  expect(card.edits).toBe(1);
});

test('an update comes until an offset behind it confirms it', async () => {
  const { sim, api, ana } = await withAna();
  for (const text of ['one', 'two', 'three']) await ana.say(ana.id, text);
  const [first, second] = await api.getUpdates({ limit: 2 });
  expect([first?.message?.text, second?.message?.text]).toEqual(['one', 'two']);
  expect((await api.getUpdates()).map(({ update_id }) => update_id - (first?.update_id ?? 0))).toEqual([0, 1, 2]);
  expect((await api.getUpdates({ offset: second?.update_id ?? 0 })).map(({ message }) => message?.text)).toEqual([
    'two',
    'three',
  ]);
  expect(sim.pending()).toBe(2);
  expect((await api.getUpdates({ offset: -1 })).map(({ message }) => message?.text)).toEqual(['three']);
  expect(sim.pending()).toBe(1);
  const ofFirst = sim.deliveries.filter(({ updateId }) => updateId === first?.update_id);
  expect(ofFirst.map(({ attempt, acked }) => [attempt, acked])).toEqual([
    [1, false],
    [2, true],
  ]);
});

test('an open poll is answered when something arrives, or empty when its time is over', async () => {
  const { api, ana } = await withAna();
  expect(await api.getUpdates({ timeout: 1 })).toEqual([]);
  const open = api.getUpdates({ timeout: 30 });
  await ana.say(ana.id, 'late');
  expect(await open).toMatchObject([{ message: { text: 'late' } }]);
});

test('what was said while the bot was away waits for a day', async () => {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'lost');
  now += 2 * 3_600_000;
  const kept = await ana.say(ana.id, 'kept');
  await ana.edit(kept, 'kept, edited');
  now += 23 * 3_600_000;
  const updates = await apiOf(sim).getUpdates();
  expect(updates).toMatchObject([
    // An update is a picture of its time.
    { message: { text: 'kept' } },
    { edited_message: { text: 'kept, edited', edit_date: expect.any(Number) } },
  ]);
});

test('allowed_updates decides what is queued from then on, and stays until it is given again', async () => {
  const { sim, api, ana } = await withAna();
  sim.configure({ privateReactions: true });
  const sent = await ana.say(ana.id, 'one');
  await ana.react(sent, '👍');
  expect(await kinds()).toEqual(['message']);
  await api.getUpdates({ allowed_updates: ['message_reaction'] });
  await ana.say(ana.id, 'two');
  await ana.react(sent, '👎');
  await api.getUpdates();
  await ana.unreact(sent);
  expect(await kinds()).toEqual(['message', 'message_reaction', 'message_reaction']);
  await api.getUpdates({ allowed_updates: [] });
  await ana.react(sent, '👍');
  await ana.say(ana.id, 'three');
  expect((await kinds()).slice(3)).toEqual(['message']);

  async function kinds(): Promise<string[]> {
    return (await api.getUpdates()).map(({ update_id, ...rest }) => Object.keys(rest)[0] ?? '');
  }
});

test('a second poller ends the first with 409', async () => {
  const { sim, ana } = await withAna();
  const api = apiOf(sim);
  const open = api.getUpdates({ timeout: 30 });
  const refused = expect(open).rejects.toMatchObject({
    error_code: 409,
    description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  });
  await sim.waitFor(() => sim.calls.findLast(({ method, args }) => method === 'getUpdates' && args.timeout === 30));
  const other = api.getUpdates({ timeout: 5 });
  await refused;
  await ana.say(ana.id, 'for the second');
  expect(await other).toHaveLength(1);
});

test('an update that was acknowledged can come again, for bots that must not do things twice', async () => {
  const { sim, ana } = await withAna();
  const bot = botOf(sim);
  const heard: number[] = [];
  bot.on('message:text', (ctx) => void heard.push(ctx.update.update_id));
  sim.faults.duplicateUpdates(1);
  await ana.say(ana.id, 'once');
  await poll(bot);
  await sim.waitFor(() => (heard.length === 2 ? true : undefined));
  expect(heard[0]).toBe(heard[1]);
});

async function withAna() {
  const sim = await startSim({ limits: 'none' });
  const ana = sim.person('Ana');
  return { sim, api: apiOf(sim), ana };
}
