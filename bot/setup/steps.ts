import type { Variable } from '../settings.ts';

/** One setting to be asked for, and what tells whether it will do. */
export interface Step {
  readonly variable: Variable;
  /** Of the checks that tell. */
  readonly part: string;
  /** Said before the first question: what it is and where it comes from. */
  readonly hints: readonly string[];
  /** What it means to give nothing; absent: it is needed. */
  readonly without?: string;
  /** Settings that let it be checked before those that belong to it are given. */
  readonly alone?: Readonly<Record<string, string>>;
}

export type Platform = 'slack' | 'discord' | 'telegram' | 'terminal';

/** What a platform asks for, given what is set; `needed`: the person said that they want it. */
export function platformSteps(platform: Platform, env: NodeJS.ProcessEnv, needed: boolean): readonly Step[] {
  const steps = platforms[platform](env);
  return needed ? steps.map(({ without: _, ...step }) => step) : steps;
}

const platforms: Readonly<Record<Platform, (env: NodeJS.ProcessEnv) => readonly Step[]>> = {
  slack: (env) => [
    {
      variable: 'SLACK_BOT_TOKEN',
      part: 'SLACK',
      hints: [
        '',
        'Slack (docs/slack.md): at https://api.slack.com/apps make an app from adapters/slack/manifest.yaml and install it.',
        '  The bot token is under OAuth & Permissions.',
      ],
      without: 'no Slack',
      alone: { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 'not-set-yet' },
    },
    // Signed HTTP events do without the app-level token.
    ...(env.SLACK_SIGNING_SECRET
      ? []
      : [
          {
            variable: 'SLACK_APP_TOKEN' as const,
            part: 'SLACK',
            hints: ['  The app-level token is under Basic Information; generate it with connections:write.'],
          },
        ]),
  ],
  discord: () => [
    {
      variable: 'DISCORD_TOKEN',
      part: 'DISCORD',
      hints: [
        '',
        'Discord (docs/discord.md): at https://discord.com/developers/applications make an application; on its page Bot',
        '  switch Message Content Intent on, then Reset Token.',
      ],
      without: 'no Discord',
    },
  ],
  telegram: () => [
    {
      variable: 'TELEGRAM_BOT_TOKEN',
      part: 'TELEGRAM',
      hints: ['', 'Telegram (docs/telegram.md): send /newbot to @BotFather; it answers with the token.'],
      without: 'no Telegram',
    },
  ],
  terminal: () => [
    {
      variable: 'TERMINAL_USER',
      part: 'TERMINAL',
      hints: ['', 'The terminal (docs/add-a-platform.md): talk to it where it runs. Your name there:'],
      without: 'not in the terminal',
    },
  ],
};

export const platformNames = Object.keys(platforms) as readonly Platform[];

/** Whether a platform is set, be it by half. */
export const isSet = (platform: Platform, env: NodeJS.ProcessEnv): boolean =>
  platforms[platform](env).some(({ variable }) => env[variable]);

/** A token, or what is missing of an App. */
export function githubStep(env: NodeJS.ProcessEnv): Step {
  const root = env.GITHUB_URL || 'https://github.com';
  if (!env.GITHUB_TOKEN && (env.GITHUB_APP_ID || env.GITHUB_APP_PRIVATE_KEY)) {
    const variable = env.GITHUB_APP_ID ? 'GITHUB_APP_PRIVATE_KEY' : 'GITHUB_APP_ID';
    return {
      variable,
      part: 'GITHUB',
      hints: ['', 'The GitHub App (docs/github.md): its id, and the path of its key.'],
    };
  }
  return {
    variable: 'GITHUB_TOKEN',
    part: 'GITHUB',
    hints: [
      '',
      'GitHub (docs/github.md): a token of the account that shall open the pull requests.',
      `  Classic, with the scope repo: ${root}/settings/tokens/new?scopes=repo&description=Mainloop`,
      `  Fine-grained: ${root}/settings/personal-access-tokens/new; docs/github.md lists the permissions.`,
      '  An App instead: Ctrl-C, then npm run mainloop -- setup GITHUB_APP_ID=… GITHUB_APP_PRIVATE_KEY=./key.pem',
    ],
  };
}

export const anthropicStep: Step = {
  variable: 'ANTHROPIC_API_KEY',
  part: 'ANTHROPIC',
  hints: [
    '',
    'Anthropic: an API key, from https://platform.claude.com/settings/keys. The assistant needs one, also beside a',
    '  subscription; workers use it too.',
  ],
};

export const subscriptionStep: Step = {
  variable: 'CLAUDE_CODE_OAUTH_TOKEN',
  part: 'CLAUDE',
  hints: [
    '  Workers can use it: run `claude setup-token` in another terminal and paste the token it prints, on one line.',
  ],
  without: 'workers use the API key',
};

export const projectsStep: Step = {
  variable: 'PROJECTS',
  part: 'PROJECTS',
  hints: ['', 'Repositories to work on, as owner/repo, separated by commas.'],
  without: 'later, with /mainloop project add',
};
