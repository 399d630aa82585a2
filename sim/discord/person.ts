import { chosen, findButton, findSelect, resolved, selectData } from './acts.ts';
import { DiscordPersonError } from './errors.ts';
import { type FieldValue, filled, valuesIn } from './form.ts';
import { AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT } from './interactions.ts';
import { Onlooker, type Target } from './onlooker.ts';
import { may } from './permissions.ts';
import { storeAttachment } from './rest/message-body.ts';
import { type SlashOptions, slashData } from './slash.ts';
import type { DiscordAnswer, DiscordChannel, DiscordMessage, DiscordModal, Json } from './types.ts';

export interface SayOptions {
  replyTo?: DiscordMessage;
  files?: { name: string; content: string | Buffer; contentType?: string }[];
  /** Puts a mention of the bot before the text. */
  mention?: boolean;
}

/** A scripted person: does what one can do in Discord's client. */
export class DiscordPerson extends Onlooker {
  /** Says something; `@name` of anybody known becomes a mention. @throws DiscordPersonError `not_allowed` */
  say(target: Target, text: string, o: SayOptions = {}): DiscordMessage {
    const { world, messages, threads } = this.parts;
    threads.archiveStale();
    const channel = this.enter(target);
    const isLocked = channel.thread?.locked === true && !may(world, this.id, channel, 'ManageThreads');
    const isForText = channel.type !== 4 && channel.type !== 15;
    if (!isForText || isLocked || !this.may(channel, channel.thread ? 'SendMessagesInThreads' : 'SendMessages')) {
      throw new DiscordPersonError('not_allowed', `${this.name} cannot write in ${channel.name}`);
    }
    const attachments = (o.files ?? []).map(({ name, content, contentType = 'application/octet-stream' }) =>
      storeAttachment(world, channel, { filename: name, contentType, content: Buffer.from(content) }),
    );
    const content = this.#typed(o.mention ? `@${world.bot.username} ${text}`.trim() : text);
    return messages.post(channel, this.user, { content, attachments, replyTo: o.replyTo });
  }

  /** Says something to the bot in private. */
  dm(text: string, o: SayOptions = {}): DiscordMessage {
    return this.say(this.dmChannel(), text, o);
  }

  /** The direct conversation with the bot. */
  dmChannel(): DiscordChannel {
    return this.parts.world.direct(this.parts.world.bot.id, this.id);
  }

  edit(message: DiscordMessage, text: string): void {
    const channel = this.own(message);
    this.parts.messages.edit(channel, message, { content: this.#typed(text) });
  }

  /** Deletes one's own message, or dismisses one that only oneself sees. */
  delete(message: DiscordMessage): void {
    this.parts.messages.remove(message.ephemeralTo === this.id ? this.place(message) : this.own(message), message);
  }

  /** Reacts with a Unicode emoji. */
  react(message: DiscordMessage, emoji: string): void {
    this.#reacts(message, emoji, 'add');
  }

  unreact(message: DiscordMessage, emoji: string): void {
    this.#reacts(message, emoji, 'remove');
  }

  type(target: Target): void {
    this.parts.messages.type(this.enter(target), this.user);
  }

  /** Opens a thread on a message. */
  openThread(message: DiscordMessage, name: string): DiscordChannel {
    const channel = this.place(message);
    if (!this.may(channel, 'CreatePublicThreads')) throw new DiscordPersonError('not_allowed', 'no threads here');
    return this.parts.threads.open(channel, this.user, { id: message.id, name });
  }

  /** Posts in a forum. The thread and its first message have one id. */
  post(forum: Target, name: string, text: string): DiscordChannel {
    const thread = this.parts.threads.open(this.enter(forum), this.user, { name });
    this.parts.messages.post(thread, this.user, { id: thread.id, content: this.#typed(text) });
    return thread;
  }

  /** Closes or locks a thread. */
  closeThread(target: Target, o: { lock?: boolean } = {}): void {
    this.parts.threads.update(this.enter(target), { archived: true, ...(o.lock ? { locked: true } : {}) });
  }

  /**
   * Presses a button by its words, custom id or number; resolves with the app's first answer.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async press(message: DiscordMessage, by: string | number): Promise<DiscordAnswer> {
    const channel = this.place(message);
    const { custom_id, id } = findButton(message.components, by);
    return this.#use(channel, message, { custom_id, id, component_type: 2 });
  }

  /**
   * Chooses in a select, by labels or values, or by ids of users, roles or channels.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async select(message: DiscordMessage, values: string | string[], by?: string): Promise<DiscordAnswer> {
    const channel = this.place(message);
    const select = findSelect(message.components, by);
    const where = { ...this.parts, guildId: channel.guildId };
    return this.#use(channel, message, selectData(select, chosen(select, [values].flat()), where));
  }

  /**
   * Sends a form, with fields by label or custom id.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async submit(modal: DiscordModal, fields: Record<string, FieldValue> = {}): Promise<DiscordAnswer> {
    const channel = this.enter(modal.channelId);
    const form = filled(modal, fields);
    const data = { ...form, resolved: resolved(valuesIn(form), { ...this.parts, guildId: channel.guildId }) };
    return this.parts.interactions.ask({ type: SUBMIT, user: this.user, channel, data, source: modal.source });
  }

  /**
   * Runs a slash command such as `task` or `project link`.
   * @throws DiscordPersonError `not_found`, `not_allowed`, `did_not_respond`
   */
  async command(target: Target, path: string, options: SlashOptions = {}): Promise<DiscordAnswer> {
    const channel = this.enter(target);
    const data = slashData(this.#commands(channel), path, options, { ...this.parts, channel });
    return this.parts.interactions.ask({ type: COMMAND, user: this.user, channel, data });
  }

  /** What the app offers for the option `focused` of a command, of which so much is typed. */
  async autocomplete(
    target: Target,
    path: string,
    options: SlashOptions,
    focused: string,
  ): Promise<{ name: string; value: string | number }[]> {
    const channel = this.enter(target);
    const data = slashData(this.#commands(channel), path, options, { ...this.parts, channel, focused });
    const answer = await this.parts.interactions.ask({ type: AUTOCOMPLETE, user: this.user, channel, data });
    return answer.kind === 'choices' ? answer.choices : [];
  }

  /** From now on the bot's direct messages fail with 50007. */
  blockDms(blocks = true): void {
    this.user.blocksDms = blocks;
  }

  joinGuild(guildId: string): void {
    this.parts.channels.join(this.parts.world.guild(guildId), this.user);
  }

  leaveGuild(guildId: string): void {
    this.parts.channels.leave(this.parts.world.guild(guildId), this.user);
  }

  async #use(channel: DiscordChannel, source: DiscordMessage, data: Json): Promise<DiscordAnswer> {
    return this.parts.interactions.ask({ type: COMPONENT, user: this.user, channel, data, source });
  }

  #commands({ guildId }: DiscordChannel): Json[] {
    const { commands } = this.parts;
    return [...(commands.get(guildId ?? '') ?? []), ...(guildId === undefined ? [] : (commands.get('') ?? []))];
  }

  #reacts(message: DiscordMessage, emoji: string, op: 'add' | 'remove'): void {
    const channel = this.place(message);
    const isAllowed = op === 'remove' || this.may(channel, 'AddReactions');
    if (!isAllowed || channel.thread?.archived) throw new DiscordPersonError('not_allowed', 'no reactions here');
    this.parts.messages.react(channel, message, this.user, { id: null, name: emoji }, op);
  }

  #typed(text: string): string {
    return text.replace(/@([\w-]+)/g, (whole, name: string) => {
      const user = this.parts.world.userNamed(name);
      return user ? `<@${user.id}>` : whole;
    });
  }
}
