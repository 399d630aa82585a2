import type { ClaudeCredentials } from './claude-credentials.ts';
import { complete, type Outcome, type Refuse } from './complete.ts';
import type { Desk } from './desk.ts';
import { look } from './look.ts';
import { anthropicStep, subscriptionStep } from './steps.ts';

export interface ClaudeOptions {
  readonly desk: Desk;
  readonly found: ClaudeCredentials;
  /** Take what was found without asking. */
  readonly takeFound: boolean;
}

/** The assistant's key: one that Claude Code has is offered, and taken only when it passes its check. */
export async function claudeKey({ desk, found: { apiKey }, takeFound }: ClaudeOptions): Promise<Outcome> {
  const { io, prompt } = desk;
  if (apiKey && !desk.known().ANTHROPIC_API_KEY) {
    if (prompt) io.say('');
    io.say(`○ Claude Code has an Anthropic API key in ${apiKey.where}.`);
    const answer = takeFound ? 'y' : prompt ? await prompt('Use it for Mainloop? (Y/n) ', false) : 'n';
    if (answer === null) return 'left';
    const value = { ANTHROPIC_API_KEY: apiKey.value };
    if (!takeFound && !prompt) io.say('○ Add --found to use it.');
    if (/^(y.*)?$/i.test(answer) && (await look(anthropicStep, { ...desk.known(), ...value }, io)).state === 'right') {
      desk.keep(value);
      return 'done';
    }
  }
  return complete(anthropicStep, desk);
}

/**
 * The workers' subscription, when one is set or signed in here. Its access token is not taken: it ends within hours, and
 * renewing it would log the person's own Claude Code out. `claude setup-token` makes one for this use.
 */
export async function claudeSubscription({ desk, found: { subscription } }: ClaudeOptions): Promise<Outcome> {
  const { io, known, prompt } = desk;
  const isSet = Boolean(known().CLAUDE_CODE_OAUTH_TOKEN);
  if (!isSet && !subscription) return 'skipped';
  if (!isSet && subscription) {
    if (prompt) io.say('');
    const kind = subscription.kind ? ` (${subscription.kind})` : '';
    io.say(`○ Claude Code is signed in with a Claude subscription${kind} here: ${subscription.where}.`);
    if (!prompt) io.say('○ Workers can use it: claude setup-token prints a token for CLAUDE_CODE_OAUTH_TOKEN.');
  }
  const refuse: Refuse = (answer) => {
    if (answer.startsWith('sk-ant-api'))
      return 'CLAUDE_CODE_OAUTH_TOKEN is an API key, expected what claude setup-token prints.';
    if (answer.startsWith('sk-ant-ort'))
      return 'CLAUDE_CODE_OAUTH_TOKEN is a refresh token, expected what claude setup-token prints.';
    if (answer !== subscription?.accessToken) return null;
    return 'CLAUDE_CODE_OAUTH_TOKEN is the access token of your own Claude Code, which ends within hours. Run claude setup-token.';
  };
  return complete(subscriptionStep, desk, refuse);
}
