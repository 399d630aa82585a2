import {
  AUTOCOMPLETE,
  COMMAND,
  COMPONENT,
  type Interaction,
  type Interactions,
  refuseAnswerType,
} from './interactions.ts';
import { isJson, objectsIn, textIn } from './json.ts';
import type { Messages } from './messages.ts';
import { EPHEMERAL, type MessageFields, readMessage } from './rest/message-body.ts';
import type { ParsedBody } from './rest/request.ts';
import type { DiscordAnswer, DiscordMessage, Json } from './types.ts';
import { FormErrors } from './validate/form-errors.ts';
import { checkModal } from './validate/modal.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

const LOADING = 1 << 7;
const COMMAND_ANSWER = 20;
const REPLY = 19;

/** What the app does with an interaction: first answers, follow-ups, edits of them. */
export class Answers {
  readonly #world: World;
  readonly #wire: Wire;
  readonly #messages: Messages;
  readonly #interactions: Interactions;

  constructor(o: { world: World; wire: Wire; messages: Messages; interactions: Interactions }) {
    this.#world = o.world;
    this.#wire = o.wire;
    this.#messages = o.messages;
    this.#interactions = o.interactions;
  }

  /**
   * The first answer, by callback type: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 form.
   * @throws DiscordApiError 10062, 40060, 50035, 50006
   */
  respond(id: string, token: string, parsed: ParsedBody): { interaction: Interaction; answer: DiscordAnswer } {
    const interaction = this.#interactions.toAnswer(id, token);
    const { type } = parsed.body;
    const allowed = allowedAnswers(interaction);
    if (typeof type !== 'number' || !allowed.includes(type)) refuseAnswerType(allowed);
    const data = isJson(parsed.body.data) ? parsed.body.data : {};
    const answer = this.#answer(interaction, type, data, parsed);
    interaction.settle(answer);
    return { interaction, answer };
  }

  /** A follow-up; the first one after "thinking" takes its place. @throws DiscordApiError 10015, 50027, 50035, 50006 */
  followUp(applicationId: string, token: string, parsed: ParsedBody): DiscordMessage {
    const interaction = this.#interactions.toFollowUp(applicationId, token);
    if (interaction.state === 'deferred') return this.edit(applicationId, token, '@original', parsed);
    const fields = readMessage(this.#world, interaction.channel, parsed);
    const replyTo = interaction.original?.deleted ? undefined : interaction.original;
    return this.#post(interaction, fields, REPLY, replyTo);
  }

  /** @throws DiscordApiError 10008, 10015, 50027, 50035, 50006 */
  edit(applicationId: string, token: string, messageId: string, parsed: ParsedBody): DiscordMessage {
    const interaction = this.#interactions.toFollowUp(applicationId, token);
    const message = this.find(applicationId, token, messageId);
    const fields = readMessage(this.#world, interaction.channel, parsed, { old: message });
    const flags = (fields.flags ?? message.flags) & ~LOADING;
    if (message === interaction.original && interaction.state === 'deferred') interaction.state = 'answered';
    this.#messages.edit(interaction.channel, message, { ...withoutMentions(fields), flags });
    return message;
  }

  /** @throws DiscordApiError 10008, 10015, 50027 */
  remove(applicationId: string, token: string, messageId: string): void {
    const { channel } = this.#interactions.toFollowUp(applicationId, token);
    this.#messages.remove(channel, this.find(applicationId, token, messageId));
  }

  /** @throws DiscordApiError 10008, 10015, 50027 */
  find(applicationId: string, token: string, messageId: string): DiscordMessage {
    const interaction = this.#interactions.toFollowUp(applicationId, token);
    if (messageId === '@original') return this.#interactions.original(interaction);
    return this.#world.message(interaction.channel, messageId);
  }

  #answer(interaction: Interaction, type: number, data: Json, parsed: ParsedBody): DiscordAnswer {
    const { source, channel } = interaction;
    const body = { body: data, files: parsed.files };
    if (type === 5) {
      const flags = (Number(data.flags ?? 0) & EPHEMERAL) | LOADING;
      interaction.original = this.#post(interaction, { flags }, first(interaction), source);
      interaction.state = 'deferred';
      return { kind: 'deferred', message: interaction.original };
    }
    if (type === 6 && source) {
      interaction.original = source;
      interaction.state = 'deferred_update';
      return { kind: 'deferred_update' };
    }
    if (type === 7 && source) {
      const fields = readMessage(this.#world, channel, body, { old: source, prefix: ['data'] });
      this.#messages.edit(channel, source, withoutMentions(fields));
      interaction.original = source;
      interaction.state = 'answered';
      return { kind: 'updated', message: source };
    }
    if (type === 8) {
      const choices = checkedChoices(data);
      interaction.state = 'answered';
      return { kind: 'choices', choices };
    }
    if (type === 9) {
      checkModal(data);
      interaction.state = 'answered';
      const { custom_id: customId, title, components } = data;
      const opened = { customId: String(customId), title: String(title), components: objectsIn(components) };
      return { kind: 'modal', modal: { ...opened, channelId: channel.id, ...(source ? { source } : {}) } };
    }
    const fields = readMessage(this.#world, channel, body, { prefix: ['data'] });
    interaction.original = this.#post(interaction, fields, first(interaction), source);
    interaction.state = 'answered';
    return { kind: 'message', message: interaction.original };
  }

  #post(
    { id, type, user, channel, data }: Interaction,
    fields: MessageFields,
    messageType: number,
    replyTo: DiscordMessage | undefined,
  ): DiscordMessage {
    const isEphemeral = ((fields.flags ?? 0) & EPHEMERAL) !== 0;
    return this.#messages.post(channel, this.#world.bot, {
      // Answers ping whom they reply to no more than others do.
      allowedMentions: { parse: ['users', 'roles'] },
      ...fields,
      type: messageType,
      ...(replyTo ? { reference: { channelId: channel.id, messageId: replyTo.id } } : {}),
      interaction: {
        id,
        type,
        user: this.#wire.user(user),
        authorizing_integration_owners: { 0: channel.guildId ?? '0' },
        ...(type === COMMAND ? { name: textIn(data, 'name') } : {}),
      },
      ...(isEphemeral ? { ephemeralTo: user.id } : {}),
    });
  }
}

function allowedAnswers({ type, source }: Interaction): readonly number[] {
  if (type === AUTOCOMPLETE) return [8];
  if (type === COMMAND) return [4, 5, 9];
  if (type === COMPONENT) return [4, 5, 6, 7, 9];
  return source ? [4, 5, 6, 7] : [4, 5];
}

function first({ type, source }: Interaction): number {
  if (type === COMMAND) return COMMAND_ANSWER;
  return source ? REPLY : 0;
}

function withoutMentions({
  allowedMentions: _pingsNobodyOnEdit,
  ...fields
}: MessageFields): Omit<MessageFields, 'allowedMentions'> {
  return fields;
}

/** @throws DiscordApiError 50035 above 25 choices */
function checkedChoices(data: Json): { name: string; value: string | number }[] {
  const errors = new FormErrors(['data']);
  errors.list(['choices'], data.choices, 25);
  const choices = objectsIn(data.choices);
  for (const [i, choice] of choices.entries()) errors.text(['choices', i, 'name'], choice.name, 100, 1);
  errors.check();
  return choices.map(({ name, value }) => ({
    name: String(name),
    value: typeof value === 'number' ? value : String(value),
  }));
}
