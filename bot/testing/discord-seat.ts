import { commandForms } from '../../core/domain/command-forms.ts';
import { type DiscordMessage, type DiscordPerson, type DiscordSim, renderMessage } from '../../sim/discord/index.ts';
import { contentOf, type Seat, type Shown } from './seat.ts';

/** Somebody in Discord, who speaks in one channel; each mention there gets a thread. */
export function discordSeat(discord: DiscordSim, name: string, channel: string): Seat {
  const person = discord.person(name);
  const dm = person.dmChannel().id;
  const say = (target: string, text: string, files: Parameters<Seat['mention']>[1] = [], mention = false) => {
    const attached = files.map((file) => ({ name: file.name, content: contentOf(file), contentType: file.type }));
    return person.say(target, text, { files: attached, mention });
  };
  const isThere = (id: string) => id === dm || discord.channels().some((one) => one.id === id);
  return {
    platform: 'discord',
    account: { platform: 'discord', space: '', id: person.id, name, bot: false },
    dm: { channel: dm },
    async say(room, text, files) {
      const message = say(room.channel, text, files);
      return {
        id: message.id,
        edit: async (words) => person.edit(message, words),
        remove: async () => person.delete(message),
      };
    },
    mention: async (text, files) => ({ channel: say(channel, text, files, true).id }),
    join: async () => undefined,
    shown: ({ channel: where }) =>
      (isThere(where) ? discord.messages(where) : [])
        .filter((message) => message.author.id === discord.botUserId && !message.deleted)
        .map((message) => shownTo(person, message)),
    told: () => discord.ephemerals(person.id).map((message) => shownTo(person, message)),
    async command(line) {
      const { words, options } = typed(line);
      await person.command(dm, `mainloop ${words}`, options);
    },
  };
}

const thumbs = { up: '👍', down: '👎' } as const;

function shownTo(person: DiscordPerson, message: DiscordMessage): Shown {
  return {
    id: message.id,
    text: () => renderMessage(message),
    press: async (label) => void (await person.press(message, label)),
    async write(label, words) {
      const opened = await person.press(message, label);
      if (opened.kind !== 'modal') throw new Error(`${label} opened no form, but ${opened.kind}`);
      await person.submit(opened.modal, { text: words });
    },
    reply: async (words) => void person.say(message.channelId, words, { replyTo: message }),
    thumb: async (which) => person.react(message, thumbs[which]),
    unthumb: async (which) => person.unreact(message, thumbs[which]),
    async forge(token) {
      const button = { type: 2, style: 1, label: 'Forged', custom_id: token };
      await person.press({ ...message, components: [{ type: 1, components: [button] }] }, token);
    },
  };
}

/** A line as people type it elsewhere, with its parts put into the options that Discord shows. */
function typed(line: string): { words: string; options: Record<string, string> } {
  const [form] = commandForms
    .filter(({ words }) => `${line} `.startsWith(`${words.join(' ')} `))
    .sort((a, b) => b.words.length - a.words.length);
  if (!form) throw new Error(`Discord has no command for ${line}`);
  const words = form.words.join(' ');
  const options: Record<string, string> = {};
  let rest = line.slice(words.length).trim();
  for (const [at, { name, kind, after }] of form.options.entries()) {
    const isLast = at === form.options.length - 1;
    if (after && rest.startsWith(`${after} `)) rest = rest.slice(after.length).trim();
    else if (after) continue;
    const value = (isLast ? rest : (/^\S+/.exec(rest)?.[0] ?? '')).trim();
    if (value === '' || (kind === 'task' && !/^#?\d+$/.test(value))) continue;
    options[name] = value;
    rest = rest.slice(value.length).trim();
  }
  if (rest !== '') throw new Error(`Discord has no option for "${rest}" of ${line}`);
  return { words, options };
}
