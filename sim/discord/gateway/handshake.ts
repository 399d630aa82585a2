import type { WebSocket } from 'ws';
import { isJson } from '../json.ts';
import type { Json } from '../types.ts';
import type { GatewayOptions } from './gateway.ts';
import { closeCodeFor } from './intents.ts';
import { Session } from './session.ts';

/** What one client says over its socket: IDENTIFY, RESUME, heartbeats and the few requests there are. */
export class Handshake {
  #session: Session | undefined;
  readonly #socket: WebSocket;
  readonly #sessions: Map<string, Session>;
  readonly #o: GatewayOptions;

  constructor(socket: WebSocket, sessions: Map<string, Session>, options: GatewayOptions) {
    this.#socket = socket;
    this.#sessions = sessions;
    this.#o = options;
  }

  /** Parts from the session, which from now on waits to be resumed. */
  release(): Session | undefined {
    const session = this.#session;
    this.#session = undefined;
    // Another socket may have resumed it already.
    if (session?.socket !== this.#socket) return undefined;
    session.socket = undefined;
    session.lostAt = this.#o.world.now();
    return session;
  }

  receive(text: string): void {
    let frame: unknown;
    try {
      frame = JSON.parse(text);
    } catch (error) {
      return void this.#socket.close(4002, `Decode error: ${error}`.slice(0, 100));
    }
    if (!isJson(frame)) return void this.#socket.close(4002, 'Decode error');
    const d = isJson(frame.d) ? frame.d : {};
    if (frame.op === 1) return void this.#socket.send(JSON.stringify({ op: 11 }));
    if (frame.op === 2) return void this.#identify(d);
    if (frame.op === 6) return void this.#resume(d);
    if (!this.#session) return void this.#socket.close(4003, 'Not authenticated');
    if (frame.op === 8) return void this.#members(this.#session, d);
    // Presence and voice state are heard and mean nothing here.
    if (frame.op !== 3 && frame.op !== 4) this.#socket.close(4001, 'Unknown opcode');
  }

  #identify(d: Json): void {
    const { world, wire, token, privilegedIntents, url } = this.#o;
    if (this.#session) return void this.#socket.close(4005, 'Already authenticated');
    if (!this.#isKnown(d.token, token)) return void this.#socket.close(4004, 'Authentication failed');
    const code = closeCodeFor(d.intents, privilegedIntents);
    if (code) return void this.#socket.close(code, code === 4013 ? 'Invalid intents' : 'Disallowed intents');
    const session = new Session(crypto.randomUUID().replaceAll('-', ''), Number(d.intents), this.#socket);
    this.#session = session;
    this.#sessions.set(session.id, session);
    const guilds = [...world.guilds.values()].filter(({ members }) => members.has(world.bot.id));
    session.dispatch('READY', {
      v: 10,
      user: { ...wire.user(world.bot), verified: true, mfa_enabled: false, email: null, flags: 0 },
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: url(),
      private_channels: [],
      relationships: [],
      presences: [],
      geo_ordered_rtc_regions: [],
      shard: [0, 1],
      application: { id: world.bot.id, flags: 0 },
      _trace: [],
    });
    for (const guild of guilds) session.dispatch('GUILD_CREATE', wire.guildCreate(guild));
  }

  #resume(d: Json): void {
    const { token, watchers, world } = this.#o;
    if (this.#session) return void this.#socket.close(4005, 'Already authenticated');
    if (!this.#isKnown(d.token, token)) return void this.#socket.close(4004, 'Authentication failed');
    const session = this.#sessions.get(String(d.session_id));
    if (!session) return void this.#socket.send(JSON.stringify({ op: 9, d: false }));
    if (typeof d.seq !== 'number' || !session.knows(d.seq)) return void this.#socket.close(4007, 'Invalid seq');
    this.#session = session;
    for (const { seq, type } of session.resume(this.#socket, d.seq)) {
      const at = world.now();
      watchers.emit('delivery', { at, type, id: '', session: session.id, seq, sent: true, isReplay: true });
    }
  }

  /** REQUEST_GUILD_MEMBERS, by ids, by the beginning of a name, or all. */
  #members(session: Session, d: Json): void {
    const { world, wire } = this.#o;
    const guild = world.guilds.get(String(d.guild_id));
    if (!guild) return;
    const ids = new Set([d.user_ids].flat().filter((id) => id !== undefined));
    const begins = typeof d.query === 'string' ? d.query : '';
    const members = [...guild.members.values()].filter(({ user }) =>
      ids.size > 0 ? ids.has(user.id) : user.username.startsWith(begins),
    );
    session.dispatch('GUILD_MEMBERS_CHUNK', {
      guild_id: guild.id,
      members: members.map((member) => wire.memberWithUser(member)),
      chunk_index: 0,
      chunk_count: 1,
      not_found: [...ids].filter((id) => !guild.members.has(String(id))),
      ...(d.nonce === undefined ? {} : { nonce: d.nonce }),
    });
  }

  #isKnown(given: unknown, token: string): boolean {
    return given === token || given === `Bot ${token}`;
  }
}
