import { ChannelType, Routes } from 'discord.js';
import { z } from 'zod';
import type { Place } from '../../core/domain/chat.ts';
import type { NewChannel } from '../../core/ports.ts';
import type { Api } from './api.ts';
import * as payload from './payload.ts';
import { guildPlace } from './place.ts';

const CATEGORY = 'Mainloop';
const needs = 'Manage Channels';

/** Makes a text channel under the category, or answers the one of that name that is there. @throws Failure */
export async function openChannel(api: Api, { space, name, about }: NewChannel): Promise<Place> {
  const channels = z.array(payload.channel).parse(await api.get(Routes.guildChannels(space)));
  const find = (type: number, wanted: string) =>
    channels.find((one) => one.type === type && one.name?.toLowerCase() === wanted.toLowerCase());
  const slug = slugOf(name);
  const known = find(ChannelType.GuildText, slug);
  if (known) return guildPlace(space, known.id);
  const make = async (body: object) =>
    payload.channel.parse(await api.call('POST', Routes.guildChannels(space), { body, needs })).id;
  const parent =
    find(ChannelType.GuildCategory, CATEGORY)?.id ?? (await make({ name: CATEGORY, type: ChannelType.GuildCategory }));
  const topic = about.slice(0, 1_000);
  return guildPlace(space, await make({ name: slug, topic, type: ChannelType.GuildText, parent_id: parent }));
}

/** A name as Discord allows it: small letters, digits and dashes. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100) || 'project';
