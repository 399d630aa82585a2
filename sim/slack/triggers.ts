import { SlackApiError } from './errors.ts';
import type { IdSource } from './ids.ts';

/** Far more than can be alive at once. */
const KEPT = 10_000;

/** Trigger ids: each opens one view, within three seconds of the person's act. */
export class Triggers {
  readonly #ids: IdSource;
  readonly #lifetimeMs: number;
  readonly #issued = new Map<string, { user: string; at: number; isUsed: boolean }>();

  constructor(ids: IdSource, lifetimeMs: number) {
    this.#ids = ids;
    this.#lifetimeMs = lifetimeMs;
  }

  issue(user: string): string {
    const id = `${this.#ids.seconds()}.${this.#ids.id('')}.${crypto.randomUUID().replaceAll('-', '')}`;
    const oldest = this.#issued.keys().next().value;
    if (oldest !== undefined && this.#issued.size >= KEPT) this.#issued.delete(oldest);
    this.#issued.set(id, { user, at: this.#ids.now(), isUsed: false });
    return id;
  }

  /**
   * The person behind a trigger id, which is then used up.
   * @throws SlackApiError `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`
   */
  use(id: string): string {
    const trigger = this.#issued.get(id);
    if (!trigger) throw new SlackApiError('invalid_trigger_id');
    if (trigger.isUsed) throw new SlackApiError('exchanged_trigger_id');
    if (this.#ids.now() - trigger.at > this.#lifetimeMs) throw new SlackApiError('expired_trigger_id');
    trigger.isUsed = true;
    return trigger.user;
  }
}
