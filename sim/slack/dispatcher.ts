import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryTiming, Transport } from './delivery.ts';
import { SlackPersonError } from './errors.ts';
import type { Faults } from './faults.ts';
import type { DeliveryKind, Json, SlackDelivery, SlackSimEvents } from './types.ts';
import type { Workspace } from './workspace.ts';

/** Hands events and interactions to the app over the transport in use, and retries events as Slack does. */
export class Dispatcher {
  transport: Transport;
  /** Events that find no socket wait for one (true) or are lost (false). */
  keepWhileDown: boolean;
  readonly #workspace: Workspace;
  readonly #faults: Faults;
  readonly #timing: DeliveryTiming;
  readonly #watchers: EventEmitter<SlackSimEvents>;
  readonly #closing = new AbortController();

  constructor(o: {
    transport: Transport;
    workspace: Workspace;
    faults: Faults;
    timing: DeliveryTiming;
    watchers: EventEmitter<SlackSimEvents>;
    keepWhileDown: boolean;
  }) {
    this.transport = o.transport;
    this.keepWhileDown = o.keepWhileDown;
    this.#workspace = o.workspace;
    this.#faults = o.faults;
    this.#timing = o.timing;
    this.#watchers = o.watchers;
  }

  /** Sends an event to the app, wrapped as `event_callback` with its own `event_id`. */
  publish(event: Json): void {
    const { teamId, appId, bot, ids } = this.#workspace;
    const authorization = { enterprise_id: null, team_id: teamId, user_id: bot.id, is_bot: true };
    const payload: Json = {
      token: 'verification',
      team_id: teamId,
      context_team_id: teamId,
      context_enterprise_id: null,
      api_app_id: appId,
      event: structuredClone(event),
      type: 'event_callback',
      event_id: ids.id('Ev'),
      event_time: ids.seconds(),
      authorizations: [{ ...authorization, is_enterprise_install: false }],
      is_ext_shared_channel: false,
      event_context: ids.id('4-'),
    };
    this.#faults.schedule(() => {
      this.#deliver(payload, String(event.subtype ?? event.type)).catch((error: unknown) => {
        if (!this.#closing.signal.aborted) throw error;
      });
    });
  }

  /**
   * Sends an interaction or command once and returns what the app acked with.
   * @throws SlackPersonError as the person would see it
   */
  async ask(kind: Exclude<DeliveryKind, 'events_api'>, payload: Json): Promise<unknown> {
    const receipt = await this.transport.send({ kind, payload, attempt: 0, reason: '' });
    const id = String(payload.trigger_id);
    const type = String(payload.type ?? payload.command);
    this.#record({
      kind,
      id,
      type,
      attempt: 0,
      acked: receipt.acked,
      ...(receipt.acked ? {} : { reason: receipt.reason }),
    });
    if (receipt.acked) return receipt.response;
    const isTimeout = receipt.reason.endsWith('timeout');
    throw new SlackPersonError(
      isTimeout ? 'operation_timeout' : 'dispatch_failed',
      `${type} was not taken by the app (${receipt.reason})`,
    );
  }

  close(): void {
    this.#closing.abort();
  }

  async #deliver(payload: Json, type: string): Promise<void> {
    let reason = '';
    let earlier = 0;
    for (let attempt = 0; attempt <= this.#timing.retryDelaysMs.length; attempt += 1) {
      while (!this.transport.ready()) {
        if (!this.keepWhileDown || !(await this.transport.untilReady())) return;
        // What waited from the start arrives as a retry of an attempt that nobody could take.
        if (attempt === 0) [earlier, reason] = [1, 'timeout'];
      }
      const number = attempt + earlier;
      const receipt = await this.transport.send({ kind: 'events_api', payload, attempt: number, reason });
      if (!receipt.acked) reason = receipt.reason;
      const outcome = receipt.acked ? { acked: true } : { acked: false, reason };
      this.#record({ kind: 'events_api', id: String(payload.event_id), type, attempt: number, ...outcome });
      if (receipt.acked || reason === 'no_retry' || this.#closing.signal.aborted) return;
      await delay(this.#timing.retryDelaysMs[attempt] ?? 0, undefined, { signal: this.#closing.signal });
    }
  }

  #record(delivery: Omit<SlackDelivery, 'at'>): void {
    this.#watchers.emit('delivery', { at: this.#workspace.ids.now(), ...delivery });
  }
}
