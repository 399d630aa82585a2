import type { UserFromGetMe } from 'grammy/types';
import { Failure } from '../../core/errors.ts';
import { type Access, createApi } from './client.ts';
import { toFailure } from './errors.ts';

export interface CheckOptions extends Access {
  readonly webhook?: { readonly url: string; readonly secret: string } | undefined;
}

export interface CheckResult {
  /** Without `@`. */
  readonly username: string;
  /** Whether groups show the bot only what is meant for it. */
  readonly privacy: boolean;
  /** Whether private chats have topics. */
  readonly topics: boolean;
}

/** Asks Telegram whether the settings will do. @throws Failure that names the variable and what is wrong with it */
export async function checkTelegram(options: CheckOptions): Promise<CheckResult> {
  if (!/^\d+:[\w-]+$/.test(options.token)) {
    throw wrong('TELEGRAM_BOT_TOKEN is no bot token.', 'It looks like 123456:ABC-DEF and comes from @BotFather.');
  }
  checkWebhook(options);
  const me = await whoAmI(options);
  return { username: me.username, privacy: !me.can_read_all_group_messages, topics: me.has_topics_enabled };
}

/** @throws Failure */
export async function whoAmI(access: Access): Promise<UserFromGetMe> {
  try {
    return await createApi(access).getMe();
  } catch (error) {
    throw toFailure(error, 'repeatable');
  }
}

/** Telegram calls only https addresses; a server of one's own, named by TELEGRAM_API_URL, may take others. */
function checkWebhook({ webhook, apiUrl }: CheckOptions): void {
  if (!webhook) return;
  if (!/^[\w-]{1,256}$/.test(webhook.secret)) {
    throw wrong('TELEGRAM_WEBHOOK_SECRET has characters that Telegram refuses.', 'Use 1 to 256 of A-Z a-z 0-9 _ -.');
  }
  if (new URL(apiUrl).hostname === 'api.telegram.org' && !webhook.url.startsWith('https://')) {
    throw wrong(
      'PUBLIC_URL is no https address, and Telegram calls no other.',
      'Set it to how the internet reaches the program, or leave out TELEGRAM_WEBHOOK_SECRET to poll.',
    );
  }
}

const wrong = (message: string, advice: string): Failure =>
  new Failure(message, { code: 'invalid_config', remedy: 'never', advice });
