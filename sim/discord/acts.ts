import { DiscordPersonError } from './errors.ts';
import { isJson, objectsIn, textIn } from './json.ts';
import type { Json } from './types.ts';
import { flatten } from './validate/components.ts';
import { isSelect } from './validate/select.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

const BUTTON = 2;
const LINK = 5;
const STRING_SELECT = 3;

/** Every button, in reading order. */
export function buttonsOf(components: Json[]): Json[] {
  return flatten(components).filter(({ type }) => type === BUTTON);
}

/** The words on a button, its emoji included. */
export function labelOf(button: Json): string {
  const emoji = isJson(button.emoji) ? textIn(button.emoji, 'name') : '';
  return [emoji, textIn(button, 'label')].filter((part) => part !== '').join(' ');
}

/**
 * The button by what it says, by its custom id, or by its place as `renderMessage` numbers them, from 1.
 * @throws DiscordPersonError `not_found` with what is there, `not_allowed` when it is disabled or a link
 */
export function findButton(components: Json[], by: string | number): Json {
  const buttons = buttonsOf(components);
  const found = buttons.find(
    (button, i) => by === i + 1 || labelOf(button) === by || textIn(button, 'label') === by || button.custom_id === by,
  );
  if (!found) {
    const there = buttons.map((button) => `${labelOf(button)} (${button.custom_id ?? button.url})`).join(', ');
    throw new DiscordPersonError('not_found', `no button ${by}; there are: ${there || 'none'}`);
  }
  if (found.disabled === true) throw new DiscordPersonError('not_allowed', `${by} is disabled`);
  if (found.style === LINK) throw new DiscordPersonError('not_allowed', `${by} is a link`);
  return found;
}

/**
 * The select by custom id or placeholder; the only one when not named.
 * @throws DiscordPersonError `not_found`, `not_allowed` when it is disabled
 */
export function findSelect(components: Json[], by?: string): Json {
  const selects = flatten(components).filter(isSelect);
  const found = by === undefined ? selects[0] : selects.find((one) => one.custom_id === by || one.placeholder === by);
  if (!found) {
    const there = selects.map(({ custom_id }) => custom_id).join(', ');
    throw new DiscordPersonError('not_found', `no select ${by ?? ''}; there are: ${there || 'none'}`);
  }
  if (found.disabled === true) throw new DiscordPersonError('not_allowed', `${found.custom_id} is disabled`);
  return found;
}

/**
 * What choosing gives: options by label or value, else ids as they are.
 * @throws DiscordPersonError `not_found`, `not_allowed` for too few or too many
 */
export function chosen(select: Json, wanted: readonly string[]): string[] {
  const options = objectsIn(select.options);
  const values = wanted.map((one) => {
    if (select.type !== STRING_SELECT && options.length === 0) return one;
    const option = options.find(({ label, value }) => label === one || value === one);
    if (option) return textIn(option, 'value');
    throw new DiscordPersonError('not_found', `no option ${one}; there are: ${options.map((o) => o.label).join(', ')}`);
  });
  const { min_values: least = 1, max_values: most = 1 } = select;
  if (values.length < Number(least) || values.length > Number(most)) {
    throw new DiscordPersonError('not_allowed', `choose ${least} to ${most} of ${select.custom_id}`);
  }
  return values;
}

/** What a select tells: its values, and whom or what they are. */
export function selectData(select: Json, values: string[], where: Where): Json {
  const { custom_id, id, type: component_type } = select;
  const told = { custom_id, id, component_type, values };
  return component_type === STRING_SELECT ? told : { ...told, resolved: resolved(values, where) };
}

interface Where {
  world: World;
  wire: Wire;
  guildId?: string | undefined;
}

/** Who or what the ids among these values are. */
export function resolved(values: string[], o: Where): Json {
  const { world, wire } = o;
  const guild = o.guildId === undefined ? undefined : world.guild(o.guildId);
  const keyed = (entries: (readonly [string, Json] | undefined)[]): Json =>
    Object.fromEntries(entries.filter((entry) => entry !== undefined));
  const users = values.map((value) => world.users.get(value)).filter((user) => user !== undefined);
  const roles = objectsIn(guild ? wire.guild(guild).roles : []).filter((role) => values.includes(textIn(role, 'id')));
  const channels = values.map((value) => world.channels.get(value)).filter((channel) => channel !== undefined);
  const memberOf = (userId: string): readonly [string, Json] | undefined => {
    const member = guild?.members.get(userId);
    return member && [userId, { ...wire.member(member), permissions: '0' }];
  };
  return {
    users: keyed(users.map((user) => [user.id, wire.user(user)])),
    members: keyed(users.map((user) => memberOf(user.id))),
    roles: keyed(roles.map((role) => [textIn(role, 'id'), role])),
    channels: keyed(channels.map((channel) => [channel.id, { ...wire.channel(channel), permissions: '0' }])),
  };
}
