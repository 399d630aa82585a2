import type { Answers } from '../answers.ts';
import type { Channels } from '../channels.ts';
import { DiscordApiError } from '../errors.ts';
import { isSnowflake } from '../ids.ts';
import type { Messages } from '../messages.ts';
import { need, type PermissionName } from '../permissions.ts';
import type { RateLimits } from '../rate-limit.ts';
import type { Threads } from '../threads.ts';
import type { DiscordChannel, Json } from '../types.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import type { ParsedBody, UploadedFile } from './request.ts';

/** What routes act on. */
export interface Api {
  world: World;
  wire: Wire;
  messages: Messages;
  threads: Threads;
  channels: Channels;
  answers: Answers;
  limits: RateLimits;
  /** Slash commands by guild, or by `''` for all. */
  commands: Map<string, Json[]>;
  /** MESSAGE_CONTENT when the app has it, else 0. */
  contentIntent: number;
  gatewayUrl: () => string;
}

export interface Reply {
  status: number;
  body?: unknown;
}

export type Handler = (call: Call, api: Api) => Reply;

/** Handlers by name, such as `GET /channels/:channel`. */
export type Routes = Record<string, Handler>;

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const nothing = (): Reply => ({ status: 204 });

/** One request, its path taken apart. */
export class Call implements ParsedBody {
  readonly raw: unknown;
  readonly body: Json;
  readonly files: UploadedFile[];
  readonly query: URLSearchParams;
  readonly #params: Record<string, string>;

  constructor(params: Record<string, string>, query: URLSearchParams, parsed: ParsedBody) {
    this.#params = params;
    this.query = query;
    this.raw = parsed.raw;
    this.body = parsed.body;
    this.files = parsed.files;
  }

  text(name: string): string {
    return this.#params[name] ?? '';
  }

  /** @throws DiscordApiError 50035 when it is no snowflake */
  id(name: string): string {
    const value = this.text(name);
    if (!isSnowflake(value)) throw invalid(`${name}_id`, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
    return value;
  }

  /** A number of the query from 1 to `max`. @throws DiscordApiError 50035 */
  limit(fallback: number, max: number): number {
    const given = this.query.get('limit');
    if (given === null) return fallback;
    const value = Number(given);
    if (!Number.isInteger(value)) throw invalid('limit', 'NUMBER_TYPE_COERCE', `Value "${given}" is not int.`);
    if (value < 1) throw invalid('limit', 'NUMBER_TYPE_MIN', 'int value should be greater than or equal to 1.');
    if (value > max) throw invalid('limit', 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
    return value;
  }
}

/** One wrong field: 50035. */
export function invalid(field: string, code: string, message: string): DiscordApiError {
  const errors = { [field]: { _errors: [{ code, message }] } };
  return new DiscordApiError(400, { message: 'Invalid Form Body', code: 50035, errors });
}

/** The channel of the path, which the bot may use so. @throws DiscordApiError 10003, 50001, 50013 */
export function channelOf(call: Call, { world }: Api, ...permissions: PermissionName[]): DiscordChannel {
  const channel = world.channel(call.id('channel'));
  need(world, world.bot.id, channel, ...permissions);
  return channel;
}
