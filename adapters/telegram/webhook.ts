import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import { z } from 'zod';
import { describe } from '../../core/errors.ts';
import { toFailure } from './errors.ts';
import type { Logger } from './logger.ts';
import { otherProgram } from './pauses.ts';
import { ALLOWED_UPDATES, type Take } from './receive.ts';

const LOOK_EVERY_MS = 60_000;

export interface WebhookOptions {
  /** Where Telegram reaches `/telegram/webhook`. */
  readonly url: string;
  readonly secret: string;
  readonly api: Api;
  readonly take: Take;
  readonly log: Logger;
}

export interface Webhook {
  /** Tells Telegram the address, when it has another. @throws Failure */
  start(): Promise<void>;
  stop(): Promise<void>;
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
  health(): { connected: boolean; detail?: string };
}

/** Updates by POST: answered 200 when what they tell is durable; everything else makes Telegram send them again. */
export function createWebhook({ secret, api, take, log, ...options }: WebhookOptions): Webhook {
  // Telegram does not tell the secret it has; with its trace in the address, another secret is another address.
  const url = `${options.url}?v=${digest(secret).toString('hex').slice(0, 8)}`;
  const inFlight = new Set<Promise<void>>();
  let isOn = false;
  let trouble: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const info = await api.getWebhookInfo();
      trouble = info.url === url ? undefined : otherProgram;
    } catch (error) {
      trouble = describe(toFailure(error, 'repeatable'));
    }
    if (trouble !== undefined) log.warn({ error: trouble }, 'no updates from Telegram');
  }

  return {
    async start() {
      try {
        const info = await api.getWebhookInfo();
        const isSame = info.url === url && ALLOWED_UPDATES.every((kind) => info.allowed_updates?.includes(kind));
        // One at a time, so that they come in order. More would bring no album sooner: of one chat Telegram sends an update
        // only when the one before is answered, so each file is stored and confirmed by itself, and the core joins them.
        const settings = { secret_token: secret, allowed_updates: ALLOWED_UPDATES, max_connections: 1 };
        if (!isSame) await api.setWebhook(url, settings);
      } catch (error) {
        throw toFailure(error, 'repeatable');
      }
      isOn = true;
      timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
    },
    async stop() {
      isOn = false;
      clearInterval(timer);
      await Promise.allSettled(inFlight);
    },
    async handler(request, response) {
      if (request.method !== 'POST') return void response.writeHead(405, { allow: 'POST' }).end();
      if (!isSecret(request.headers['x-telegram-bot-api-secret-token'], secret)) {
        return void response.writeHead(401).end();
      }
      if (!isOn) return void response.writeHead(503).end();
      const update = readUpdate(await text(request));
      if (!update) return void response.writeHead(400).end();
      const work = take(update);
      inFlight.add(work);
      try {
        await work;
        response.writeHead(200).end();
      } catch (error) {
        log.warn({ error: describe(error) }, 'an update was not stored; Telegram sends it again');
        response.writeHead(500).end();
      } finally {
        inFlight.delete(work);
      }
    },
    health: () =>
      isOn && trouble === undefined ? { connected: true } : { connected: false, detail: trouble ?? 'Off.' },
  };
}

const anUpdate = z.looseObject({ update_id: z.number() });

function readUpdate(body: string): Update | null {
  try {
    return anUpdate.parse(JSON.parse(body)) as Update;
  } catch {
    return null;
  }
}

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

/** Compared by digest, so that the time taken tells nothing. */
const isSecret = (given: string | string[] | undefined, secret: string): boolean =>
  typeof given === 'string' && timingSafeEqual(digest(given), digest(secret));
