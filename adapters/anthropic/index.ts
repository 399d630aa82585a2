import Anthropic from '@anthropic-ai/sdk';
import type { Logger } from 'pino';
import type { ChatModel } from '../../core/ports.ts';
import { modelEvents } from './events.ts';
import { aborted, toFailure } from './failure.ts';
import { imageLimits, messageParams } from './request.ts';

export interface AnthropicOptions {
  readonly apiKey: string;
  /** Messages API root without `/v1`. */
  readonly baseUrl?: string;
  readonly log: Logger;
  /** Longest silence of the API before the answer counts as cut, milliseconds. Its pings do not count. */
  readonly silenceMs?: number;
}

export interface AnthropicModel extends ChatModel {
  /**
   * Checks the key and that each model exists. `models` maps the variable that names a model to its name, so that the
   * Failure (`invalid_credentials`, `model_not_found`, …) can say which one to correct.
   */
  check(models: Readonly<Record<string, string>>): Promise<void>;
}

/** The assistant's model over Anthropic's Messages API. Retries are the caller's: a Failure says whether they can help. */
export function createAnthropic({ apiKey, baseUrl, log, silenceMs = 120_000 }: AnthropicOptions): AnthropicModel {
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl ?? null,
    maxRetries: 0,
    timeout: silenceMs,
    logLevel: 'off',
  });

  return {
    imageLimits,
    async *stream(request, signal) {
      const silence = new AbortController();
      const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
      const timer = setTimeout(() => silence.abort(), silenceMs);
      try {
        const stream = await client.messages.create({ ...messageParams(request), stream: true }, { signal: either });
        yield* modelEvents(stream, () => timer.refresh());
      } catch (error) {
        if (signal?.aborted) throw aborted(error);
        const failure = toFailure(error, 'CHAT_MODEL');
        log.warn({ code: failure.code, remedy: failure.remedy, err: error }, 'the model did not answer');
        throw failure;
      } finally {
        clearTimeout(timer);
      }
    },

    async check(models) {
      for (const [variable, model] of Object.entries(models)) {
        try {
          await client.models.retrieve(model);
        } catch (error) {
          // A gateway may serve messages alone; Anthropic's own 404 carries its error type.
          if (!(error instanceof Anthropic.NotFoundError) || error.type) throw toFailure(error, variable);
          log.warn({ variable, model }, 'the model gateway lists no models, so this one is not checked');
        }
      }
    },
  };
}
