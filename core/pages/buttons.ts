import type { Button, Doc } from '../domain/chat.ts';
import { type Deed, type Matter, type Person, refusal } from '../domain/policy.ts';

/** The right that a button needs; every other is needed by who may answer. Links need none. */
const deeds: Readonly<Record<string, Deed>> = { cancel: 'cancel', retry: 'steer', answer: 'answer' };

/**
 * A card with the buttons that the viewer may press. Without any left, it says nothing of how to answer either. `answers`:
 * whether they may answer what it asks.
 */
export function pressable(doc: Doc, viewer: Person, matter: Matter, answers: boolean): Doc {
  const isAllowed = ({ token }: Button): boolean => {
    if (token === undefined) return true;
    const [verb = '', , choice] = token.split(':');
    const deed = choice === 'approve' ? 'approve' : deeds[verb];
    return deed === undefined ? answers : refusal(viewer, deed, matter) === null;
  };
  const { buttons = [], note, ...rest } = doc;
  const rows = buttons.map((row) => row.filter(isAllowed)).filter((row) => row.length > 0);
  const acts = rows.flat().some(({ token }) => token !== undefined);
  return { ...rest, ...(note && acts ? { note } : {}), ...(rows.length > 0 ? { buttons: rows } : {}) };
}
