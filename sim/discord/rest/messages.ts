import { CATEGORY, FORUM } from '../channels.ts';
import { refuse } from '../errors.ts';
import { readable } from '../gateway/intents.ts';
import { isJson } from '../json.ts';
import { may, need } from '../permissions.ts';
import type { DiscordChannel, DiscordMessage, Json } from '../types.ts';
import { NONCE_LIFE_MS } from '../wire.ts';
import { EPHEMERAL, readMessage } from './message-body.ts';
import { type Api, type Call, channelOf, invalid, nothing, ok, type Routes } from './route.ts';

export const messageRoutes: Routes = {
  'POST /channels/:channel/messages': (call, api) => {
    const channel = channelOf(call, api);
    refuseUnlessWritable(channel, api);
    const { world } = api;
    if (call.files.length > 0) need(world, world.bot.id, channel, 'AttachFiles');
    const { nonce } = call.body;
    if (nonce !== undefined) checkNonce(nonce);
    const known = call.body.enforce_nonce === true && nonce !== undefined ? postedWith(nonce, channel, api) : undefined;
    if (known) return ok(told(known, api));
    const fields = readMessage(world, channel, call);
    // Only answers to interactions can be for one person's eyes.
    if (fields.flags !== undefined) fields.flags &= ~EPHEMERAL;
    const replyTo = repliedTo(call.body, channel, api);
    const message = api.messages.post(channel, world.bot, {
      ...fields,
      replyTo,
      ...(typeof nonce === 'string' || typeof nonce === 'number' ? { nonce } : {}),
    });
    return ok(told(message, api));
  },

  'GET /channels/:channel/messages': (call, api) => {
    const channel = channelOf(call, api);
    const limit = call.limit(50, 100);
    // Without READ_MESSAGE_HISTORY the list is empty, not refused.
    if (!may(api.world, api.world.bot.id, channel, 'ReadMessageHistory')) return ok([]);
    return ok(page(channel, call, limit).map((message) => told(message, api)));
  },

  'GET /channels/:channel/messages/:message': (call, api) => {
    const channel = channelOf(call, api, 'ReadMessageHistory');
    return ok(told(publicMessage(call, channel, api), api));
  },

  'PATCH /channels/:channel/messages/:message': (call, api) => {
    const channel = channelOf(call, api);
    const message = publicMessage(call, channel, api);
    if (message.author.id !== api.world.bot.id) throw refuse(50005);
    refuseIfArchived(channel);
    api.limits.takeOldEdit(channel.id, message.createdAt);
    const { allowedMentions: _pingsNobodyOnEdit, ...changes } = readMessage(api.world, channel, call, { old: message });
    api.messages.edit(channel, message, changes);
    return ok(told(message, api));
  },

  'DELETE /channels/:channel/messages/:message': (call, api) => {
    const channel = channelOf(call, api);
    const message = publicMessage(call, channel, api);
    if (message.author.id !== api.world.bot.id) {
      if (channel.guildId === undefined) throw refuse(50003);
      need(api.world, api.world.bot.id, channel, 'ManageMessages');
    }
    refuseIfArchived(channel);
    api.messages.remove(channel, message);
    return nothing();
  },

  'POST /channels/:channel/typing': (call, api) => {
    const channel = channelOf(call, api);
    refuseUnlessWritable(channel, api);
    api.messages.type(channel, api.world.bot);
    return nothing();
  },
};

/** A message as this app reads it over REST. */
export function told(message: DiscordMessage, { wire, world, contentIntent }: Api): Json {
  return readable(wire.message(message), message, world.bot.id, contentIntent);
}

/** The message of the path; ephemeral ones are nobody else's. @throws DiscordApiError 10008 */
export function publicMessage(call: Call, channel: DiscordChannel, { world }: Api): DiscordMessage {
  const message = world.message(channel, call.id('message'));
  if (message.ephemeralTo) throw refuse(10008);
  return message;
}

/** @throws DiscordApiError 50083 in an archived thread */
export function refuseIfArchived({ thread }: DiscordChannel): void {
  if (thread?.archived) throw refuse(50083);
}

/** @throws DiscordApiError 50007, 40058, 50008, 160005, 50013 */
function refuseUnlessWritable(channel: DiscordChannel, { world }: Api): void {
  const { bot } = world;
  if (channel.type === FORUM) throw refuse(40058);
  if (channel.type === CATEGORY) throw refuse(50008);
  if (channel.guildId === undefined) {
    const other = world.user(channel.recipients.find((id) => id !== bot.id) ?? '');
    const guilds = [...world.guilds.values()];
    const isNear = guilds.some(({ members }) => members.has(bot.id) && members.has(other.id));
    if (other.blocksDms || other.bot || !isNear) throw refuse(50007);
    return;
  }
  need(world, bot.id, channel, channel.thread ? 'SendMessagesInThreads' : 'SendMessages');
  const isLocked = channel.thread?.locked && channel.thread.archived;
  if (isLocked && !may(world, bot.id, channel, 'ManageThreads')) throw refuse(160005);
}

/** @throws DiscordApiError 50035 */
function checkNonce(nonce: unknown): void {
  const isSound = Number.isSafeInteger(nonce) || (typeof nonce === 'string' && nonce.length <= 25);
  if (!isSound) throw invalid('nonce', 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
}

/** What the bot has posted with that nonce in the past few minutes. */
function postedWith(nonce: unknown, channel: DiscordChannel, { world }: Api): DiscordMessage | undefined {
  return [...channel.messages.values()].findLast(
    (message) =>
      message.author.id === world.bot.id &&
      String(message.nonce) === String(nonce) &&
      world.now() - message.createdAt <= NONCE_LIFE_MS,
  );
}

/** @throws DiscordApiError 50035 for a message that is not there */
function repliedTo(body: Json, channel: DiscordChannel, { world }: Api): DiscordMessage | undefined {
  const reference = body.message_reference;
  if (!isJson(reference)) return undefined;
  const message = channel.messages.get(String(reference.message_id));
  if (message && !message.deleted && !message.ephemeralTo) {
    need(world, world.bot.id, channel, 'ReadMessageHistory');
    return message;
  }
  if (reference.fail_if_not_exists === false) return undefined;
  throw invalid('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}

/** Newest first, whatever the direction, as Discord does. */
function page(channel: DiscordChannel, { query }: Call, limit: number): DiscordMessage[] {
  const all = [...channel.messages.values()]
    .filter((message) => !message.deleted && !message.ephemeralTo)
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  const [before, after, around] = ['before', 'after', 'around'].map((name) => query.get(name));
  const isUntil = (id: string) => (message: DiscordMessage) => BigInt(message.id) < BigInt(id);
  const isSince = (id: string) => (message: DiscordMessage) => BigInt(message.id) > BigInt(id);
  if (after) return all.filter(isSince(after)).slice(0, limit).reverse();
  if (around) {
    const half = Math.floor(limit / 2);
    const older = all.filter(isUntil(around)).slice(-half || all.length);
    const rest = all.filter((message) => !isUntil(around)(message)).slice(0, limit - half);
    return [...older, ...rest].reverse();
  }
  return (before ? all.filter(isUntil(before)) : all).slice(-limit).reverse();
}
