import { createTelegramSim, type TelegramMessage } from '../sim/telegram/index.ts';
import type { Ledger } from './ledger.ts';
import type { Room } from './room.ts';

/** A bot with which each conversation is the private chat of another person. The miniature has Telegram's limits. */
export async function openTelegramRoom(ledger: Ledger, people: number): Promise<Room> {
  const telegram = await createTelegramSim();
  const hear = ({ chat, id, wire }: TelegramMessage) => {
    if (wire.from?.id === telegram.botId) ledger.heard(String(chat), String(id), wire.text ?? '');
  };
  telegram.on('message', hear);
  telegram.on('edit', hear);
  const persons = Array.from({ length: people }, (_, n) => telegram.person(`Ana ${n}`));
  return {
    env: { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_URL: telegram.apiRoot },
    owners: persons.map(({ id }) => `telegram:${id}`),
    async say(nth, text) {
      const person = persons[nth];
      await person?.say(person.id, text);
    },
    violations: () => telegram.violations(),
    close: () => telegram.close(),
  };
}
