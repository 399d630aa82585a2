import { InputFile } from 'grammy';
import type { ForceReply, InlineKeyboardMarkup, Message, MessageEntity } from 'grammy/types';
import type { MessageRef, Place } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Budget } from './budget.ts';
import type { Chains } from './chain.ts';
import type { Client } from './client.ts';
import { type Flow, plainFlow } from './flow.ts';
import { sentRef, targetOf } from './place.ts';
import type { Rendered } from './render.ts';

export interface SendOptions {
  /** The message it answers, instead of the first of its chain. */
  readonly replyTo?: number | undefined;
  /** People's clients open a reply to it. */
  readonly wantsReply?: boolean | undefined;
}

export interface FileToSend {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly caption?: Flow;
  /** An image that people see in the chat, smaller than it is. */
  readonly asPhoto?: boolean;
}

export interface Sender {
  /** One message, when the chat's budget allows it. @throws Failure */
  send(place: Place, rendered: Rendered, options?: SendOptions): Promise<MessageRef>;
  /** One document, or photo. @throws Failure */
  sendFile(place: Place, file: FileToSend): Promise<MessageRef>;
}

interface Where {
  readonly message_thread_id?: number;
  readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply: true };
}

export interface SenderParts {
  readonly client: Client;
  readonly budget: Budget;
  readonly chains: Chains;
}

export function createSender({ client, budget, chains }: SenderParts): Sender {
  async function paced(place: Place, call: (chat: number) => Promise<Message>): Promise<MessageRef> {
    await budget.take(client.chatId(place.channel), 'post');
    try {
      return sentRef(await client.inChat(place.channel, 'once', call), place);
    } catch (error) {
      const { retryAfterMs = 0 } = error instanceof Failure ? error : {};
      if (retryAfterMs > 0) budget.hold(client.chatId(place.channel), retryAfterMs);
      throw error;
    }
  }

  /** A topic that somebody deleted must not swallow an ask or an answer: then it goes to the chat itself. */
  async function orOutside(place: Place, send: (place: Place) => Promise<MessageRef>): Promise<MessageRef> {
    try {
      return await send(place);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'thread_not_found' || place.thread === undefined) throw error;
      return send({ ...place, thread: undefined });
    }
  }

  function marked(chat: number, place: Place, flow: Flow): Flow {
    const target = targetOf(place);
    return target && 'root' in target ? chains.marked(chat, target.root, flow) : flow;
  }

  function where(place: Place, replyTo: number | undefined): Where {
    const target = targetOf(place);
    const topic = target && 'topic' in target ? { message_thread_id: target.topic } : {};
    const answered = replyTo ?? (target && 'root' in target ? target.root : undefined);
    if (answered === undefined) return topic;
    return { ...topic, reply_parameters: { message_id: answered, allow_sending_without_reply: true } };
  }

  return {
    send: (asked, { flow, keyboard }, { replyTo, wantsReply } = {}) =>
      orOutside(asked, (place) =>
        paced(place, (chat) => {
          const { text, marks } = marked(chat, place, flow);
          const markup = keyboard.length > 0 ? { inline_keyboard: keyboard } : wantsReply ? asking(place) : undefined;
          return client.api.sendMessage(chat, text, {
            entities: marks as MessageEntity[],
            link_preview_options: { is_disabled: true },
            ...where(place, replyTo),
            ...(markup ? { reply_markup: markup as InlineKeyboardMarkup | ForceReply } : {}),
          });
        }),
      ),
    sendFile: (asked, { name, bytes, caption, asPhoto = false }) =>
      orOutside(asked, (place) =>
        paced(place, (chat) => {
          const { text, marks } = caption ? marked(chat, place, caption) : plainFlow('');
          const words = { caption: text, caption_entities: marks as MessageEntity[], ...where(place, undefined) };
          const file = new InputFile(bytes, name);
          return asPhoto ? client.api.sendPhoto(chat, file, words) : client.api.sendDocument(chat, file, words);
        }),
      ),
  };
}

/** In groups only the author of the message that is answered is asked. */
const asking = ({ dm }: Place): ForceReply => ({ force_reply: true, ...(dm ? {} : { selective: true }) });
