import type { WebClient } from '@slack/web-api';
import type { Account } from '../../core/domain/chat.ts';
import { slackCode, toFailure } from './errors.ts';

export interface Person {
  readonly name: string;
  readonly bot: boolean;
  /** The person's own team; another one than ours in shared channels. */
  readonly team: string;
}

const MAX_PEOPLE = 5_000;

/** Who is who, asked of Slack once per person (users.info) and kept in memory. */
export class Directory {
  readonly #client: WebClient;
  readonly #team: string;
  readonly #known = new Map<string, Person>();
  readonly #asking = new Map<string, Promise<Person>>();

  constructor(client: WebClient, team: string) {
    this.#client = client;
    this.#team = team;
  }

  known(id: string): Person | undefined {
    return this.#known.get(id);
  }

  /**
   * The person behind an id. Somebody whom Slack does not show us is a nameless human of our team: whether they are
   * served is decided by who was paired. @throws Failure when Slack could not be asked
   */
  get(id: string): Promise<Person> {
    const known = this.#known.get(id);
    if (known) return Promise.resolve(known);
    const asking = this.#asking.get(id) ?? this.#ask(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  account(id: string, person: Person | undefined): Account {
    const base = { platform: 'slack', space: person?.team ?? this.#team, id, bot: person?.bot ?? false };
    return person?.name ? { ...base, name: person.name } : base;
  }

  async #ask(id: string): Promise<Person> {
    const person = await this.#lookUp(id);
    if (this.#known.size >= MAX_PEOPLE) this.#known.clear();
    this.#known.set(id, person);
    return person;
  }

  async #lookUp(id: string): Promise<Person> {
    try {
      const { user } = await this.#client.users.info({ user: id });
      const name = user?.profile?.display_name || user?.real_name || user?.name || '';
      return { name, bot: user?.is_bot === true || id === 'USLACKBOT', team: user?.team_id ?? this.#team };
    } catch (error) {
      if (slackCode(error) === undefined || slackCode(error) === 'ratelimited') throw toFailure(error, 'repeatable');
      return { name: '', bot: false, team: this.#team };
    }
  }
}
