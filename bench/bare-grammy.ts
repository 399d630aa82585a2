/** The least that a Telegram bot does: grammY with long polling, an echo as a reply. A baseline of `turn`. */
import { Bot } from 'grammy';

const bot = new Bot(process.env.TELEGRAM_BOT_TOKEN ?? '', { client: { apiRoot: process.env.TELEGRAM_API_URL ?? '' } });
bot.on('message:text', (context) =>
  context.reply(context.message.text, { reply_parameters: { message_id: context.message.message_id } }),
);
await bot.start({ onStart: () => void process.send?.({ type: 'ready' }) });
