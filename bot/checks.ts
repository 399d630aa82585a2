import type { Logger } from 'pino';
import { createAnthropic } from '../adapters/anthropic/index.ts';
import { createGitHub } from '../adapters/github/index.ts';
import type { Check } from './commands/doctor.ts';
import type { Config } from './config.ts';
import { faces } from './faces.ts';

/** What `start` and `doctor` check of the outside world before anything is relied on. */
export async function checks(config: Config, log: Logger): Promise<Check[]> {
  const served = await faces(config, log);
  const models = { CHAT_MODEL: config.chatModel, WORKER_MODEL: config.workerModel };
  const github = createGitHub({ ...config.github, log });
  return [
    ...served.map(({ name, check }) => ({ name, run: check })),
    {
      name: 'GitHub',
      async run() {
        const { login, kind } = await github.check();
        return `${login} (${kind})`;
      },
    },
    ...config.projects.map((repo) => ({
      name: `Project ${repo}`,
      async run() {
        await github.checkRepository(repo);
        return 'can be worked on';
      },
    })),
    {
      name: 'Anthropic',
      async run() {
        await createAnthropic({ ...config.anthropic, log }).check(models);
        return [...new Set(Object.values(models))].join(', ');
      },
    },
  ];
}
