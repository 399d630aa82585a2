import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { describe, type Failure } from '../../core/errors.ts';
import { checks } from '../checks.ts';
import { type Command, type CommandIo, UsageError } from '../command.ts';
import { environment, readConfig } from '../config.ts';
import { writeDotenv } from '../dotenv.ts';
import type { Prompt } from '../prompt.ts';
import { parseSettings, settings, type Variable } from '../settings.ts';

/** What belongs together: these settings, and the check that tells whether they will do. */
interface Step {
  readonly check: string;
  readonly variables: readonly Variable[];
  readonly page: string;
  /** Can be done without. */
  readonly optional?: boolean;
}

const platforms: Readonly<Record<string, Step>> = {
  slack: { check: 'Slack', variables: ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'], page: 'docs/slack.md' },
  discord: { check: 'Discord', variables: ['DISCORD_TOKEN'], page: 'docs/discord.md' },
  telegram: { check: 'Telegram', variables: ['TELEGRAM_BOT_TOKEN'], page: 'docs/telegram.md' },
  terminal: { check: 'Terminal', variables: ['TERMINAL_USER'], page: 'docs/add-a-platform.md' },
};
const github: Step = { check: 'GitHub', variables: ['GITHUB_TOKEN'], page: 'docs/github.md' };
const anthropic: Step = { check: 'Anthropic', variables: ['ANTHROPIC_API_KEY'], page: 'README.md' };
const projects: Step = { check: 'Project', variables: ['PROJECTS'], page: 'README.md', optional: true };

/** Stands in for what is not asked for yet, so that one part can be checked without the others. */
const standIns = { TERMINAL_USER: 'nobody', ANTHROPIC_API_KEY: 'not-set-yet' };
const example = fileURLToPath(new URL('../../.env.example', import.meta.url));

/** `mainloop setup`: asks for what is missing, checks each answer as it is given, and writes `.env`. */
export const setup = (prompt: Prompt, file = '.env'): Command => ({
  name: 'setup',
  summary: 'Ask for the settings that are missing, check each, and write .env',
  usage: '[NAME=VALUE …]',
  options: {},
  maxWords: Object.keys(settings).length,
  async run({ words }, io) {
    const given = readWords(words);
    const known = () => ({ ...environment(file), ...given });
    const keep = (values: Readonly<Record<string, string>>) => {
      Object.assign(given, values);
      writeDotenv(file, given, existsSync(example) ? readFileSync(example, 'utf8') : '');
    };
    const chosen = await platformSteps(known(), prompt, io);
    let ok = chosen.length > 0;
    for (const step of [...chosen, github, anthropic, projects]) {
      ok = (await complete(step, { known, keep, prompt, io })) && ok;
      if (!ok && prompt) break;
    }
    if (!ok) {
      io.complain('What passed its check is kept. Run it again to go on.');
      return 1;
    }
    keep({});
    io.say(`✔ ${file} is complete. Next: npm start`);
    return 0;
  },
});

interface Desk {
  /** The settings as they are by now. */
  known(): NodeJS.ProcessEnv;
  /** Writes what has passed its check. */
  keep(values: Readonly<Record<string, string>>): void;
  readonly prompt: Prompt;
  readonly io: CommandIo;
}

function readWords(words: readonly string[]): Record<string, string> {
  const given = Object.fromEntries(words.map((word) => [word.split('=', 1)[0] ?? '', word.replace(/^[^=]*=/, '')]));
  for (const [at, name] of Object.keys(given).entries()) {
    if (!words[at]?.includes('=')) throw new UsageError(`"${words[at]}" is not NAME=VALUE.`);
    if (!Object.hasOwn(settings, name)) throw new UsageError(`${name} is no setting; .env.example lists them.`);
  }
  const { problems } = parseSettings(given);
  if (problems[0]) throw new UsageError(`${problems[0].variable} ${problems[0].what}.`);
  return given;
}

/** The platforms that are set, at least by half; else the one that a person chooses. */
async function platformSteps(env: NodeJS.ProcessEnv, prompt: Prompt, io: CommandIo): Promise<Step[]> {
  const set = Object.values(platforms).filter(({ variables }) => variables.some((name) => env[name]));
  if (set.length > 0) return set;
  if (!prompt) {
    io.complain(`✖ No chat platform is set. Give one of ${firstVariables.join(', ')}, as NAME=VALUE.`);
    return [];
  }
  for (;;) {
    const answer = (await prompt(`Talk to it on ${Object.keys(platforms).join(', ')}? `, false)).trim().toLowerCase();
    const step = platforms[answer];
    if (step) return [step];
    if (answer === '') return [];
  }
}

const firstVariables = Object.values(platforms).map(({ variables }) => variables[0]);

/** Asks until a step's check passes; false when nobody answers. */
async function complete(step: Step, { known, keep, prompt, io }: Desk): Promise<boolean> {
  if (step === github && known().GITHUB_APP_ID) return look(step, known(), io);
  for (;;) {
    const env = known();
    // Signed HTTP events do without the app-level token.
    const needed = step.variables.filter((name) => name !== 'SLACK_APP_TOKEN' || !env.SLACK_SIGNING_SECRET);
    const missing = needed.filter((name) => !env[name]);
    if (missing.length === 0 && (await look(step, env, io))) {
      keep({});
      return true;
    }
    if (missing.length > 0 && step.optional && !prompt) return true;
    if (!prompt) {
      for (const name of missing) io.complain(`✖ ${name} is missing (${step.page}): mainloop setup ${name}=…`);
      return false;
    }
    const answers = await askFor(missing.length > 0 ? missing : needed, prompt);
    if (!answers) return step.optional === true;
    if (await look(step, { ...env, ...answers }, io)) {
      keep(answers);
      return true;
    }
  }
}

/** Null when a person gives nothing: they leave. */
async function askFor(names: readonly Variable[], prompt: NonNullable<Prompt>): Promise<Record<string, string> | null> {
  const answers: Record<string, string> = {};
  for (const name of names) {
    const isSecret = /TOKEN|KEY|SECRET/.test(name);
    const answer = (await prompt(`${name}, e.g. ${settings[name].example}: `, isSecret)).trim();
    if (answer === '') return null;
    answers[name] = answer;
  }
  return answers;
}

/** Checks one step alone and says a line about it. */
async function look({ check }: Step, env: NodeJS.ProcessEnv, io: CommandIo): Promise<boolean> {
  const hasGitHub = env.GITHUB_TOKEN || env.GITHUB_APP_ID || env.GITHUB_APP_PRIVATE_KEY;
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  try {
    const config = readConfig({ ...standIns, ...(hasGitHub ? {} : { GITHUB_TOKEN: 'not-set-yet' }), ...set });
    const all = await checks(config, pino({ level: 'silent' }));
    for (const { name, run } of all.filter((one) => one.name === check || one.name.startsWith(`${check} `)))
      io.say(`✔ ${name}: ${await run((line) => io.say(`○ ${line}`))}`);
    return true;
  } catch (error) {
    for (const line of describe(error as Failure).split('\n')) io.complain(`✖ ${line}`);
    return false;
  }
}
