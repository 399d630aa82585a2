import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** What the person's own Claude Code has on this machine. Read only: nothing is refreshed, which would log it out. */
export interface ClaudeCredentials {
  /** An API key made by signing in with a Console account. */
  readonly apiKey?: { readonly value: string; readonly where: string };
  /** A subscription that is signed in; its access token lives for hours, and is Claude Code's to renew. */
  readonly subscription?: {
    readonly kind: string | null;
    readonly accessToken: string;
    readonly where: string;
  };
}

const credentials = z.object({
  claudeAiOauth: z.object({
    accessToken: z.string().min(1),
    subscriptionType: z.string().nullish(),
  }),
});
const claudeConfig = z.object({ primaryApiKey: z.string().min(1) });

/** Looks where Claude Code keeps them: on macOS in the Keychain first, else in its files. Never throws. */
export async function findClaudeCredentials(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Promise<ClaudeCredentials> {
  const home = env.HOME ?? homedir();
  const directory = env.CLAUDE_CONFIG_DIR ?? join(home, '.claude');
  const stored = await firstOf(
    [
      ...(platform === 'darwin' ? [() => keychain(env, '-credentials')] : []),
      () => file(join(directory, '.credentials.json'), home),
    ],
    (text) => credentials.safeParse(jsonOf(text)).data?.claudeAiOauth,
  );
  const key = await firstOf(
    [
      ...(platform === 'darwin' ? [() => keychain(env, '')] : []),
      () => file(join(env.CLAUDE_CONFIG_DIR ?? home, '.claude.json'), home),
    ],
    (text) => (/^sk-ant-\S+$/.test(text) ? text : claudeConfig.safeParse(jsonOf(text)).data?.primaryApiKey),
  );
  return {
    ...(key && { apiKey: { value: key.found, where: key.where } }),
    ...(stored && {
      subscription: {
        kind: stored.found.subscriptionType ?? null,
        accessToken: stored.found.accessToken,
        where: stored.where,
      },
    }),
  };
}

interface Text {
  readonly text: string;
  readonly where: string;
}

async function firstOf<T>(places: readonly (() => Promise<Text>)[], read: (text: string) => T | undefined) {
  for (const place of places) {
    const content = await place().catch(() => null);
    const found = content ? read(content.text.trim()) : undefined;
    if (content && found !== undefined) return { found, where: content.where };
  }
  return null;
}

const file = async (path: string, home: string): Promise<Text> => ({
  text: await readFile(path, 'utf8'),
  where: path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path,
});

/** Claude Code names its items after the directory of its settings, when that is not the usual one. */
async function keychain(env: NodeJS.ProcessEnv, kind: string): Promise<Text> {
  const directory = env.CLAUDE_CONFIG_DIR?.normalize('NFC');
  const suffix = directory ? `-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}` : '';
  const item = `Claude Code${kind}${suffix}`;
  const { stdout } = await promisify(execFile)('security', ['find-generic-password', '-s', item, '-w'], {
    env,
    // Time enough for a person to allow it in the dialog that macOS shows.
    timeout: 60_000,
  });
  return { text: stdout, where: `the Keychain (“${item}”)` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
