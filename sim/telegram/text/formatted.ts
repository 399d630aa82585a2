import type { MessageEntity, User } from 'grammy/types';

/** Text with its entities; offsets and lengths in UTF-16 code units. */
export interface Formatted {
  text: string;
  entities: MessageEntity[];
}

/** Text that Telegram cannot parse; the message is what follows `can't parse entities: `. */
export class InvalidFormat extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidFormat';
  }
}

/** Makes entities of addresses, given whom Telegram knows. */
export class Links {
  readonly #users: ReadonlyMap<number, User>;

  constructor(users: ReadonlyMap<number, User>) {
    this.#users = users;
  }

  /** A link or a mention; nothing when Telegram would silently drop the address and keep the words. */
  entity(url: string, offset: number, length: number): MessageEntity | undefined {
    const mentioned = /^tg:\/\/user\?id=(\d+)$/.exec(url);
    if (mentioned) {
      const user = this.#users.get(Number(mentioned[1]));
      return user && { type: 'text_mention', offset, length, user };
    }
    const checked = checkedUrl(url);
    return checked === undefined ? undefined : { type: 'text_link', offset, length, url: checked };
  }
}

/** An address as Telegram keeps it; nothing for hosts without a dot (`localhost`) and foreign schemes. */
export function checkedUrl(url: string): string | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(whole)) return undefined;
  const { protocol, hostname, href } = new URL(whole);
  if (protocol === 'tg:' || protocol === 'ton:') return href;
  return /^https?:$/.test(protocol) && hostname.includes('.') ? href : undefined;
}

/** In order of their beginnings, outer ones first. */
export function sorted(entities: MessageEntity[]): MessageEntity[] {
  return entities
    .map((entity, i) => ({ entity, i }))
    .sort((a, b) => a.entity.offset - b.entity.offset || b.entity.length - a.entity.length || b.i - a.i)
    .map(({ entity }) => entity);
}
