import { createTelegramSim } from '../sim/telegram/index.ts';
import type { Office, OfficePlatform } from './office.ts';

/** So many that each is spoken in less often than Telegram lets a bot answer in one. */
const groups = 100;

export const telegramOffice: OfficePlatform = {
  library: 'grammY',
  bareBot: new URL('bare-grammy.ts', import.meta.url),
  open: openTelegram,
};

/** Groups of one person and the bot, spoken in by turns; each hello begins a chain of replies. */
async function openTelegram(): Promise<Office> {
  const telegram = await createTelegramSim({ limits: 'none' });
  const person = telegram.person('Ana');
  const chats = Array.from({ length: groups }, (_, n) => {
    const chat = telegram.createGroup(`web ${n}`);
    telegram.invite(chat, person);
    return chat;
  });
  let greeted = 0;
  return {
    env: {
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.apiRoot,
      OWNERS: `telegram:${person.id}`,
    },
    onCall: (hear) =>
      telegram.on('call', ({ method, args }) => {
        // The poll that goes on all the time is about nothing.
        if (method !== 'getUpdates') hear([String(args.chat_id)]);
      }),
    async greet() {
      const chat = chats[greeted % groups] ?? 0;
      greeted += 1;
      await person.say(chat, `@${telegram.botUsername} hello`);
      return String(chat);
    },
    close: () => telegram.close(),
  };
}
