import { InlineKeyboard } from 'grammy';
import { expect, test } from 'vitest';
import { botOf, poll, startSim } from './testing.ts';

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
