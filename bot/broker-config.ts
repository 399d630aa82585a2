/** What `mainloop broker` reads from its environment: it has no database, no code host's key and no chat. */
import { z } from 'zod';
import { allowedHosts, defaultHosts } from '../adapters/broker/allowed-hosts.ts';
import { Failure } from '../core/errors.ts';
import type { Listen } from './broker-server.ts';

export interface BrokerConfig {
  /** The program's door, without a slash at the end. */
  readonly doorUrl: string;
  /** The file with the token by which the program knows the broker; its content changes while it runs. */
  readonly doorTokenFile: string;
  readonly listen: Listen;
  readonly anthropic: { readonly baseUrl: string } & ({ readonly apiKey: string } | { readonly oauthToken: string });
  readonly egressHosts: readonly string[];
  readonly logLevel: string;
  /** Values that no log may show. */
  readonly secrets: readonly string[];
}

const url = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'expected an http or https address',
  )
  .transform((value) => value.replace(/\/+$/, ''));
const secret = z.string().refine((value) => !/\s/.test(value), 'contains blanks');

/** `HOST:PORT`, an IPv6 host in brackets. */
export const listenAt = z.string().transform((value, context): Listen => {
  const [, host = '', port = ''] = /^([\w.-]+|\[[0-9a-f:]+\]):(\d{1,5})$/i.exec(value) ?? [];
  if (host && Number(port) <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  context.addIssue({ code: 'custom', message: 'expected HOST:PORT' });
  return z.NEVER;
});

/** Hosts as {@link allowedHosts} reads them, apart by commas or blanks. */
export const hostList = z.string().transform((value, context): readonly string[] => {
  const hosts = value.split(/[\s,]+/).filter(Boolean);
  try {
    allowedHosts(hosts);
    return hosts;
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const settings = z.object({
  DOOR_URL: url,
  DOOR_TOKEN_FILE: z.string().default('/var/run/mainloop/token'),
  BROKER_LISTEN: listenAt.default({ host: '0.0.0.0', port: 8080 }),
  ANTHROPIC_API_KEY: secret.optional(),
  ANTHROPIC_BASE_URL: url.default('https://api.anthropic.com'),
  CLAUDE_CODE_OAUTH_TOKEN: secret.optional(),
  EGRESS_HOSTS: hostList.default(defaultHosts),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/** Reads the settings; an empty variable is unset. Throws Failure `invalid_config` with a line for each that is wrong. */
export function readBrokerConfig(env: NodeJS.ProcessEnv): BrokerConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = settings.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message, code }) => {
        const name = String(path[0]);
        return `${name} ${code === 'invalid_type' && given[name] === undefined ? 'is missing' : message}`;
      });
  const { ANTHROPIC_API_KEY: apiKey, CLAUDE_CODE_OAUTH_TOKEN: oauthToken } = given;
  if (!apiKey && !oauthToken) problems.push('ANTHROPIC_API_KEY is missing, and so is CLAUDE_CODE_OAUTH_TOKEN');
  if (!parsed.success || problems.length > 0)
    throw new Failure(problems.join('\n'), { code: 'invalid_config', remedy: 'never' });
  const { data } = parsed;
  // Workers use the Claude subscription when there is one.
  const credential = data.CLAUDE_CODE_OAUTH_TOKEN
    ? { oauthToken: data.CLAUDE_CODE_OAUTH_TOKEN }
    : { apiKey: data.ANTHROPIC_API_KEY ?? '' };
  return {
    doorUrl: data.DOOR_URL,
    doorTokenFile: data.DOOR_TOKEN_FILE,
    listen: data.BROKER_LISTEN,
    anthropic: { baseUrl: data.ANTHROPIC_BASE_URL, ...credential },
    egressHosts: data.EGRESS_HOSTS,
    logLevel: data.LOG_LEVEL,
    secrets: [apiKey, oauthToken].filter((value): value is string => Boolean(value)),
  };
}
