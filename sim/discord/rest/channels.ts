import { CATEGORY, type ChannelChanges, FORUM, TEXT } from '../channels.ts';
import { refuse } from '../errors.ts';
import { objectsIn } from '../json.ts';
import { may, need, needInGuild } from '../permissions.ts';
import { ARCHIVE_MINUTES, type ThreadChanges } from '../threads.ts';
import type { DiscordChannel, DiscordOverwrite, Json } from '../types.ts';
import { FormErrors } from '../validate/form-errors.ts';
import { type Api, type Call, channelOf, created, nothing, ok, type Routes } from './route.ts';
import { tagsOf } from './threads.ts';

export const channelRoutes: Routes = {
  'GET /channels/:channel': (call, api) => ok(api.wire.channel(channelOf(call, api))),

  'PATCH /channels/:channel': (call, api) => {
    const channel = channelOf(call, api);
    if (channel.thread) changeThread(call, channel, api);
    else {
      if (channel.guildId === undefined) throw refuse(50003);
      need(api.world, api.world.bot.id, channel, 'ManageChannels');
      api.channels.update(channel, changesOf(call.body, channel.type, channel.guildId, api));
    }
    return ok(api.wire.channel(channel));
  },

  'DELETE /channels/:channel': (call, api) => {
    const channel = channelOf(call, api);
    const told = api.wire.channel(channel);
    if (channel.guildId === undefined) return ok(told);
    need(api.world, api.world.bot.id, channel, channel.thread ? 'ManageThreads' : 'ManageChannels');
    if (channel.thread) api.threads.remove(channel);
    else api.channels.remove(channel);
    return ok(told);
  },

  'PUT /channels/:channel/permissions/:overwrite': (call, api) => {
    const channel = channelOf(call, api, 'ManageChannels');
    const [one] = overwritesOf([{ ...call.body, id: call.id('overwrite') }]);
    if (one) api.channels.overwrite(channel, one);
    return nothing();
  },

  'GET /guilds/:guild/channels': (call, api) => {
    const { world, wire } = api;
    const guild = world.guild(call.id('guild'));
    needInGuild(world, world.bot.id, guild.id, 'ViewChannel');
    // Hidden channels are listed too; only their messages are not readable.
    return ok(world.channelsOf(guild.id).map((channel) => wire.channel(channel)));
  },

  'POST /guilds/:guild/channels': (call, api) => {
    const guild = api.world.guild(call.id('guild'));
    needInGuild(api.world, api.world.bot.id, guild.id, 'ManageChannels');
    const type = call.body.type ?? TEXT;
    const errors = new FormErrors();
    errors.choice(['type'], type, [TEXT, CATEGORY, FORUM]);
    errors.text(['name'], call.body.name, 100, 1);
    errors.check();
    const changes = changesOf(call.body, Number(type), guild.id, api);
    const channel = api.channels.create(guild, { ...changes, type: Number(type), name: String(call.body.name) });
    return created(api.wire.channel(channel));
  },
};

/** @throws DiscordApiError 50035 */
function changesOf(body: Json, type: number, guildId: string, { world }: Api): ChannelChanges {
  const errors = new FormErrors();
  const name = body.name === undefined ? undefined : errors.text(['name'], body.name, 100, 1);
  errors.text(['topic'], body.topic, type === FORUM ? 4096 : 1024);
  const parentId = typeof body.parent_id === 'string' ? body.parent_id : null;
  const parent = parentId === null ? undefined : world.channels.get(parentId);
  if (parentId !== null && (parent?.type !== CATEGORY || parent.guildId !== guildId)) {
    errors.add(['parent_id'], 'CHANNEL_PARENT_INVALID', 'Category does not exist');
  }
  errors.list(['available_tags'], body.available_tags, 20);
  for (const [i, tag] of objectsIn(body.available_tags).entries()) {
    errors.text(['available_tags', i, 'name'], tag.name, 20, 1);
  }
  errors.check();
  const tags = objectsIn(body.available_tags).map((tag) => ({
    id: typeof tag.id === 'string' ? tag.id : world.ids.next(),
    name: String(tag.name),
    moderated: tag.moderated === true,
  }));
  const topic = typeof body.topic === 'string' ? body.topic : null;
  return {
    ...(name === undefined ? {} : { name }),
    ...(body.topic === undefined ? {} : { topic }),
    ...(body.parent_id === undefined ? {} : { parentId }),
    ...(typeof body.position === 'number' ? { position: body.position } : {}),
    ...(typeof body.flags === 'number' ? { flags: body.flags } : {}),
    ...(body.available_tags === undefined ? {} : { tags }),
    ...(body.permission_overwrites ? { overwrites: overwritesOf(objectsIn(body.permission_overwrites)) } : {}),
  };
}

function overwritesOf(overwrites: Json[]): DiscordOverwrite[] {
  const bits = (value: unknown): bigint => (/^\d+$/.test(String(value)) ? BigInt(String(value)) : 0n);
  return overwrites.map(({ id, type, allow, deny }) => {
    return { id: String(id), type: Number(type), allow: bits(allow), deny: bits(deny) };
  });
}

/**
 * The owner may rename, archive and tag; locking is MANAGE_THREADS.
 * @throws DiscordApiError 50013, 50035, 50083 for changes of an archived thread that do not open it
 */
function changeThread({ body }: Call, channel: DiscordChannel, api: Api): void {
  const { world, threads } = api;
  const { thread } = channel;
  if (!thread) return;
  const manages = may(world, world.bot.id, channel, 'ManageThreads');
  const locks = body.locked !== undefined && body.locked !== thread.locked;
  if (!manages && (thread.ownerId !== world.bot.id || locks || thread.locked)) throw refuse(50013);
  const errors = new FormErrors();
  const name = body.name === undefined ? undefined : errors.text(['name'], body.name, 100, 1);
  const minutes = body.auto_archive_duration;
  if (minutes !== undefined) errors.choice(['auto_archive_duration'], minutes, ARCHIVE_MINUTES);
  errors.check();
  const parent = world.channel(channel.parentId ?? '');
  const changes: ThreadChanges = {
    ...(name === undefined ? {} : { name }),
    ...(typeof minutes === 'number' ? { autoArchiveMinutes: minutes } : {}),
    ...(body.applied_tags === undefined ? {} : { appliedTags: tagsOf(body, parent) }),
  };
  const { archived, locked } = body;
  if (thread.archived && archived !== false && Object.keys(changes).length > 0) throw refuse(50083);
  threads.update(channel, {
    ...changes,
    ...(typeof archived === 'boolean' ? { archived } : {}),
    ...(typeof locked === 'boolean' ? { locked } : {}),
  });
}
