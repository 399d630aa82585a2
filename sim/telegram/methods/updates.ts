import { TelegramApiError } from '../errors.ts';
import type { Method } from './method.ts';

const MAX_UPDATES = 100;

export const getUpdates: Method = (args, api, signal) => {
  if (api.webhook.active) {
    const description =
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    throw new TelegramApiError(409, `Conflict: ${description}`);
  }
  api.queue.allow(args.list('allowed_updates')?.map(String));
  const limit = args.optionalInteger('limit') ?? MAX_UPDATES;
  const poll = {
    offset: args.optionalInteger('offset') ?? 0,
    limit: limit < 1 || limit > MAX_UPDATES ? MAX_UPDATES : limit,
    timeout: args.optionalInteger('timeout') ?? 0,
  };
  return api.polling.poll(poll, signal);
};

export const setWebhook: Method = (args, api) => {
  api.webhook.set(args.text('url') ?? '', args.text('secret_token'));
  api.queue.allow(args.list('allowed_updates')?.map(String));
  if (args.flag('drop_pending_updates')) api.queue.drop();
  api.polling.conflict('terminated by setWebhook request');
  return true;
};

export const deleteWebhook: Method = (args, api) => {
  api.webhook.set('', undefined);
  if (args.flag('drop_pending_updates')) api.queue.drop();
  return true;
};

export const getWebhookInfo: Method = (_args, api) => api.webhook.info();
