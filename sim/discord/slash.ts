import { DiscordPersonError } from './errors.ts';
import { objectsIn, textIn } from './json.ts';
import type { DiscordChannel, DiscordUser, Json } from './types.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

const STRING = 3;
const USER = 6;
const CHANNEL = 7;

/** Options as a person types them; users and channels by id. */
export type SlashOptions = Record<string, string | number | boolean>;

/**
 * The data of a slash command as Discord sends it. `path` is the command with its group and subcommand, such as
 * `project link`; the option named `focused` is the one that is being typed.
 * @throws DiscordPersonError `not_found`, `not_allowed` for what the client would not send
 */
export function slashData(
  registered: Json[],
  path: string,
  options: SlashOptions,
  o: { world: World; wire: Wire; channel: DiscordChannel; focused?: string },
): Json {
  const [name = '', ...words] = path.split(' ');
  const command = registered.find((one) => one.name === name && one.type === 1);
  if (!command) throw notFound(`/${name}`, registered);
  const chain: Json[] = [];
  let holder = command;
  for (const word of words) {
    const next = objectsIn(holder.options).find((option) => option.name === word && Number(option.type) <= 2);
    if (!next) throw notFound(word, objectsIn(holder.options));
    chain.push(next);
    holder = next;
  }
  const declared = objectsIn(holder.options);
  if (declared.some(({ type }) => Number(type) <= 2)) {
    throw new DiscordPersonError('not_allowed', `/${path} needs a subcommand: ${namesOf(declared)}`);
  }
  let sent: Json[] = given(declared, options, o.focused);
  for (const { type, name: step } of chain.reverse()) sent = [{ type, name: step, options: sent }];
  const resolved = resolvedOf(declared, options, o);
  return {
    id: command.id,
    name,
    type: 1,
    ...(sent.length > 0 ? { options: sent } : {}),
    ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
    ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
  };
}

function given(declared: Json[], options: SlashOptions, focused: string | undefined): Json[] {
  for (const name of Object.keys(options)) {
    if (!declared.some((option) => option.name === name)) throw notFound(name, declared);
  }
  return declared.flatMap((option) => {
    const name = textIn(option, 'name');
    const value = options[name];
    if (value === undefined) {
      if (option.required === true && focused === undefined) {
        throw new DiscordPersonError('not_allowed', `${name} is required`);
      }
      return [];
    }
    const isFocused = focused === name;
    if (!isFocused) checkValue(option, value);
    return [{ name, type: option.type, value, ...(isFocused ? { focused: true } : {}) }];
  });
}

function checkValue(option: Json, value: string | number | boolean): void {
  const { type, name, max_length: longest = 6000, min_length: shortest = 0 } = option;
  const wanted = type === 4 || type === 10 ? 'number' : type === 5 ? 'boolean' : 'string';
  const choices = objectsIn(option.choices);
  const isFitting = choices.length === 0 || choices.some((choice) => choice.value === value);
  const length = type === STRING ? String(value).length : Number(shortest);
  if (typeof value === wanted && isFitting && length <= Number(longest) && length >= Number(shortest)) return;
  throw new DiscordPersonError('not_allowed', `${name} does not take ${value}`);
}

function resolvedOf(
  declared: Json[],
  options: SlashOptions,
  { world, wire, channel }: { world: World; wire: Wire; channel: DiscordChannel },
): Json {
  const idsOf = (type: number): string[] =>
    declared.filter((option) => option.type === type).map(({ name }) => String(options[String(name)] ?? ''));
  const users = idsOf(USER).flatMap((id): DiscordUser[] => [world.users.get(id)].filter((user) => user !== undefined));
  const channels = idsOf(CHANNEL).flatMap((id) => [world.channels.get(id)].filter((one) => one !== undefined));
  const members = users.flatMap((user) => {
    const member = channel.guildId === undefined ? undefined : world.guild(channel.guildId).members.get(user.id);
    return member ? [[user.id, { ...wire.member(member), permissions: '0' }] as const] : [];
  });
  const shown = channels.map((one) => [one.id, { ...wire.channel(one), permissions: '0' }] as const);
  return {
    ...(users.length > 0 ? { users: Object.fromEntries(users.map((user) => [user.id, wire.user(user)])) } : {}),
    ...(members.length > 0 ? { members: Object.fromEntries(members) } : {}),
    ...(shown.length > 0 ? { channels: Object.fromEntries(shown) } : {}),
  };
}

function notFound(name: string, there: Json[]): DiscordPersonError {
  return new DiscordPersonError('not_found', `no ${name}; there are: ${namesOf(there)}`);
}

function namesOf(named: Json[]): string {
  return named.map(({ name }) => name).join(', ') || 'none';
}
