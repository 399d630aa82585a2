import { acceptBlocks } from './blocks.ts';
import type { Conversations } from './conversation.ts';
import { SlackApiError } from './errors.ts';
import { Arguments } from './request.ts';
import type { Json, SlackMessage } from './types.ts';
import type { Workspace } from './workspace.ts';

const MAX_USES = 5;
const LIFETIME_MS = 30 * 60 * 1000;
/** Far more than people use at once. */
const KEPT = 10_000;

/** Whom a response URL answers, and the message it may replace. */
export interface ResponseTarget {
  channel: string;
  user: string;
  original?: SlackMessage;
  onReply?: (message: SlackMessage) => void;
}

/** Response URLs of presses and commands: five uses within thirty minutes. */
export class ResponseUrls {
  readonly #workspace: Workspace;
  readonly #conversations: Conversations;
  readonly #base: () => string;
  readonly #open = new Map<string, { target: ResponseTarget; at: number; uses: number }>();

  constructor(workspace: Workspace, conversations: Conversations, base: () => string) {
    this.#workspace = workspace;
    this.#conversations = conversations;
    this.#base = base;
  }

  issue(target: ResponseTarget): string {
    const id = crypto.randomUUID();
    const oldest = this.#open.keys().next().value;
    if (oldest !== undefined && this.#open.size >= KEPT) this.#open.delete(oldest);
    this.#open.set(id, { target, at: this.#workspace.ids.now(), uses: 0 });
    return `${this.#base()}/response/${id}`;
  }

  /** @throws SlackApiError `expired_url`, `used_url`, `no_text`, `invalid_blocks` … */
  use(id: string, body: Json): void {
    const entry = this.#open.get(id);
    if (!entry || this.#workspace.ids.now() - entry.at > LIFETIME_MS) throw new SlackApiError('expired_url');
    if (entry.uses >= MAX_USES) throw new SlackApiError('used_url');
    entry.uses += 1;
    this.reply(entry.target, body);
  }

  /** Posts, replaces or deletes as the body of an ack or of a response URL asks. */
  reply(target: ResponseTarget, body: Json): void {
    const args = new Arguments(body);
    const channel = this.#workspace.channel(target.channel);
    const { original } = target;
    if (args.flag('delete_original')) {
      if (original) this.#conversations.remove(channel, original);
      return;
    }
    const blocks = args.has('blocks') ? acceptBlocks(body.blocks, () => this.#workspace.ids.id('b')) : undefined;
    const text = args.text('text') ?? '';
    // `markdown_text` is not known here (vercel/chat found `no_text`).
    if (text === '' && (blocks?.length ?? 0) === 0 && !args.has('attachments')) throw new SlackApiError('no_text');
    if (args.flag('replace_original') && original) {
      this.#conversations.edit(channel, original, this.#workspace.bot.id, { text, blocks: blocks ?? [] });
      return;
    }
    const threadTs = args.text('thread_ts');
    const draft = { text, ...(blocks ? { blocks } : {}), ...(threadTs ? { threadTs } : {}) };
    const message =
      args.text('response_type') === 'in_channel'
        ? this.#conversations.post(channel, this.#workspace.bot, draft)
        : this.#conversations.whisper(channel, target.user, draft);
    target.onReply?.(message);
  }
}
