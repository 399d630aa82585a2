import type { Doc } from '../domain/chat.ts';
import { platformName } from './names.ts';
import { headline, plain } from './text.ts';

/** What became of an account that was joined to a person. */
export interface JoinView {
  readonly id: number;
  /** `platform:space:id` of the account that was joined. */
  readonly account: string;
  readonly undoneAt: number | null;
}

/** How long a join can be taken back with one touch, milliseconds. */
export const unjoinMs = 24 * 60 * 60 * 1000;

/** The card on the account whose code was entered: which account is theirs now, and the way back while there is one. */
export function joinCard(join: JoinView, { name, open }: { name: string | null; open: boolean }): Doc {
  const [platform = '', , ...id] = join.account.split(':');
  const who = `${name === null ? id.join(':') : plain(headline(name))} on ${platformName(platform)}`;
  if (join.undoneAt !== null) return { text: `✔ ${who} was unlinked: that account is a stranger's again.` };
  if (!open) return { text: `✔ ${who} is you too.` };
  return {
    title: 'Another account was joined to yours',
    text: `${who} entered your code and is you from now on: it may do all that you may.`,
    buttons: [[{ label: 'Not me: unlink', token: `unlink:${join.id}`, style: 'danger' }]],
  };
}

/** The answer to a touch of the button that came too late. */
export const tooLateToUnlink = "It is too late for that button. An owner can take the account's rights away.";
