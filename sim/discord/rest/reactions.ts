import { refuse } from '../errors.ts';
import { need } from '../permissions.ts';
import type { DiscordEmoji } from '../types.ts';
import { publicMessage, refuseIfArchived } from './messages.ts';
import { type Call, channelOf, nothing, ok, type Routes } from './route.ts';

const REACTIONS = '/channels/:channel/messages/:message/reactions/:emoji';
const UNICODE = /^(\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3)/u;

export const reactionRoutes: Routes = {
  [`PUT ${REACTIONS}/@me`]: (call, api) => {
    const channel = channelOf(call, api, 'ReadMessageHistory');
    const message = publicMessage(call, channel, api);
    refuseIfArchived(channel);
    const emoji = emojiOf(call);
    // Joining a reaction that is there needs no permission.
    const isNew = !message.reactions.some(({ emoji: { name } }) => name === emoji.name);
    if (isNew) need(api.world, api.world.bot.id, channel, 'AddReactions');
    api.messages.react(channel, message, api.world.bot, emoji, 'add');
    return nothing();
  },

  [`DELETE ${REACTIONS}/@me`]: (call, api) => {
    const channel = channelOf(call, api);
    const message = publicMessage(call, channel, api);
    refuseIfArchived(channel);
    api.messages.react(channel, message, api.world.bot, emojiOf(call), 'remove');
    return nothing();
  },

  [`DELETE ${REACTIONS}/:user`]: (call, api) => {
    const channel = channelOf(call, api);
    if (channel.guildId === undefined) throw refuse(50003);
    need(api.world, api.world.bot.id, channel, 'ManageMessages');
    const message = publicMessage(call, channel, api);
    api.messages.react(channel, message, api.world.user(call.id('user')), emojiOf(call), 'remove');
    return nothing();
  },

  /** By id of the user, 25 unless told otherwise, after one. */
  [`GET ${REACTIONS}`]: (call, api) => {
    const channel = channelOf(call, api, 'ReadMessageHistory');
    const message = publicMessage(call, channel, api);
    const emoji = emojiOf(call);
    const after = BigInt(call.query.get('after') ?? 0);
    const users = message.reactions.find(({ emoji: { name } }) => name === emoji.name)?.users ?? [];
    const ordered = users.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
    const page = ordered.filter((id) => id > after).slice(0, call.limit(25, 100));
    return ok(page.map((id) => api.wire.user(api.world.user(String(id)))));
  },
};

/** @throws DiscordApiError 10014 for what is neither Unicode nor `name:id` */
function emojiOf(call: Call): DiscordEmoji {
  const text = call.text('emoji');
  const custom = /^(\w+):(\d+)$/.exec(text);
  if (custom) return { name: custom[1] ?? '', id: custom[2] ?? null };
  if (!UNICODE.test(text)) throw refuse(10014);
  return { name: text, id: null };
}
