import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../core/errors.ts';
import { environment } from '../config.ts';

interface Answer {
  readonly code: number | string | null;
  readonly out: string;
  readonly complaint: string;
}

/** The Claude Code that workers run, as it says itself. Throws Failure when it is not installed or does not run here. */
export async function claudeCodeVersion(): Promise<string> {
  const { code, out, complaint } = await run(['--version'], {});
  const version = /^[\d.]+/.exec(out)?.[0];
  if (code === 0 && version) return version;
  throw new Failure(`Claude Code does not run here (${complaint.trim() || `it ended with ${code}`}).`, {
    code: 'claude_code_broken',
    remedy: 'never',
    advice: 'Run npm ci again on this machine, with optional dependencies.',
  });
}

const result = z.object({ is_error: z.boolean(), result: z.string() });

/**
 * Whether a subscription answers Claude Code with that model. Anthropic takes its tokens from Claude Code alone, so that is
 * what asks; one word, with no settings of the person's. Throws Failure that names the variable.
 */
export async function trySubscription(options: { token: string; model: string; baseUrl: string }): Promise<void> {
  const { out, complaint } = await run([...briefly, '--model', options.model], {
    CLAUDE_CODE_OAUTH_TOKEN: options.token,
    ANTHROPIC_BASE_URL: options.baseUrl,
    CLAUDE_CODE_MAX_RETRIES: '1',
  });
  const parsed = result.safeParse(jsonOf(out));
  if (parsed.success && !parsed.data.is_error) return;
  const said = parsed.success ? parsed.data.result : complaint.trim().slice(-200) || 'no answer';
  if (/\b401\b|authenticat|OAuth token/i.test(said))
    throw refusal('CLAUDE_CODE_OAUTH_TOKEN: Anthropic does not accept this token.', renewal);
  if (/\b404\b|model/i.test(said))
    throw refusal(
      `WORKER_MODEL: the subscription does not answer with ${options.model} (${said}).`,
      'Correct its name.',
    );
  throw new Failure(`CLAUDE_CODE_OAUTH_TOKEN could not be tried: ${said}.`, { code: 'unavailable', remedy: 'retry' });
}

const renewal = 'Run `claude setup-token` and paste what it prints, all on one line.';

const refusal = (message: string, advice: string) =>
  new Failure(message, { code: 'invalid_credentials', remedy: 'never', advice });

const briefly = [
  ...['-p', 'Say ok.', '--system-prompt', 'Answer with one word.', '--max-turns', '1', '--output-format', 'json'],
  ...['--tools', '', '--setting-sources', '', '--strict-mcp-config', '--no-session-persistence'],
];

/** In an empty directory that is also its home, so that nothing of the person's is read or changed. */
async function run(args: readonly string[], env: Record<string, string>): Promise<Answer> {
  const program = findProgram();
  const home = await mkdtemp(join(tmpdir(), 'mainloop-claude-'));
  const { PATH = '' } = environment();
  const quiet = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' };
  const options = { cwd: home, env: { PATH, HOME: home, CLAUDE_CONFIG_DIR: home, ...quiet, ...env }, timeout: 45_000 };
  try {
    return await new Promise((resolve) => {
      const child = execFile(program, [...args], options, (error, out, complaint) =>
        resolve({
          code: error ? (error.code ?? error.signal ?? 'an error') : 0,
          out,
          complaint: complaint || (error?.message ?? ''),
        }),
      );
      child.stdin?.end();
    });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Where the SDK finds it: a package for each kind of machine, glibc's before musl's. */
function findProgram(): string {
  const sdk = createRequire(import.meta.url).resolve('@anthropic-ai/claude-agent-sdk');
  const packages = join(dirname(sdk), '..');
  const kind = `${process.platform}-${process.arch}`;
  const program = process.platform === 'win32' ? 'claude.exe' : 'claude';
  const places = [kind, `${kind}-musl`].map((name) => join(packages, `claude-agent-sdk-${name}`, program));
  const found = places.find((place) => existsSync(place));
  if (found) return found;
  throw new Failure(`Claude Code for this machine (${kind}) is not installed.`, {
    code: 'claude_code_missing',
    remedy: 'never',
    advice: 'Run npm ci again with optional dependencies.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
