import type { EventEmitter } from 'node:events';
import { DiscordApiError, DiscordPersonError, refuse } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway/gateway.ts';
import { permissionsIn } from './permissions.ts';
import { MAX_FILE_BYTES } from './rest/message-body.ts';
import type { DiscordAnswer, DiscordChannel, DiscordMessage, DiscordSimEvents, DiscordUser, Json } from './types.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

export const COMMAND = 2;
export const COMPONENT = 3;
export const AUTOCOMPLETE = 4;
export const SUBMIT = 5;
/** Tokens of interactions serve follow-ups for 15 minutes. */
const TOKEN_LIFE_MS = 15 * 60_000;
/** Far more than can be alive at once. */
const KEPT = 10_000;

/** What a person did, before it is told to the app. */
export interface Act {
  type: typeof COMMAND | typeof COMPONENT | typeof AUTOCOMPLETE | typeof SUBMIT;
  user: DiscordUser;
  channel: DiscordChannel;
  data: Json;
  /** The message whose component was used, or whose component opened the form. */
  source?: DiscordMessage | undefined;
}

export interface Interaction extends Act {
  id: string;
  token: string;
  createdAt: number;
  /** `deferred` shows "thinking"; `deferred_update` nothing. */
  state: 'waiting' | 'deferred' | 'deferred_update' | 'answered';
  /** What `@original` is. */
  original?: DiscordMessage;
  /** The three seconds are over. */
  isOverdue: boolean;
  settle: (answer: DiscordAnswer) => void;
  giveUp: () => void;
}

/** Interactions from the person's act to the end of their token. */
export class Interactions {
  readonly #world: World;
  readonly #wire: Wire;
  readonly #gateway: Gateway;
  readonly #faults: Faults;
  readonly #watchers: EventEmitter<DiscordSimEvents>;
  readonly #deadlineMs: number;
  readonly #byToken = new Map<string, Interaction>();

  constructor(o: {
    world: World;
    wire: Wire;
    gateway: Gateway;
    faults: Faults;
    watchers: EventEmitter<DiscordSimEvents>;
    deadlineMs: number;
  }) {
    this.#world = o.world;
    this.#wire = o.wire;
    this.#gateway = o.gateway;
    this.#faults = o.faults;
    this.#watchers = o.watchers;
    this.#deadlineMs = o.deadlineMs;
  }

  /**
   * Tells the app of an act and resolves with its first answer.
   * @throws DiscordPersonError `did_not_respond` when none came in time
   */
  ask(act: Act): Promise<DiscordAnswer> {
    return new Promise((resolve, reject) => {
      const interaction: Interaction = {
        ...act,
        id: this.#world.ids.next(),
        token: crypto.randomUUID(),
        createdAt: this.#world.now(),
        state: 'waiting',
        isOverdue: this.#faults.takeExpired(),
        settle: (answer) => {
          clearTimeout(timer);
          this.#watchers.emit('answer', { user: act.user.id, answer });
          resolve(answer);
        },
        giveUp: () => {
          clearTimeout(timer);
          interaction.isOverdue = true;
          reject(new DiscordPersonError('did_not_respond', 'the application did not respond'));
        },
      };
      const timer = setTimeout(interaction.giveUp, this.#deadlineMs);
      const oldest = this.#byToken.keys().next().value;
      if (oldest !== undefined && this.#byToken.size >= KEPT) this.#byToken.delete(oldest);
      this.#byToken.set(interaction.token, interaction);
      this.#gateway.publish('INTERACTION_CREATE', this.#payload(interaction));
    });
  }

  /**
   * The interaction that a callback answers.
   * @throws DiscordApiError 10062 when unknown or too late, 40060 when it has an answer
   */
  toAnswer(id: string, token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (!interaction || interaction.id !== id || interaction.isOverdue) throw refuse(10062);
    if (interaction.state !== 'waiting') throw refuse(40060);
    return interaction;
  }

  /**
   * The interaction whose token serves a follow-up.
   * @throws DiscordApiError 10015 without a first answer, 50027 after 15 minutes
   */
  toFollowUp(applicationId: string, token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (applicationId !== this.#world.bot.id || !interaction || interaction.state === 'waiting') throw refuse(10015);
    if (this.#world.now() - interaction.createdAt > TOKEN_LIFE_MS) throw refuse(50027);
    return interaction;
  }

  /** Whoever still waits for an answer does so in vain. */
  close(): void {
    for (const interaction of this.#byToken.values()) interaction.giveUp();
  }

  /** @throws DiscordApiError 10008 */
  original(interaction: Interaction): DiscordMessage {
    const { original } = interaction;
    if (!original || original.deleted) throw refuse(10008);
    return original;
  }

  #payload(interaction: Interaction): Json {
    const { id, token, type, data, channel, user, source } = interaction;
    const guild = channel.guildId === undefined ? undefined : this.#world.guild(channel.guildId);
    const member = guild?.members.get(user.id);
    const permissions = String(permissionsIn(this.#world, user.id, channel));
    const where = guild &&
      member && {
        guild_id: guild.id,
        guild: { id: guild.id, locale: 'en-US', features: [] },
        guild_locale: 'en-US',
        member: { ...this.#wire.memberWithUser(member), permissions },
      };
    return {
      id,
      application_id: this.#world.bot.id,
      type,
      token,
      version: 1,
      data,
      channel_id: channel.id,
      channel: { ...this.#wire.channel(channel), permissions },
      locale: 'en-US',
      app_permissions: String(permissionsIn(this.#world, this.#world.bot.id, channel)),
      entitlements: [],
      authorizing_integration_owners: { 0: guild?.id ?? '0' },
      context: guild ? 0 : 1,
      attachment_size_limit: MAX_FILE_BYTES,
      ...(where ?? { user: this.#wire.user(user) }),
      ...(source ? { message: this.#wire.message(source) } : {}),
    };
  }
}

/** Answers of that type do not fit that interaction. @throws DiscordApiError 50035 always */
export function refuseAnswerType(allowed: readonly number[]): never {
  const words = `Value must be one of {${allowed.join(', ')}}.`;
  const errors = { type: { _errors: [{ code: 'BASE_TYPE_CHOICES', message: words }] } };
  throw new DiscordApiError(400, { message: 'Invalid Form Body', code: 50035, errors });
}
