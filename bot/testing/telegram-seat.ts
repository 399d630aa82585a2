import {
  renderMessage,
  type TelegramMessage,
  type TelegramPerson,
  type TelegramSim,
} from '../../sim/telegram/index.ts';
import { contentOf, type Seat, type Shown } from './seat.ts';

const patient = { timeoutMs: 60_000, patienceMs: 60_000 };

/** Somebody in Telegram; they talk to the bot in a new group each time, since groups without topics have no threads. */
export async function telegramSeat(telegram: TelegramSim, name: string): Promise<Seat> {
  const person = telegram.person(name);
  // Opens the chat without a word, so that the bot may write there.
  await person.unblock();
  const dm = person.id;
  /** What buttons answered in a bubble over the chat. */
  const bubbles: Shown[] = [];
  const ours = (chat: number) =>
    telegram.messages(chat).filter(({ wire, deleted }) => wire.from?.id === telegram.botId && !deleted);
  const shown = (chat: number) => ours(chat).map((message) => shownTo(telegram, person, message, bubbles));
  const say = (chat: number, text: string, files: Parameters<Seat['mention']>[1] = []) => {
    // In a group a bot hears who mentions it and who replies to it.
    const last = chat === dm ? undefined : ours(chat).at(-1);
    const attached = files.map((file) => ({ name: file.name, content: contentOf(file) }));
    return person.say(chat, text, { files: attached, ...(last ? { replyTo: last } : {}) });
  };
  return {
    platform: 'telegram',
    account: { platform: 'telegram', space: '', id: String(person.id), name, bot: false },
    dm: { channel: String(dm) },
    async say({ channel }, text, files) {
      const message = await say(Number(channel), text, files);
      return {
        id: String(message.id),
        edit: (words) => person.edit(message, words),
        remove: () => person.remove(message),
      };
    },
    async mention(text, files) {
      const group = telegram.createGroup('web', { bot: 'administrator' });
      telegram.invite(group, person);
      await say(group, `@${telegram.botUsername} ${text}`, files);
      return { channel: String(group) };
    },
    join: async (room) => telegram.invite(Number(room.channel), person),
    shown: ({ channel }) => shown(Number(channel)),
    told: () => [...bubbles, ...shown(dm)],
    command: async (line) => void (await person.say(dm, `/${line}`)),
  };
}

const thumbs = { up: '👍', down: '👎' } as const;

function shownTo(telegram: TelegramSim, person: TelegramPerson, message: TelegramMessage, bubbles: Shown[]): Shown {
  const pressed = async (by: Promise<{ text?: string }>, what: string) => {
    const { text } = await by;
    const bubble = { ...shown, id: `bubble ${bubbles.length}: ${what}`, text: () => text ?? '' };
    if (text) bubbles.push(bubble);
  };
  const shown: Shown = {
    id: String(message.id),
    text: () => renderMessage(message),
    press: (label) => pressed(person.press(message, label, patient), label),
    async write(label, words) {
      const before = telegram.messages(message.chat).at(-1)?.id ?? 0;
      await person.press(message, label, patient);
      const isPrompt = ({ id, forceReply }: TelegramMessage) => forceReply && id > before;
      const prompt = await telegram.waitFor(() => telegram.messages(message.chat).find(isPrompt), patient);
      await person.say(message.chat, words, { replyTo: prompt });
    },
    reply: async (words) => void (await person.say(message.chat, words, { replyTo: message })),
    thumb: (which) => person.react(message, thumbs[which]),
    unthumb: () => person.unreact(message),
    forge: (token) => pressed(person.forge(message, token, patient), token),
  };
  return shown;
}
