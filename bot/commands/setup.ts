import { type Command, UsageError } from '../command.ts';
import { environment } from '../config.ts';
import { partOf, readPartialConfig } from '../partial-config.ts';
import type { Prompt } from '../prompt.ts';
import { parseSettings, settings } from '../settings.ts';
import { type ClaudeOptions, claudeKey, claudeSubscription } from '../setup/claude.ts';
import { findClaudeCredentials } from '../setup/claude-credentials.ts';
import { closing } from '../setup/closing.ts';
import { complete, type Outcome } from '../setup/complete.ts';
import { openDesk } from '../setup/desk.ts';
import { choosePlatforms } from '../setup/platforms.ts';
import { githubStep, type Platform, platformNames, platformSteps, projectsStep, type Step } from '../setup/steps.ts';

/** `mainloop setup`: asks for what is missing, checks each answer as it is given, and writes `.env`. */
export const setup = (prompt: Prompt, file = '.env'): Command => ({
  name: 'setup',
  summary: 'Ask for the settings that are missing, check each, and write .env; without a terminal it asks nothing',
  usage: `[${platformNames.join('|')}] [NAME=VALUE …]`,
  options: {
    found: { summary: 'also write what the environment sets, and the API key that Claude Code has on this machine' },
  },
  maxWords: Object.keys(settings).length,
  async run({ words, has }, io) {
    const wanted = platformNames.filter((name) => words.includes(name));
    const given = readValues(words, wanted);
    const takeFound = has('found');
    const desk = openDesk(file, { ...(takeFound ? ownEnvironment() : {}), ...given }, prompt, io);
    if (prompt) for (const line of welcome(file)) io.say(line);
    const outcomes: Outcome[] = [];
    for (const act of acts({ desk, found: await findClaudeCredentials(desk.known()), takeFound }, wanted)) {
      const outcome = await act();
      outcomes.push(outcome);
      if (outcome === 'left') break;
    }
    return closing(desk, outcomes);
  },
});

const welcome = (file: string) => [
  `Each answer is checked at once, and what passes is kept in ${file}, which only you can read.`,
  'Secrets are not shown while you type. Ctrl-C leaves; run this again to go on.',
];

type Act = () => Promise<Outcome>;

/** What is needed first: with GitHub and Anthropic it is complete, and has its own web page. */
function* acts(claude: ClaudeOptions, wanted: readonly Platform[]): Generator<Act> {
  const { desk } = claude;
  const handled = new Set(['ANTHROPIC', 'CLAUDE']);
  const finish = (step: Step) => {
    handled.add(step.part);
    return complete(step, desk);
  };
  yield () => finish(githubStep(desk.known()));
  yield () => claudeKey(claude);
  yield () => claudeSubscription(claude);
  yield () => finish(projectsStep);
  let platforms: readonly Platform[] | null = [];
  yield async () => {
    platforms = await choosePlatforms(desk, wanted);
    return platforms ? 'skipped' : 'left';
  };
  for (const platform of platforms ?? []) {
    const [first, ...others] = platformSteps(platform, desk.known(), wanted.includes(platform));
    let outcome: Outcome = 'done';
    if (first)
      yield async () => {
        outcome = await finish(first);
        return outcome;
      };
    if (outcome === 'done') for (const step of others) yield () => finish(step);
  }
  // Settings that nobody is asked for, when they are ill-formed.
  for (const { variable } of readPartialConfig(desk.known()).problems)
    if (!handled.has(partOf(variable))) yield () => finish({ variable, part: partOf(variable), hints: [] });
}

/** Settings of the process itself, which are otherwise left where they are. */
function ownEnvironment(): Record<string, string> {
  const own = environment('');
  return Object.fromEntries(Object.keys(settings).flatMap((name) => (own[name] ? [[name, own[name]]] : [])));
}

function readValues(words: readonly string[], platforms: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [at, word] of words.entries()) {
    if (platforms.includes(word)) continue;
    // A word that is no name may be a secret that was put into the wrong place: it is not repeated.
    const [, name = '', value = ''] = /^([A-Z][A-Z_]*)=(.*)$/s.exec(word) ?? [];
    if (name === '') throw new UsageError(`Word ${at + 1} is neither a platform nor NAME=VALUE.`);
    if (!Object.hasOwn(settings, name)) throw new UsageError(`${name} is no setting; .env.example lists them.`);
    given[name] = value;
  }
  const { problems } = parseSettings(given);
  if (problems[0]) throw new UsageError(`${problems[0].variable} ${problems[0].what}.`);
  return given;
}
