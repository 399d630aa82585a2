import type { Logger } from 'pino';
import { createAnthropic } from '../adapters/anthropic/index.ts';
import type { Check } from './commands/doctor.ts';
import type { Config } from './config.ts';

/** What `start` and `doctor` check of the outside world before anything is relied on. */
export function checks({ anthropic, chatModel, workerModel }: Config, log: Logger): Check[] {
  const models = { CHAT_MODEL: chatModel, WORKER_MODEL: workerModel };
  return [
    {
      name: 'Anthropic',
      async run() {
        await createAnthropic({ ...anthropic, log }).check(models);
        return [...new Set(Object.values(models))].join(', ');
      },
    },
  ];
}
