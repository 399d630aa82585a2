import { FORUM, REQUIRE_TAG, TEXT } from '../channels.ts';
import { refuse } from '../errors.ts';
import { isJson } from '../json.ts';
import { may, need, needInGuild } from '../permissions.ts';
import { ARCHIVE_MINUTES, PRIVATE_THREAD, PUBLIC_THREAD, type ThreadPlan } from '../threads.ts';
import type { DiscordChannel, Json } from '../types.ts';
import { FormErrors } from '../validate/form-errors.ts';
import { readMessage } from './message-body.ts';
import { publicMessage, told } from './messages.ts';
import { type Api, channelOf, created, nothing, ok, type Routes } from './route.ts';

const HAS_THREAD = 1 << 5;
const THREAD_CREATED = 18;
const THREAD_STARTER = 21;
const MEMBER = '/channels/:channel/thread-members';

export const threadRoutes: Routes = {
  /** The thread takes the id of the message. */
  'POST /channels/:channel/messages/:message/threads': (call, api) => {
    const { world, messages } = api;
    const channel = channelOf(call, api, 'CreatePublicThreads');
    if (channel.type !== TEXT) throw refuse(50024);
    const message = publicMessage(call, channel, api);
    if (world.channels.has(message.id)) throw refuse(160004);
    const plan = planOf(call.body);
    const thread = api.threads.open(channel, world.bot, { ...plan, id: message.id });
    const reference = { channelId: channel.id, messageId: message.id };
    messages.post(thread, message.author, { type: THREAD_STARTER, reference, allowedMentions: {} });
    message.flags |= HAS_THREAD;
    messages.announceUpdate(channel, message);
    return created(api.wire.channel(thread));
  },

  /** A thread of its own, or a forum post with its first message, whose id is the thread's. */
  'POST /channels/:channel/threads': (call, api) => {
    const { world, messages, threads, wire } = api;
    const channel = channelOf(call, api);
    const plan = planOf(call.body);
    if (channel.type === FORUM) {
      need(world, world.bot.id, channel, 'SendMessages');
      const appliedTags = tagsOf(call.body, channel);
      const body = isJson(call.body.message) ? call.body.message : {};
      const fields = readMessage(world, channel, { body, files: call.files }, { prefix: ['message'] });
      const thread = threads.open(channel, world.bot, { ...plan, appliedTags });
      const first = messages.post(thread, world.bot, { ...fields, id: thread.id });
      return created({ ...wire.channel(thread), message: told(first, api) });
    }
    if (channel.type !== TEXT) throw refuse(50024);
    const type = call.body.type === PUBLIC_THREAD ? PUBLIC_THREAD : PRIVATE_THREAD;
    need(world, world.bot.id, channel, type === PUBLIC_THREAD ? 'CreatePublicThreads' : 'CreatePrivateThreads');
    const thread = threads.open(channel, world.bot, { ...plan, type });
    if (type === PUBLIC_THREAD) {
      const reference = { channelId: thread.id };
      messages.post(channel, world.bot, { type: THREAD_CREATED, content: thread.name, reference, allowedMentions: {} });
    }
    return created(wire.channel(thread));
  },

  'GET /guilds/:guild/threads/active': (call, api) => {
    const { world } = api;
    const guild = world.guild(call.id('guild'));
    needInGuild(world, world.bot.id, guild.id, 'ViewChannel');
    const active = world.threadsOf(guild.id).filter((one) => !one.thread?.archived && may(world, world.bot.id, one));
    return ok(listed(active, api));
  },

  /** Latest archived first; `before` is a time. */
  'GET /channels/:channel/threads/archived/public': (call, api) => {
    const channel = channelOf(call, api, 'ReadMessageHistory');
    const before = Date.parse(call.query.get('before') ?? '') || Number.POSITIVE_INFINITY;
    const at = ({ thread }: DiscordChannel): number => thread?.archiveChangedAt ?? 0;
    const archived = api.world
      .threadsOf(channel.guildId ?? '')
      .filter(
        (one) => one.parentId === channel.id && one.type === PUBLIC_THREAD && one.thread?.archived && at(one) < before,
      )
      .sort((a, b) => at(b) - at(a));
    const limit = call.limit(50, 100);
    return ok({ ...listed(archived.slice(0, limit), api), has_more: archived.length > limit });
  },

  [`GET ${MEMBER}`]: (call, api) => {
    const channel = channelOf(call, api);
    const members = channel.thread?.members ?? refuseNoThread();
    return ok([...members].map((id) => api.wire.threadMember(channel, id)));
  },

  [`PUT ${MEMBER}/:user`]: (call, api) => {
    const channel = channelOf(call, api, 'SendMessagesInThreads');
    if (!channel.thread) throw refuse(50024);
    if (channel.thread.archived) throw refuse(50083);
    const name = call.text('user');
    const user = name === '@me' ? api.world.bot : api.world.user(call.id('user'));
    api.threads.join(channel, user.id);
    return nothing();
  },

  [`DELETE ${MEMBER}/:user`]: (call, api) => {
    const isMe = call.text('user') === '@me';
    const channel = channelOf(call, api, ...(isMe ? [] : (['ManageThreads'] as const)));
    if (!channel.thread) throw refuse(50024);
    if (channel.thread.archived) throw refuse(50083);
    api.threads.leave(channel, isMe ? api.world.bot.id : call.id('user'));
    return nothing();
  },
};

function refuseNoThread(): never {
  throw refuse(50024);
}

function listed(threads: DiscordChannel[], { wire, world }: Api): Json {
  const mine = threads.filter(({ thread }) => thread?.members.has(world.bot.id));
  return {
    threads: threads.map((thread) => wire.channel(thread)),
    members: mine.map((thread) => wire.threadMember(thread, world.bot.id)),
  };
}

/** @throws DiscordApiError 50035 */
function planOf(body: Json): Pick<ThreadPlan, 'name' | 'autoArchiveMinutes'> {
  const errors = new FormErrors();
  const name = errors.text(['name'], body.name, 100, 1) ?? '';
  const minutes = body.auto_archive_duration ?? undefined;
  if (minutes !== undefined) errors.choice(['auto_archive_duration'], minutes, ARCHIVE_MINUTES);
  errors.check();
  return { name, ...(typeof minutes === 'number' ? { autoArchiveMinutes: minutes } : {}) };
}

/** @throws DiscordApiError 40067 without a tag where one is wanted, 50035 for tags that the forum lacks */
export function tagsOf({ applied_tags }: Json, forum: DiscordChannel): string[] {
  const errors = new FormErrors();
  const tags = errors.list(['applied_tags'], applied_tags, 5).map(String);
  for (const [i, id] of tags.entries()) {
    const isKnown = forum.tags.some((tag) => tag.id === id);
    if (!isKnown) errors.add(['applied_tags', i], 'BASE_TYPE_CHOICES', `Unknown tag ${id}`);
  }
  errors.check();
  if (tags.length === 0 && (forum.flags & REQUIRE_TAG) !== 0) throw refuse(40067);
  return tags;
}
