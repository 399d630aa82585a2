import { join } from 'node:path';
import type { Job } from '../../core/protocol.ts';
import { paths } from '../../core/protocol-paths.ts';
import type { WorkerConfig } from './config.ts';

type Environment = Record<string, string>;

/** What every child process gets, and all that the project's own checks get: no token. */
export function plainEnvironment(config: WorkerConfig): Environment {
  const { path, home, lang, tmp, out, attempt } = config;
  const marker = attempt === undefined ? {} : { MAINLOOP_ATTEMPT: attempt };
  return { PATH: path, HOME: home, LANG: lang, TMPDIR: tmp, TERM: 'dumb', MAINLOOP_OUT: out, ...marker };
}

/**
 * For git: the broker's authorization by environment, so that no token is ever written to `.git/config` or shown in a
 * process list, and the author of the commits.
 */
export function gitEnvironment(config: WorkerConfig, job: Job): Environment {
  const settings = [
    [`http.${config.broker}/.extraHeader`, `Authorization: Bearer ${config.token}`],
    // A pod's volume may belong to another user.
    ['safe.directory', '*'],
    ['advice.detachedHead', 'false'],
  ];
  const entries = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    ...plainEnvironment(config),
    ...(Object.fromEntries(entries) as Environment),
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: job.author.name,
    GIT_AUTHOR_EMAIL: job.author.email,
    GIT_COMMITTER_NAME: job.author.name,
    GIT_COMMITTER_EMAIL: job.author.email,
  };
}

/** For the project's own checks. */
export const checkEnvironment = (config: WorkerConfig): Environment => ({
  ...plainEnvironment(config),
  ...proxyEnvironment(config),
  CI: 'true',
});

/**
 * The way out, where there is one: the proxy with the attempt's token, in every spelling that package managers and Node's
 * own `fetch` know. The broker itself and what the project starts here are reached without it.
 */
function proxyEnvironment({ proxy, broker, token }: WorkerConfig): Environment {
  if (proxy === undefined) return {};
  const url = new URL(proxy);
  url.username = 'mainloop';
  url.password = token;
  const through = url.href.replace(/\/$/, '');
  const without = [...new Set([new URL(broker).hostname, 'localhost', '127.0.0.1', '::1'])].join(',');
  return {
    ...{ HTTPS_PROXY: through, https_proxy: through, HTTP_PROXY: through, http_proxy: through },
    ...{ NO_PROXY: without, no_proxy: without },
    NODE_USE_ENV_PROXY: '1',
  };
}

/** For Claude Code, which talks to the model through the broker with the attempt's token as its key. */
export function claudeEnvironment(config: WorkerConfig, job: Job): Environment {
  return {
    ...gitEnvironment(config, job),
    ...proxyEnvironment(config),
    ANTHROPIC_BASE_URL: `${config.broker}${paths.model}`,
    ANTHROPIC_API_KEY: config.token,
    CLAUDE_CONFIG_DIR: join(config.home, '.claude'),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
    CLAUDE_CODE_DISABLE_BUNDLED_SKILLS: '1',
    // A turn that ends while something still runs in the background would be answered too early.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    // Claude Code refuses to skip permissions as root unless it is told that it is in a sandbox.
    ...(process.getuid?.() === 0 && { IS_SANDBOX: '1' }),
  };
}
