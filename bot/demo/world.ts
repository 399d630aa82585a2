import { type AnthropicSim, createAnthropicSim } from '../../sim/anthropic/index.ts';
import { createGitHubSim, type GitHubPerson, type GitHubSim } from '../../sim/github/index.ts';
import { createSlackSim, type SlackPerson, type SlackSim } from '../../sim/slack/index.ts';
import { brain } from './brains.ts';
import { files, repository } from './repository.ts';

/** The outside of the story: three services in miniature, a channel, and Ana, who has an account on two of them. */
export interface World {
  readonly slack: SlackSim;
  readonly github: GitHubSim;
  readonly anthropic: AnthropicSim;
  readonly channel: string;
  readonly ana: SlackPerson;
  readonly anaOnGitHub: GitHubPerson;
  /** The settings with which the program finds this world; `port` is the program's own. */
  environment(port: number): Record<string, string>;
  close(): Promise<void>;
}

const webhookSecret = 'demo-webhook-secret';

/**
 * @param clock by which the chats tell when something was said, milliseconds since 1970; real time by default
 * @param host the address of this machine on which the services are; by default none but the machine itself reaches them
 */
export async function createWorld(port: number, clock: () => number = Date.now, host = '127.0.0.1'): Promise<World> {
  const slack = await createSlackSim({ clock, host });
  const github = await createGitHubSim({ host });
  const anthropic = await createAnthropicSim({ brain, host });
  await github.createRepo(repository, { files });
  const anaOnGitHub = github.person('ana', { permission: { [repository]: 'write' } });
  const ana = slack.person('Ana');
  const channel = slack.createChannel('web');
  slack.invite(channel, ana);
  github.webhook({ url: `http://127.0.0.1:${port}/github/webhooks`, secret: webhookSecret });
  return {
    slack,
    github,
    anthropic,
    channel,
    ana,
    anaOnGitHub,
    environment: (own) => ({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: github.apiUrl,
      GITHUB_URL: github.url,
      GITHUB_WEBHOOK_SECRET: webhookSecret,
      ANTHROPIC_API_KEY: anthropic.apiKey,
      ANTHROPIC_BASE_URL: anthropic.url,
      PROJECTS: repository,
      OWNERS: `slack:${slack.teamId}/${ana.id}`,
      PORT: String(own),
    }),
    async close() {
      await Promise.all([slack.close(), github.close(), anthropic.close()]);
    },
  };
}
