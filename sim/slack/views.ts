import { acceptBlocks, isJson } from './blocks.ts';
import { SlackApiError } from './errors.ts';
import type { SlackView } from './types.ts';
import type { Workspace } from './workspace.ts';

const MAX_STACK = 3;
const MAX_METADATA = 3000;

/** The modals each person has open (a stack of at most three) and their home tabs. */
export class Views {
  readonly #workspace: Workspace;
  readonly #stacks = new Map<string, SlackView[]>();
  readonly #homes = new Map<string, SlackView>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  open(user: string, content: unknown): SlackView {
    const view = this.#accept(content, 'modal');
    this.#stacks.set(user, [view]);
    return view;
  }

  /** @throws SlackApiError `push_limit_reached` */
  push(user: string, content: unknown): SlackView {
    const stack = this.#stacks.get(user) ?? [];
    if (stack.length >= MAX_STACK) throw new SlackApiError('push_limit_reached');
    const below = stack.at(-1);
    const view = this.#accept(content, 'modal');
    if (below) Object.assign(view, { previous_view_id: below.id, root_view_id: below.root_view_id });
    this.#stacks.set(user, [...stack, view]);
    return view;
  }

  /** @throws SlackApiError `not_found`, `hash_conflict` */
  update(id: string, content: unknown, hash?: string): SlackView {
    const view = this.#workspace.views.get(id);
    if (!view) throw new SlackApiError('not_found');
    if (hash !== undefined && hash !== view.hash) throw new SlackApiError('hash_conflict');
    const { id: _id, root_view_id, previous_view_id, ...fresh } = this.#accept(content, view.type);
    this.#workspace.views.delete(_id);
    return Object.assign(view, fresh);
  }

  publish(user: string, content: unknown): SlackView {
    const view = this.#accept(content, 'home');
    this.#homes.set(user, view);
    return view;
  }

  byExternalId(externalId: string): SlackView | undefined {
    return [...this.#workspace.views.values()].find((view) => view.external_id === externalId);
  }

  /** The modal a person looks at. */
  top(user: string): SlackView | undefined {
    return this.#stacks.get(user)?.at(-1);
  }

  home(user: string): SlackView | undefined {
    return this.#homes.get(user);
  }

  close(user: string, o: { all: boolean }): void {
    const stack = this.#stacks.get(user) ?? [];
    const closed = o.all ? stack : stack.slice(-1);
    for (const view of closed) this.#workspace.views.delete(view.id);
    this.#stacks.set(user, o.all ? [] : stack.slice(0, -1));
  }

  #accept(content: unknown, type: string): SlackView {
    if (!isJson(content)) throw new SlackApiError('invalid_arguments');
    if (content.type !== type) throw new SlackApiError('invalid_arguments');
    const metadata = String(content.private_metadata ?? '');
    if (metadata.length > MAX_METADATA) throw new SlackApiError('invalid_arguments');
    if (type === 'modal' && !isJson(content.title)) throw new SlackApiError('invalid_arguments');
    const { ids, teamId, appId, bot } = this.#workspace;
    const blocks = acceptBlocks(content.blocks ?? [], () => ids.id('b'), 'view');
    const id = ids.id('V');
    const view: SlackView = {
      id,
      team_id: teamId,
      type,
      blocks,
      private_metadata: metadata,
      callback_id: String(content.callback_id ?? ''),
      state: { values: {} },
      hash: `${ids.ts()}.${id}`,
      title: content.title ?? { type: 'plain_text', text: 'Home', emoji: true },
      clear_on_close: content.clear_on_close === true,
      notify_on_close: content.notify_on_close === true,
      close: content.close ?? null,
      submit: content.submit ?? null,
      previous_view_id: null,
      root_view_id: id,
      app_id: appId,
      external_id: String(content.external_id ?? ''),
      app_installed_team_id: teamId,
      bot_id: bot.botId,
    };
    this.#workspace.views.set(id, view);
    return view;
  }
}
