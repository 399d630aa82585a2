/** A person at a chat platform: what all platforms let people do, and what they see there. */
import type { Account } from '../../core/domain/chat.ts';

export const platforms = ['slack', 'discord', 'telegram'] as const;
export type PlatformName = (typeof platforms)[number];

/** A conversation: a direct one, or a thread in a channel. */
export interface Room {
  readonly channel: string;
  readonly thread?: string;
}

/** A message of the bot on somebody's screen, and what they can do with it. */
export interface Shown {
  /** Of the message, whoever looks at it. */
  readonly id: string;
  /** As it reads now, buttons numbered: `1:[Start]`. */
  text(): string;
  press(label: string): Promise<void>;
  /** Presses a button that asks for words, and gives them: in its form, or in a reply to its prompt. */
  write(label: string, words: string): Promise<void>;
  /** Writes below the message. */
  reply(words: string): Promise<void>;
  thumb(which: 'up' | 'down'): Promise<void>;
  /** Takes the thumb away. */
  unthumb(which: 'up' | 'down'): Promise<void>;
  /** Presses a button that is not there, with this data. */
  forge(token: string): Promise<void>;
}

/** One's own message. */
export interface Said {
  readonly id: string;
  edit(text: string): Promise<void>;
  remove(): Promise<void>;
}

export interface Attached {
  readonly name: string;
  readonly content: Buffer | string;
  /** Media type, as far as the platform tells it. */
  readonly type: string;
}

export interface Seat {
  readonly platform: PlatformName;
  readonly account: Account;
  /** The direct conversation with the bot. */
  readonly dm: Room;
  say(room: Room, text: string, files?: readonly Attached[]): Promise<Said>;
  /** Mentions the bot in a channel, which begins a conversation. */
  mention(text: string, files?: readonly Attached[]): Promise<Room>;
  /** Enters the channel of a conversation that somebody else began. */
  join(room: Room): Promise<void>;
  /** What stands there of the bot, oldest first. */
  shown(room: Room): Shown[];
  /** What this person alone reads, oldest first; where there is no such thing, the direct conversation. */
  told(): Shown[];
  /** Gives a command as the platform takes it, from the line that people type. */
  command(line: string): Promise<void>;
}

/** The words on the buttons of a message, without those of links that only open a page. */
export const buttonsOf = (message: Shown): string[] =>
  [...message.text().matchAll(/\d+:\[(.*?)\](?= {2}| \(disabled\)|$)/gm)].map(([, label = '']) => label);

/** As {@link Attached}, with its bytes. */
export const contentOf = ({ content }: Attached): Buffer => Buffer.from(content);
