import type { Logger } from 'pino';
import { createAnthropic } from '../adapters/anthropic/index.ts';
import { createGitHub, type GitHubHost } from '../adapters/github/index.ts';
import type { Check } from './check.ts';
import type { Config } from './config.ts';
import { faces } from './faces.ts';
import { trySubscription } from './machine/claude-code.ts';

export interface ChecksOptions {
  /** Also what takes longer, or a request more: for `setup` and `doctor`. */
  readonly thorough?: boolean;
}

/** What `start`, `setup` and `doctor` check of the outside world before anything is relied on. */
export async function checks(config: Config, log: Logger, { thorough = false }: ChecksOptions = {}): Promise<Check[]> {
  const served = await faces(config, log);
  const models = { CHAT_MODEL: config.chatModel, WORKER_MODEL: config.workerModel };
  const github = createGitHub({ ...config.github, log });
  const subscribed = thorough && config.anthropic.workerOauthToken;
  return [
    ...served.map(({ name, check }) => ({ name, part: name.toUpperCase(), run: check })),
    {
      ...{ name: 'GitHub', part: 'GITHUB' },
      async run(note: Note) {
        if (thorough && config.kubernetes && config.github.auth.kind === 'token') note(wideToken);
        return checkGitHub(github, note);
      },
    },
    ...config.projects.map((repo) => ({
      name: `Project ${repo}`,
      part: 'PROJECTS',
      async run(note: Note) {
        if (!thorough) await github.checkRepository(repo);
        else for (const line of await github.lookClosely(repo, webhookUrl(config))) note(line);
        return 'can be worked on';
      },
    })),
    {
      name: 'Anthropic',
      part: 'ANTHROPIC',
      async run(note: Note) {
        if (subscribed && config.kubernetes) note(untriedSubscription);
        await createAnthropic({ ...config.anthropic, log }).check(models);
        return [...new Set(Object.values(models))].join(', ');
      },
    },
    ...(subscribed && !config.kubernetes ? [subscription(config)] : []),
  ];
}

type Note = (line: string) => void;

/** The broker asks for access to one repository; only an App has a token for no more than that. */
const wideToken =
  'GITHUB_TOKEN goes to the broker as it is, with all that it may do. With a GitHub App it gets a token for the one repository.';

const untriedSubscription = 'CLAUDE_CODE_OAUTH_TOKEN is not tried: no Claude Code here; the first worker will tell.';

async function checkGitHub(github: GitHubHost, note: Note): Promise<string> {
  const { login, kind, scopes = [] } = await github.check();
  if (scopes.includes('workflow'))
    note(
      'GITHUB_TOKEN has the scope workflow, so what is pushed with it can change .github/workflows. Mainloop does without it.',
    );
  return `${login} (${kind})`;
}

const webhookUrl = ({ github, publicUrl }: Config) =>
  github.webhookSecret ? `${publicUrl}/github/webhooks` : undefined;

const subscription = ({ anthropic, workerModel }: Config): Check => ({
  name: 'Claude subscription',
  part: 'CLAUDE',
  async run() {
    await trySubscription({ token: anthropic.workerOauthToken ?? '', model: workerModel, baseUrl: anthropic.baseUrl });
    return `answers workers, ${workerModel}`;
  },
});
