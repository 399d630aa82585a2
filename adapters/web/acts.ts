import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Doc, Emoji, Inbound, MessageRef } from '../../core/domain/chat.ts';
import { createInOrder } from '../../core/in-order.ts';
import { storable } from '../../core/store/columns.ts';
import type { Store } from '../../core/store/index.ts';
import type { NewWebFile } from '../../core/store/web.ts';
import type { WebChat } from './chat.ts';
import { attempt, gone, unreachable } from './errors.ts';
import { handleOf, saidInbound } from './inbound.ts';
import { checkEmoji, checkNonce, checkText, checkToken, checkWords, outOfDate } from './limits.ts';
import { accountOf, numberOf, placeOf } from './place.ts';

/** What came of an act: the private answer to it, if one came soon. */
export interface Acted {
  readonly answer: { readonly id: number; readonly doc: Doc } | null;
}

interface Once {
  /** Made when the form was drawn: a form that is sent twice acts once. 8 to 64 of letters, digits, `_`, `-`. */
  readonly nonce: string;
}

interface On {
  /** The message of the chat it stands on; null: it stands elsewhere on the page. */
  readonly message: string | null;
}

/**
 * What a person, known by their session, does on the page. Each resolves when that is durable, and then with the private
 * answer if one comes within two seconds. Failures: `invalid_FIELD` for what was sent, `gone` for a message that is not in
 * their chat, `unreachable` for a person who was removed, `unavailable` (retry).
 */
export interface Acts {
  /** Text that begins with a slash is a command. `id` is the message's in the chat. */
  say(
    person: number,
    words: { readonly text: string; readonly files: readonly NewWebFile[] } & Once,
  ): Promise<Acted & { readonly id: string }>;
  press(
    person: number,
    button: { readonly token: string; readonly values: readonly string[] } & On & Once,
  ): Promise<Acted>;
  submit(
    person: number,
    form: { readonly token: string; readonly fields: Readonly<Record<string, string>> } & On & Once,
  ): Promise<Acted>;
  react(
    person: number,
    reaction: { readonly message: string; readonly emoji: Emoji; readonly on: boolean } & Once,
  ): Promise<void>;
  /** Ends the answer that is growing. */
  stop(person: number, answer: On): Promise<void>;
}

export interface ActsOptions {
  readonly web: Store['web'];
  /** Where what people do is handed in. */
  readonly chat: Pick<WebChat, 'receive'>;
}

/** How long a private answer is waited for, and how often it is looked for, milliseconds. */
const answer = { withinMs: 2_000, everyMs: 50 };

/** As much of a file's name is kept, characters. */
const mostOfName = 255;

export function createActs({ web, chat }: ActsOptions): Acts {
  /** What one person says quickly is stored in the order in which it came. */
  const inOrder = createInOrder();

  /** The form and its button name the act, so that two buttons of one form are two. */
  const begun = (person: number, ...id: string[]) => ({
    dedupe: ['web', person, ...id].join(':'),
    at: Date.now(),
    account: accountOf(person),
    place: placeOf(person),
  });

  async function targetOf(person: number, message: string | null): Promise<MessageRef | null> {
    if (message === null) return null;
    if (!(await attempt('repeatable', () => web.get(person, numberOf(message))))) throw gone('The message');
    return { place: placeOf(person), id: message };
  }

  /** Whichever program answers, its answer is a row. */
  async function answerTo(dedupe: string): Promise<Acted> {
    for (const end = Date.now() + answer.withinMs; Date.now() < end; await sleep(answer.everyMs)) {
      const found = await attempt('repeatable', () => web.byKey(`reply:${dedupe}`));
      if (found?.doc) return { answer: { id: found.id, doc: found.doc } };
    }
    return { answer: null };
  }

  async function answered(inbound: Inbound): Promise<Acted> {
    await chat.receive(inbound);
    return answerTo(inbound.dedupe);
  }

  return {
    async say(person, { text, files, nonce }) {
      checkNonce(nonce);
      checkWords(text, files);
      const { dedupe, at } = begun(person, nonce);
      const named = files.map((file) => ({ ...file, name: file.name.slice(0, mostOfName) }));
      const said = await inOrder(String(person), async () => {
        const message = await attempt('repeatable', () => web.say({ person, key: dedupe, text, files: named }, at));
        if (!message) throw unreachable(String(person));
        if (message.text !== storable(text)) throw outOfDate();
        await chat.receive(saidInbound(message));
        return message;
      });
      const { kind } = saidInbound(said);
      return { id: String(said.id), ...(kind === 'command' ? await answerTo(dedupe) : { answer: null }) };
    },

    async press(person, { token, values, message, nonce }) {
      checkNonce(nonce);
      checkToken(token);
      for (const value of values) checkText('values', value);
      const target = await targetOf(person, message);
      const base = begun(person, nonce, token);
      return answered({ ...base, kind: 'action', target, token, values, reply: handleOf(person, base.dedupe) });
    },

    async submit(person, { token, fields, message, nonce }) {
      checkNonce(nonce);
      checkToken(token);
      for (const [name, text] of Object.entries(fields)) checkText(name, text);
      await targetOf(person, message);
      const base = begun(person, nonce, token);
      return answered({ ...base, kind: 'form', token, fields, reply: handleOf(person, base.dedupe) });
    },

    async react(person, { message, emoji, on, nonce }) {
      checkNonce(nonce);
      checkEmoji(emoji);
      const target = { place: placeOf(person), id: message };
      if (!(await attempt('repeatable', () => web.react(person, numberOf(message), 'person', emoji, on))))
        throw gone('The message');
      const base = begun(person, nonce, emoji, on ? 'on' : 'off');
      await chat.receive({ ...base, kind: 'reaction', target, emoji, added: on });
    },

    async stop(person, { message }) {
      const target = await targetOf(person, message);
      await chat.receive({ ...begun(person, 'stop', randomUUID()), kind: 'stop', target });
    },
  };
}
