/** Every variable that the program reads: its form, its default and an example. `.env.example` is compared with it. */
import { z } from 'zod';
import { repoName } from '../core/domain/ids.ts';
import { egressHost, endpoint, label, pinnedImage } from './kubernetes-settings.ts';

const text = z.string().trim().min(1);
const wholeNumber = (least: number, most: number) =>
  text
    .refine((value) => /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most, {
      error: `expected a whole number from ${least} to ${most}`,
    })
    .transform(Number);
const dollars = text
  .refine((value) => /^\d+(\.\d+)?$/.test(value) && Number(value) > 0, { error: 'expected an amount in dollars' })
  .transform(Number);
/** Without the slashes at the end. */
const url = text
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: 'expected an http or https address',
  })
  .transform((value) => value.replace(/\/+$/, ''));
/** A token that must not be one of another kind; other spellings pass, since gateways and tests have their own. */
const tokenBut = (wrong: RegExp, why: string) =>
  text.refine((value) => !/\s/.test(value), { error: 'contains blanks' }).refine((value) => !wrong.test(value), why);
const token = tokenBut(/^$/, '');
const list = text.transform((value) => value.split(/[\s,]+/).filter(Boolean));

const repository = z.string().refine((value) => repoName.safeParse(value).success, {
  error: ({ input }) => `"${input}" is not owner/repo`,
});

export interface Owner {
  readonly platform: 'slack' | 'discord' | 'telegram' | 'terminal';
  /** Slack team; empty elsewhere. */
  readonly space: string;
  readonly id: string;
}

const owner = z.string().transform((item, context): Owner => {
  const slack = /^slack:([TE]\w+)\/([UW]\w+)$/.exec(item);
  if (slack?.[1] && slack[2]) return { platform: 'slack', space: slack[1], id: slack[2] };
  const other = /^(discord|telegram):(\d+)$/.exec(item);
  if (other?.[2]) return { platform: other[1] === 'discord' ? 'discord' : 'telegram', space: '', id: other[2] };
  context.addIssue({ code: 'custom', message: `"${item}" is not an account` });
  return z.NEVER;
});

interface Setting<T> {
  readonly schema: z.ZodType<T, string>;
  readonly example: string;
  readonly fallback?: string;
}

const setting = <T>(schema: z.ZodType<T, string>, example: string, fallback?: string): Setting<T> =>
  fallback === undefined ? { schema, example } : { schema, example, fallback };

/** Where packages come from; nothing but reading them is of use there. */
const egressHosts = [
  ...['registry.npmjs.org', 'registry.yarnpkg.com', 'pypi.org', 'files.pythonhosted.org'],
  ...['proxy.golang.org', 'sum.golang.org', 'crates.io', 'index.crates.io', 'static.crates.io'],
  ...['rubygems.org', 'index.rubygems.org', 'repo.maven.apache.org', 'repo1.maven.org'],
].join(',');

export const settings = {
  SLACK_BOT_TOKEN: setting(
    tokenBut(/^(xapp|xoxp)-/, 'is a token of another kind, expected the bot token'),
    'xoxb-1-2-a',
  ),
  SLACK_APP_TOKEN: setting(
    tokenBut(/^xox/, 'is a token of another kind, expected the app-level token'),
    'xapp-1-A1-2-b',
  ),
  SLACK_SIGNING_SECRET: setting(token, '0123456789abcdef0123456789abcdef'),
  SLACK_API_URL: setting(url, 'https://slack.com/api/', 'https://slack.com/api/'),
  DISCORD_TOKEN: setting(token, 'MTA.b.c'),
  DISCORD_API_URL: setting(url, 'https://discord.com/api', 'https://discord.com/api'),
  TELEGRAM_BOT_TOKEN: setting(token, '123456:ABC'),
  TELEGRAM_API_URL: setting(url, 'https://api.telegram.org', 'https://api.telegram.org'),
  TELEGRAM_WEBHOOK_SECRET: setting(
    text.refine((value) => /^[\w-]{1,256}$/.test(value), { error: 'expected 1 to 256 of A-Z a-z 0-9 _ -' }),
    'a-long-random-text',
  ),
  TERMINAL_USER: setting(
    text.refine((value) => /^[\w.-]{1,64}$/.test(value), { error: 'expected a name of letters, digits, . _ -' }),
    'ana',
  ),
  GITHUB_TOKEN: setting(token, 'github_pat_11A'),
  GITHUB_APP_ID: setting(wholeNumber(1, Number.MAX_SAFE_INTEGER), '123456'),
  GITHUB_APP_PRIVATE_KEY: setting(text, './mainloop.private-key.pem'),
  GITHUB_WEBHOOK_SECRET: setting(token, 'a-long-random-text'),
  GITHUB_API_URL: setting(url, 'https://github.example.com/api/v3'),
  GITHUB_URL: setting(url, 'https://github.example.com'),
  ANTHROPIC_API_KEY: setting(
    tokenBut(/^sk-ant-oat/, 'is an OAuth token (it belongs in CLAUDE_CODE_OAUTH_TOKEN), expected an API key'),
    'sk-ant-api03-a',
  ),
  ANTHROPIC_BASE_URL: setting(url, 'https://api.anthropic.com', 'https://api.anthropic.com'),
  CLAUDE_CODE_OAUTH_TOKEN: setting(token, 'sk-ant-oat01-a'),
  CHAT_MODEL: setting(token, 'claude-sonnet-5-5', 'claude-sonnet-5-5'),
  WORKER_MODEL: setting(token, 'claude-opus-5-5', 'claude-opus-5-5'),
  PROJECTS: setting(list.pipe(z.array(repository)), 'acme/web,acme/api'),
  OWNERS: setting(list.pipe(z.array(owner)), 'slack:T012AB3C4/U012AB3C4,discord:80351110224678912,telegram:123456789'),
  SANDBOX: setting(
    text.pipe(z.enum(['local', 'kubernetes'], { error: 'expected local or kubernetes' })),
    'local',
    'local',
  ),
  KUBERNETES_NAMESPACE: setting(label, 'mainloop'),
  KUBERNETES_WORKER_IMAGE: setting(pinnedImage, `registry.example.com/mainloop/worker@sha256:${'0'.repeat(64)}`),
  KUBERNETES_RUNTIME_CLASS: setting(label, 'gvisor'),
  KUBERNETES_PROBES: setting(list.pipe(z.array(endpoint)), 'db.example.com:5432,10.0.0.1:443'),
  BROKER_ADDRESS: setting(endpoint, 'broker:8080'),
  BROKER_LISTEN: setting(endpoint, '0.0.0.0:8080'),
  DOOR_LISTEN: setting(endpoint, '0.0.0.0:3001'),
  EGRESS_HOSTS: setting(list.pipe(z.array(egressHost)), egressHosts, egressHosts),
  ALLOW_UNENFORCED_ISOLATION: setting(
    text.pipe(z.enum(['true', 'false'], { error: 'expected true or false' })).transform((value) => value === 'true'),
    'true',
    'false',
  ),
  MAX_WORKERS: setting(wholeNumber(1, 1000), '3', '3'),
  TASK_BUDGET_USD: setting(dollars, '5', '5'),
  TASK_DEADLINE_MINUTES: setting(wholeNumber(1, 10_080), '90', '90'),
  CI_ROUNDS: setting(wholeNumber(0, 100), '3', '3'),
  RECONCILE_SECONDS: setting(wholeNumber(1, 86_400), '60', '60'),
  CI_GRACE_SECONDS: setting(wholeNumber(1, 86_400), '120', '120'),
  ESCALATE_MINUTES: setting(wholeNumber(0, 100_000), '240', '240'),
  DATABASE_URL: setting(
    text.refine((value) => URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol), {
      error: 'expected a postgres:// address',
    }),
    'postgres://mainloop:password@db.example.com:5432/mainloop',
  ),
  EXECUTOR_ID: setting(label, 'orchestrator-0', 'local'),
  DATA_DIR: setting(text, './data', './data'),
  METRICS_LISTEN: setting(endpoint, '0.0.0.0:9090'),
  PORT: setting(wholeNumber(1, 65_535), '3000', '3000'),
  PUBLIC_URL: setting(url, 'https://mainloop.example.com'),
  LOG_LEVEL: setting(
    text.pipe(
      z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
        error: 'expected trace, debug, info, warn, error, fatal or silent',
      }),
    ),
    'info',
    'info',
  ),
  OIDC_ISSUER: setting(url, 'https://login.example.com'),
  OIDC_CLIENT_ID: setting(token, 'mainloop'),
  OIDC_CLIENT_SECRET: setting(token, 'a-long-random-text'),
};

export type Settings = typeof settings;
export type Variable = keyof Settings;
export type Values = { readonly [V in Variable]?: z.output<Settings[V]['schema']> };

export interface Problem {
  readonly variable: Variable;
  /** What is wrong, as a clause that follows the variable's name. */
  readonly what: string;
}

/** Parses every variable by its own schema; an empty one is unset and takes its default. */
export function parseSettings(env: NodeJS.ProcessEnv): { values: Values; problems: Problem[] } {
  const problems: Problem[] = [];
  const values: Partial<Record<Variable, unknown>> = {};
  for (const [variable, { schema, fallback }] of Object.entries(settings) as [Variable, Setting<unknown>][]) {
    const given = env[variable]?.trim() || fallback;
    if (given === undefined) continue;
    const parsed = schema.safeParse(given);
    if (parsed.success) values[variable] = parsed.data;
    else problems.push(...parsed.error.issues.map((issue) => ({ variable, what: issue.message })));
  }
  return { values: values as Values, problems };
}
