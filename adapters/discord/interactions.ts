import { InteractionResponseType, InteractionType, MessageFlags, Routes } from 'discord.js';
import type { Inbound, Place, ReplyHandle } from '../../core/domain/chat.ts';
import type { Suggest } from '../../core/ports.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import { choicesFor, lineOf } from './commands.ts';
import { isMenu } from './components.ts';
import { discordCode, toFailure } from './errors.ts';
import { formOf, opensForm } from './form.ts';
import type { Logger } from './logger.ts';
import type { InteractionData } from './payload.ts';
import { accountOf, refOf } from './place.ts';
import { handleOf, sendReply } from './reply.ts';
import { msOf } from './snowflake.ts';

/** Discord waits three seconds for the first answer. */
const DEADLINE_MS = 2_000;
const MAX_TRIES = 3;

export interface InteractionParts {
  readonly api: Api;
  readonly channels: Channels;
  readonly log: Logger;
  readonly sink: (inbound: Inbound) => Promise<void>;
  readonly suggest: Suggest | undefined;
}

export interface Interactions {
  /** Handles one interaction; resolves when it is answered for the first time and stored. Never throws. */
  handle(data: InteractionData): Promise<void>;
  /** Resolves when an interaction of this process has had its first answer: before that Discord takes no other. */
  answered(handle: ReplyHandle): Promise<void>;
}

/** Buttons, menus, forms and slash commands: the first answer within three seconds, and what was done into the sink. */
export function createInteractions({ api, channels, log, sink, suggest }: InteractionParts): Interactions {
  const first = new Map<string, Promise<void>>();

  async function respond(data: InteractionData, type: InteractionResponseType, body?: unknown): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const route = Routes.interactionCallback(data.id, data.token);
        await api.call('POST', route, { auth: false, body: { type, ...(body === undefined ? {} : { data: body }) } });
        return;
      } catch (error) {
        // Answered already: an attempt before this one arrived.
        if (discordCode(error) === 40_060) return;
        const failure = toFailure(error, 'repeatable');
        if (failure.remedy === 'never' || attempt === MAX_TRIES) throw failure;
      }
    }
  }

  /** The first answer once it is stored, or when Discord will not wait longer. What could not be stored stays unanswered. */
  async function acknowledge(data: InteractionData, stored: Promise<void>): Promise<void> {
    await Promise.race([stored, new Promise((resolve) => setTimeout(resolve, DEADLINE_MS).unref())]);
    if (data.type === InteractionType.ApplicationCommand || !data.message?.id) {
      const type = InteractionResponseType.DeferredChannelMessageWithSource;
      return respond(data, type, { flags: MessageFlags.Ephemeral });
    }
    return respond(data, InteractionResponseType.DeferredMessageUpdate);
  }

  async function take(data: InteractionData, inbound: Inbound & { reply: ReplyHandle }): Promise<void> {
    const stored = sink(inbound);
    const answer = acknowledge(data, stored);
    const settled = answer.catch(() => undefined);
    first.set(data.token, settled);
    void settled.finally(() => first.delete(data.token));
    const [storing, answering] = await Promise.allSettled([stored, answer]);
    if (storing.status === 'fulfilled') {
      if (answering.status === 'rejected') throw answering.reason;
      return;
    }
    log.error({ interaction: data.id }, 'an interaction could not be stored');
    if (answering.status === 'rejected') return;
    await sendReply(api, inbound.reply, { text: 'I could not take that now. Please do it again.' });
  }

  async function handle(data: InteractionData): Promise<void> {
    if (data.type === InteractionType.ApplicationCommandAutocomplete) return complete(data);
    const { custom_id: id = '', values = [] } = data.data;
    // A menu's choice is what a button's custom id is.
    const pressed = isMenu(id) ? (values[0] ?? '') : id;
    if (data.type === InteractionType.MessageComponent && opensForm(pressed)) {
      return respond(data, InteractionResponseType.Modal, formOf(pressed, labelOf(data, pressed)));
    }
    const place = await placeOf(data);
    const inbound = toInbound(data, place, pressed);
    if (inbound) await take(data, inbound);
  }

  async function complete(data: InteractionData): Promise<void> {
    const account = accountOf(personOf(data));
    const choices = suggest ? await choicesFor(data.data.options ?? [], account, suggest) : [];
    await respond(data, InteractionResponseType.ApplicationCommandAutocompleteResult, { choices });
  }

  async function placeOf({ channel, channel_id: id, guild_id: guild }: InteractionData): Promise<Place> {
    if (channel?.type !== undefined) channels.learn({ ...channel, type: channel.type }, guild ?? '');
    return channels.place(channel?.id ?? id ?? '', guild);
  }

  return {
    answered: async ({ token = '' }) => first.get(token),
    handle: (data) =>
      handle(data).catch((error: unknown) => {
        const { code } = toFailure(error, 'repeatable');
        log.warn({ interaction: data.id, error: code }, 'a Discord interaction was not answered');
      }),
  };
}

const personOf = ({ member, user }: InteractionData) => member?.user ?? user ?? { id: '0' };

/** What a person did, or null for what is not ours. */
function toInbound(data: InteractionData, place: Place, pressed: string): (Inbound & { reply: ReplyHandle }) | null {
  const isCommand = data.type === InteractionType.ApplicationCommand;
  const target = data.message?.id ? refOf(place, data.message.id) : null;
  const base = {
    dedupe: `discord:i:${data.id}`,
    at: msOf(data.id),
    account: accountOf(personOf(data)),
    place,
    reply: handleOf(data.application_id, data.token, isCommand || !target ? 'original' : 'more'),
  };
  if (isCommand) return { ...base, kind: 'command', text: lineOf(data.data.options ?? []) };
  if (data.type === InteractionType.MessageComponent && pressed) {
    return { ...base, kind: 'action', target, token: pressed, values: [] };
  }
  if (data.type !== InteractionType.ModalSubmit || !pressed) return null;
  const fields = (data.data.components ?? []).flatMap(({ component, components = [] }) => component ?? components);
  return {
    ...base,
    kind: 'form',
    token: pressed,
    fields: Object.fromEntries(fields.map(({ custom_id: name, value = '' }) => [name, value])),
  };
}

/** What stands on the button that was pressed. */
function labelOf({ message }: InteractionData, customId: string): string {
  const rows = (message?.components ?? []).flatMap(({ components }) => (Array.isArray(components) ? components : []));
  const found = rows.find((one) => one?.custom_id === customId);
  return typeof found?.label === 'string' ? found.label : 'Mainloop';
}
