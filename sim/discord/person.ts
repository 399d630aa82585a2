import { chosen, findButton, findSelect, resolved, selectData } from './acts.ts';
import type { Channels } from './channels.ts';
import { DiscordPersonError } from './errors.ts';
import { type FieldValue, filled, valuesIn } from './form.ts';
import { AUTOCOMPLETE, COMMAND, COMPONENT, type Interactions, SUBMIT } from './interactions.ts';
import type { Messages } from './messages.ts';
import { may, type PermissionName } from './permissions.ts';
import { renderMessage } from './render.ts';
import { storeAttachment } from './rest/message-body.ts';
import { type SlashOptions, slashData } from './slash.ts';
import type { Threads } from './threads.ts';
import type { DiscordAnswer, DiscordChannel, DiscordMessage, DiscordModal, DiscordUser, Json } from './types.ts';
import { waitFor } from './watching.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

/** A channel, thread or message by its id, or anything that has one. */
export type Target = string | { id: string };

export interface SayOptions {
  replyTo?: DiscordMessage;
  files?: { name: string; content: string | Buffer; contentType?: string }[];
  /** Puts a mention of the bot before the text. */
  mention?: boolean;
}

/** What people are made of. */
export interface PersonParts {
  world: World;
  wire: Wire;
  messages: Messages;
  threads: Threads;
  channels: Channels;
  interactions: Interactions;
  commands: Map<string, Json[]>;
}

/** A scripted person: does what one can do in Discord's client, and sees what one would see. */
export class DiscordPerson {
  readonly id: string;
  readonly name: string;
  readonly #user: DiscordUser;
  readonly #parts: PersonParts;

  constructor(user: DiscordUser, parts: PersonParts) {
    this.id = user.id;
    this.name = user.username;
    this.#user = user;
    this.#parts = parts;
  }

  /** Says something; `@name` of anybody known becomes a mention. @throws DiscordPersonError `not_allowed` */
  say(target: Target, text: string, o: SayOptions = {}): DiscordMessage {
    const { world, messages, threads } = this.#parts;
    threads.archiveStale();
    const channel = this.#enter(target);
    const isLocked = channel.thread?.locked === true && !may(world, this.id, channel, 'ManageThreads');
    const isForText = channel.type !== 4 && channel.type !== 15;
    if (!isForText || isLocked || !this.#may(channel, channel.thread ? 'SendMessagesInThreads' : 'SendMessages')) {
      throw new DiscordPersonError('not_allowed', `${this.name} cannot write in ${channel.name}`);
    }
    const attachments = (o.files ?? []).map(({ name, content, contentType = 'application/octet-stream' }) =>
      storeAttachment(world, channel, { filename: name, contentType, content: Buffer.from(content) }),
    );
    const content = this.#typed(o.mention ? `@${world.bot.username} ${text}`.trim() : text);
    return messages.post(channel, this.#user, { content, attachments, replyTo: o.replyTo });
  }

  /** Says something to the bot in private. */
  dm(text: string, o: SayOptions = {}): DiscordMessage {
    return this.say(this.dmChannel(), text, o);
  }

  /** The direct conversation with the bot. */
  dmChannel(): DiscordChannel {
    return this.#parts.world.direct(this.#parts.world.bot.id, this.id);
  }

  edit(message: DiscordMessage, text: string): void {
    const channel = this.#own(message);
    this.#parts.messages.edit(channel, message, { content: this.#typed(text) });
  }

  /** Deletes one's own message, or dismisses one that only oneself sees. */
  delete(message: DiscordMessage): void {
    this.#parts.messages.remove(message.ephemeralTo === this.id ? this.#place(message) : this.#own(message), message);
  }

  /** Reacts with a Unicode emoji. */
  react(message: DiscordMessage, emoji: string): void {
    this.#reacts(message, emoji, 'add');
  }

  unreact(message: DiscordMessage, emoji: string): void {
    this.#reacts(message, emoji, 'remove');
  }

  type(target: Target): void {
    this.#parts.messages.type(this.#enter(target), this.#user);
  }

  /** Opens a thread on a message. */
  openThread(message: DiscordMessage, name: string): DiscordChannel {
    const channel = this.#place(message);
    if (!this.#may(channel, 'CreatePublicThreads')) throw new DiscordPersonError('not_allowed', 'no threads here');
    return this.#parts.threads.open(channel, this.#user, { id: message.id, name });
  }

  /** Posts in a forum. The thread and its first message have one id. */
  post(forum: Target, name: string, text: string): DiscordChannel {
    const thread = this.#parts.threads.open(this.#enter(forum), this.#user, { name });
    this.#parts.messages.post(thread, this.#user, { id: thread.id, content: this.#typed(text) });
    return thread;
  }

  /** Closes or locks a thread. */
  closeThread(target: Target, o: { lock?: boolean } = {}): void {
    this.#parts.threads.update(this.#enter(target), { archived: true, ...(o.lock ? { locked: true } : {}) });
  }

  /**
   * Presses a button by its words, custom id or number; resolves with the app's first answer.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async press(message: DiscordMessage, by: string | number): Promise<DiscordAnswer> {
    const channel = this.#place(message);
    const { custom_id, id } = findButton(message.components, by);
    return this.#use(channel, message, { custom_id, id, component_type: 2 });
  }

  /**
   * Chooses in a select, by labels or values, or by ids of users, roles or channels.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async select(message: DiscordMessage, values: string | string[], by?: string): Promise<DiscordAnswer> {
    const channel = this.#place(message);
    const select = findSelect(message.components, by);
    const where = { ...this.#parts, guildId: channel.guildId };
    return this.#use(channel, message, selectData(select, chosen(select, [values].flat()), where));
  }

  /**
   * Sends a form, with fields by label or custom id.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async submit(modal: DiscordModal, fields: Record<string, FieldValue> = {}): Promise<DiscordAnswer> {
    const channel = this.#enter(modal.channelId);
    const form = filled(modal, fields);
    const data = { ...form, resolved: resolved(valuesIn(form), { ...this.#parts, guildId: channel.guildId }) };
    return this.#parts.interactions.ask({ type: SUBMIT, user: this.#user, channel, data, source: modal.source });
  }

  /**
   * Runs a slash command such as `task` or `project link`.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async command(target: Target, path: string, options: SlashOptions = {}): Promise<DiscordAnswer> {
    const channel = this.#enter(target);
    const data = slashData(this.#commands(channel), path, options, { ...this.#parts, channel });
    return this.#parts.interactions.ask({ type: COMMAND, user: this.#user, channel, data });
  }

  /** What the app offers for the option `focused` of a command, of which so much is typed. */
  async autocomplete(
    target: Target,
    path: string,
    options: SlashOptions,
    focused: string,
  ): Promise<{ name: string; value: string | number }[]> {
    const channel = this.#enter(target);
    const data = slashData(this.#commands(channel), path, options, { ...this.#parts, channel, focused });
    const answer = await this.#parts.interactions.ask({ type: AUTOCOMPLETE, user: this.#user, channel, data });
    return answer.kind === 'choices' ? answer.choices : [];
  }

  /** From now on the bot's direct messages fail with 50007. */
  blockDms(blocks = true): void {
    this.#user.blocksDms = blocks;
  }

  joinGuild(guildId: string): void {
    this.#parts.channels.join(this.#parts.world.guild(guildId), this.#user);
  }

  leaveGuild(guildId: string): void {
    this.#parts.channels.leave(this.#parts.world.guild(guildId), this.#user);
  }

  /** What this person sees in a channel or thread, oldest first. */
  messages(target: Target): DiscordMessage[] {
    const all = [...this.#enter(target).messages.values()];
    return all.filter(({ deleted, ephemeralTo }) => !deleted && (ephemeralTo ?? this.id) === this.id);
  }

  /** A message as this person reads it. */
  reads(message: DiscordMessage): string {
    return renderMessage(message, (id) => this.#parts.world.users.get(id)?.username);
  }

  /**
   * The first message of somebody else, seen here, whose text fits; 5,000 ms by default.
   * @throws DiscordWaitError
   */
  waitFor(
    target: Target,
    fits: string | RegExp | ((message: DiscordMessage) => boolean),
    o: { timeoutMs?: number } = {},
  ): Promise<DiscordMessage> {
    const isIt = (message: DiscordMessage): boolean => {
      if (typeof fits === 'function') return fits(message);
      const text = this.reads(message);
      return typeof fits === 'string' ? text.includes(fits) : fits.test(text);
    };
    const id = typeof target === 'string' ? target : target.id;
    const look = (): DiscordMessage[] => (this.#parts.world.channels.has(id) ? this.messages(id) : []);
    return waitFor(() => look().find((message) => message.author.id !== this.id && isIt(message)), o);
  }

  async #use(channel: DiscordChannel, source: DiscordMessage, data: Json): Promise<DiscordAnswer> {
    return this.#parts.interactions.ask({ type: COMPONENT, user: this.#user, channel, data, source });
  }

  #commands({ guildId }: DiscordChannel): Json[] {
    const { commands } = this.#parts;
    return [...(commands.get(guildId ?? '') ?? []), ...(guildId === undefined ? [] : (commands.get('') ?? []))];
  }

  #reacts(message: DiscordMessage, emoji: string, op: 'add' | 'remove'): void {
    const channel = this.#place(message);
    const isAllowed = op === 'remove' || this.#may(channel, 'AddReactions');
    if (!isAllowed || channel.thread?.archived) throw new DiscordPersonError('not_allowed', 'no reactions here');
    this.#parts.messages.react(channel, message, this.#user, { id: null, name: emoji }, op);
  }

  #typed(text: string): string {
    return text.replace(/@([\w-]+)/g, (whole, name: string) => {
      const user = this.#parts.world.userNamed(name);
      return user ? `<@${user.id}>` : whole;
    });
  }

  #may(channel: DiscordChannel, permission: PermissionName): boolean {
    return may(this.#parts.world, this.id, channel, permission);
  }

  #enter(target: Target): DiscordChannel {
    const channel = this.#parts.world.channel(typeof target === 'string' ? target : target.id);
    if (may(this.#parts.world, this.id, channel)) return channel;
    throw new DiscordPersonError('not_allowed', `${this.name} does not see ${channel.name}`);
  }

  /** Where a message is that this person sees. */
  #place(message: DiscordMessage): DiscordChannel {
    const channel = this.#enter(message.channelId);
    if (!message.deleted && (message.ephemeralTo ?? this.id) === this.id) return channel;
    throw new DiscordPersonError('not_found', `${this.name} does not see message ${message.id}`);
  }

  #own(message: DiscordMessage): DiscordChannel {
    const channel = this.#place(message);
    if (message.author.id === this.id) return channel;
    throw new DiscordPersonError('not_allowed', 'only one’s own messages can be changed');
  }
}
