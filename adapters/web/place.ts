import type { Account, MessageRef, Place } from '../../core/domain/chat.ts';

export const platform = 'web';

/** The account of a person on the page: named by the person, so that it needs no linking. */
export const accountOf = (person: number): Account => ({ platform, space: '', id: String(person), bot: false });

/** The one conversation of a person on the page. */
export const placeOf = (person: number): Place => ({ platform, space: '', channel: String(person), dm: true });

export const refOf = (person: number, message: number): MessageRef => ({
  place: placeOf(person),
  id: String(message),
});

/** The person or message that an id names; 0, which none has, for what is no id. */
export const numberOf = (id: string): number => (/^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0);
