/** The one place that reads the environment. Everyone else takes options. */
import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure } from '../core/errors.ts';
import { type Endpoint, type KubernetesConfig, kubernetesConfig } from './kubernetes-settings.ts';
import { type Owner, type Problem, parseSettings, settings, type Values, type Variable } from './settings.ts';

export interface SlackConfig {
  readonly botToken: string;
  /** Present: Socket Mode. */
  readonly appToken?: string;
  /** Present: signed events at `/slack/events`. */
  readonly signingSecret?: string;
  /** Web API base, ends in a slash. */
  readonly apiUrl: string;
}

export interface DiscordConfig {
  readonly token: string;
  /** REST base without the version and without a slash at the end. */
  readonly apiUrl: string;
}

export interface TelegramConfig {
  readonly token: string;
  /** Bot API root, without a slash at the end. */
  readonly apiUrl: string;
  /** Present: updates by webhook at `/telegram/webhook`. */
  readonly webhookSecret?: string;
}

export interface GitHubConfig {
  readonly auth:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'app'; readonly appId: number; readonly privateKey: string };
  readonly webhookSecret?: string;
  /** REST base without a slash at the end. */
  readonly apiUrl: string;
  /** Root for git and links, without a slash at the end. */
  readonly url: string;
}

/** An OpenID provider, at which people may sign in to the page. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Config {
  /** Each platform whose token is set; none is needed. */
  readonly slack?: SlackConfig;
  readonly discord?: DiscordConfig;
  readonly telegram?: TelegramConfig;
  /** The person who talks at the terminal in which the program runs; an owner, as whoever starts it is. */
  readonly terminal?: { readonly user: string };
  readonly oidc?: OidcConfig;
  /** Present: workers run there; otherwise on this machine. */
  readonly kubernetes?: KubernetesConfig;
  readonly github: GitHubConfig;
  readonly anthropic: { readonly apiKey: string; readonly baseUrl: string; readonly workerOauthToken?: string };
  readonly chatModel: string;
  readonly workerModel: string;
  readonly projects: readonly string[];
  readonly owners: readonly Owner[];
  readonly maxWorkers: number;
  readonly taskBudgetUsd: number;
  readonly taskDeadlineMinutes: number;
  readonly ciRounds: number;
  readonly reconcileSeconds: number;
  readonly ciGraceSeconds: number;
  readonly escalateMinutes: number;
  readonly databaseUrl?: string;
  /** Whose workflows this process takes up again after a restart. */
  readonly executorId: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly port: number;
  /** Where Prometheus reads; undefined: nowhere. */
  readonly metricsListen?: Endpoint;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly logLevel: string;
  /** Values that no log may show. */
  readonly secrets: readonly string[];
}

/** All that is wrong with the settings, a line each: variable, what is wrong, an example. */
export class ConfigError extends Failure {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const order = Object.keys(settings);
    const sorted = problems.toSorted((a, b) => order.indexOf(a.variable) - order.indexOf(b.variable));
    const lines = sorted.map(({ variable, what }) => `${variable} ${what}, e.g. ${settings[variable].example}`);
    super(lines.join('\n'), {
      code: 'invalid_config',
      remedy: 'never',
      advice: '\nSet it in .env or the environment; .env.example explains every variable.',
    });
    this.name = 'ConfigError';
    this.problems = sorted;
  }
}

/** The process's environment over the variables of a `.env` file, if there is one. */
export function environment(file = '.env', env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...env } : env;
}

/** A sentence for each name in a `.env` file that is no setting: a misspelt one would be missed in silence. */
export function strayLines(file = '.env'): string[] {
  if (!existsSync(file)) return [];
  return Object.keys(parseEnv(readFileSync(file, 'utf8')))
    .filter((name) => !Object.hasOwn(settings, name))
    .map((name) => `.env sets ${name}, which is no setting of Mainloop; .env.example lists them.`);
}

/** The settings as the program uses them. Throws {@link ConfigError} with every problem at once. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const { values, problems } = parseSettings(env);
  const missing: Missing = (variable, what = 'is missing') => {
    if (!problems.some((problem) => problem.variable === variable)) problems.push({ variable, what });
    return '';
  };
  // An ill-formed default would be a fault of settings.ts, found by the first test; the 0 and '' below are never used.
  const port = values.PORT ?? 0;
  const auth = githubAuth(values, missing);
  const config: Config = {
    ...platforms(values, missing),
    ...oidc(values, missing),
    ...kubernetesConfig(values, missing),
    github: {
      auth,
      ...(values.GITHUB_WEBHOOK_SECRET && { webhookSecret: values.GITHUB_WEBHOOK_SECRET }),
      ...githubUrls(values.GITHUB_API_URL, values.GITHUB_URL),
    },
    anthropic: {
      apiKey: values.ANTHROPIC_API_KEY ?? missing('ANTHROPIC_API_KEY', assistantKey(values)),
      baseUrl: values.ANTHROPIC_BASE_URL ?? '',
      ...(values.CLAUDE_CODE_OAUTH_TOKEN && { workerOauthToken: values.CLAUDE_CODE_OAUTH_TOKEN }),
    },
    chatModel: values.CHAT_MODEL ?? '',
    workerModel: values.WORKER_MODEL ?? '',
    projects: values.PROJECTS ?? [],
    owners: [
      ...(values.OWNERS ?? []),
      ...(values.TERMINAL_USER ? [{ platform: 'terminal' as const, space: '', id: values.TERMINAL_USER }] : []),
    ],
    maxWorkers: values.MAX_WORKERS ?? 0,
    taskBudgetUsd: values.TASK_BUDGET_USD ?? 0,
    taskDeadlineMinutes: values.TASK_DEADLINE_MINUTES ?? 0,
    ciRounds: values.CI_ROUNDS ?? 0,
    reconcileSeconds: values.RECONCILE_SECONDS ?? 0,
    ciGraceSeconds: values.CI_GRACE_SECONDS ?? 0,
    escalateMinutes: values.ESCALATE_MINUTES ?? 0,
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
    executorId: values.EXECUTOR_ID ?? '',
    dataDir: resolve(values.DATA_DIR ?? ''),
    port,
    ...(values.METRICS_LISTEN && { metricsListen: values.METRICS_LISTEN }),
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${port}`,
    logLevel: values.LOG_LEVEL ?? 'info',
    secrets: secrets(values, auth),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Where the database is and who owns it, for commands that need nothing else. Throws {@link ConfigError}. */
export function readHouseConfig(env: NodeJS.ProcessEnv): Pick<Config, 'databaseUrl' | 'dataDir' | 'owners'> {
  const { values, problems } = parseSettings(env);
  const ours = problems.filter(({ variable }) => ['DATABASE_URL', 'DATA_DIR', 'OWNERS'].includes(variable));
  if (ours.length > 0) throw new ConfigError(ours);
  return {
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
    dataDir: resolve(values.DATA_DIR ?? ''),
    owners: values.OWNERS ?? [],
  };
}

type Missing = (variable: Variable, what?: string) => '';

function platforms(values: Values, missing: Missing): Pick<Config, 'slack' | 'discord' | 'telegram' | 'terminal'> {
  const { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl = '' } = values;
  return {
    ...slack(values, missing),
    ...(token && { discord: { token, apiUrl } }),
    ...telegram(values, missing),
    ...(values.TERMINAL_USER && { terminal: { user: values.TERMINAL_USER } }),
  };
}

function slack(values: Values, missing: Missing): Pick<Config, 'slack'> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values;
  if (!botToken) {
    if (appToken) missing('SLACK_BOT_TOKEN', 'is missing, SLACK_APP_TOKEN needs it');
    if (signingSecret) missing('SLACK_BOT_TOKEN', 'is missing, SLACK_SIGNING_SECRET needs it');
    return {};
  }
  if (!appToken && !signingSecret) {
    missing(
      'SLACK_APP_TOKEN',
      'is missing (Socket Mode), and so is SLACK_SIGNING_SECRET (HTTP events): set one of them',
    );
  }
  return {
    slack: {
      botToken,
      ...(appToken && { appToken }),
      ...(signingSecret && { signingSecret }),
      apiUrl: `${values.SLACK_API_URL ?? ''}/`,
    },
  };
}

function telegram(values: Values, missing: Missing): Pick<Config, 'telegram'> {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_WEBHOOK_SECRET: webhookSecret } = values;
  if (!token) {
    if (webhookSecret) missing('TELEGRAM_BOT_TOKEN', 'is missing, TELEGRAM_WEBHOOK_SECRET needs it');
    return {};
  }
  return { telegram: { token, apiUrl: values.TELEGRAM_API_URL ?? '', ...(webhookSecret && { webhookSecret }) } };
}

function oidc(values: Values, missing: Missing): Pick<Config, 'oidc'> {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (issuer && clientId && clientSecret) return { oidc: { issuer, clientId, clientSecret } };
  const given = issuer || clientId || clientSecret;
  for (const variable of ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const)
    if (given && !values[variable]) missing(variable, 'is missing: the three of them are set together');
  return {};
}

function githubAuth(values: Values, missing: Missing): GitHubConfig['auth'] {
  const { GITHUB_TOKEN: token, GITHUB_APP_ID: appId, GITHUB_APP_PRIVATE_KEY: key } = values;
  if (token) {
    if (appId || key) missing('GITHUB_TOKEN', 'and GITHUB_APP_ID with GITHUB_APP_PRIVATE_KEY are both set: keep one');
    return { kind: 'token', token };
  }
  if (!appId && !key) missing('GITHUB_TOKEN', 'is missing, and so are GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY');
  else if (!appId) missing('GITHUB_APP_ID', 'is missing, GITHUB_APP_PRIVATE_KEY needs it');
  else if (!key) missing('GITHUB_APP_PRIVATE_KEY', 'is missing, GITHUB_APP_ID needs it');
  return { kind: 'app', appId: appId ?? 0, privateKey: key ? privateKey(key, missing) : '' };
}

/** PEM text, PEM text with `\n` written out, or the path of a PEM file. */
function privateKey(given: string, missing: Missing): string {
  const isText = given.includes('-----BEGIN');
  if (!isText && !existsSync(given)) return missing('GITHUB_APP_PRIVATE_KEY', 'is neither a PEM key nor a file');
  try {
    const pem = isText ? given.replaceAll('\\n', '\n') : readFileSync(given, 'utf8');
    createPrivateKey(pem);
    return pem;
  } catch (error) {
    return missing('GITHUB_APP_PRIVATE_KEY', `cannot be read as a PEM key (${(error as Error).message})`);
  }
}

/** Either address gives the other: `HOST/api/v3` on GitHub Enterprise Server, `api.HOST` on github.com and ghe.com. */
function githubUrls(apiUrl: string | undefined, url: string | undefined): { apiUrl: string; url: string } {
  if (apiUrl && url) return { apiUrl, url };
  if (apiUrl) {
    const { protocol, host } = new URL(apiUrl);
    return { apiUrl, url: `${protocol}//${host.replace(/^api\./, '')}` };
  }
  if (!url || /^https:\/\/([\w-]+\.ghe|github)\.com$/.test(url)) {
    return { apiUrl: (url ?? 'https://github.com').replace('//', '//api.'), url: url ?? 'https://github.com' };
  }
  return { apiUrl: `${url}/api/v3`, url };
}

const assistantKey = (values: Values) =>
  values.CLAUDE_CODE_OAUTH_TOKEN
    ? 'is missing: the assistant needs it, CLAUDE_CODE_OAUTH_TOKEN serves workers only'
    : 'is missing';

function secrets(values: Values, auth: GitHubConfig['auth']): string[] {
  const password = values.DATABASE_URL && decodeURIComponent(new URL(values.DATABASE_URL).password);
  return [
    values.SLACK_BOT_TOKEN,
    values.SLACK_APP_TOKEN,
    values.SLACK_SIGNING_SECRET,
    values.DISCORD_TOKEN,
    values.TELEGRAM_BOT_TOKEN,
    values.TELEGRAM_WEBHOOK_SECRET,
    values.GITHUB_TOKEN,
    auth.kind === 'app' ? auth.privateKey : undefined,
    values.GITHUB_WEBHOOK_SECRET,
    values.ANTHROPIC_API_KEY,
    values.CLAUDE_CODE_OAUTH_TOKEN,
    values.OIDC_CLIENT_SECRET,
    password,
  ].filter((value): value is string => Boolean(value));
}
