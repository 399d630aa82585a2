import { pino } from 'pino';
import { type Check, examine, type Finding, findingLine } from '../check.ts';
import { checks } from '../checks.ts';
import type { Command } from '../command.ts';
import { environment, strayLines } from '../config.ts';
import { discreetly } from '../discreet-io.ts';
import { machineChecks } from '../machine/index.ts';
import { type PartialConfig, readPartialConfig } from '../partial-config.ts';
import { secretsIn } from '../secret-settings.ts';
import { settings } from '../settings.ts';

/** `mainloop doctor`: the settings, the machine and every account, a line each, beside a program that runs or without. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Check the settings, the machine and every account; exit code 1 when something is wrong',
  usage: '',
  options: {
    json: { summary: 'one JSON object instead of lines: {"ok", "checks": [{"name", "state", "says", "remedy"}]}' },
  },
  async run(args, io) {
    const env = environment();
    const partial = readPartialConfig(env);
    const secrets = [...secretsIn(env), ...partial.config.secrets];
    const found: Finding[] = [];
    const tell = (finding: Finding) => {
      found.push(finding);
      if (!args.has('json')) io.say(discreetly(findingLine(finding), secrets));
    };
    for (const finding of settingFindings(partial)) tell(finding);
    const all = await checksOf(partial);
    // All at once, told in their order.
    for (const looking of all.map(examine)) for (const finding of await looking) tell(finding);
    const ok = found.every(({ state }) => state !== 'wrong');
    if (args.has('json')) io.say(report(ok, found, secrets));
    return ok ? 0 : 1;
  },
};

function settingFindings({ problems }: PartialConfig): Finding[] {
  const name = 'Settings';
  const wrong = problems.map(({ variable, what }): Finding => {
    const remedy = `Set it in .env, e.g. ${settings[variable].example}; npm run mainloop -- setup asks for it.`;
    return { name, state: 'wrong', says: `${variable} ${what}.`, remedy };
  });
  const stray = strayLines().map((says): Finding => ({ name, state: 'note', says }));
  return [...(wrong.length > 0 ? wrong : [{ name, state: 'ok', says: 'well-formed' } as const]), ...stray];
}

/** Of the checks those whose settings are in order. */
async function checksOf({ config, isSound }: PartialConfig): Promise<Check[]> {
  const accounts = await checks(config, pino({ level: 'silent' }), { thorough: true });
  const needs: Readonly<Record<string, string[]>> = {
    PROJECTS: ['PROJECTS', 'GITHUB'],
    ANTHROPIC: ['ANTHROPIC', 'CHAT', 'WORKER'],
    CLAUDE: ['ANTHROPIC', 'WORKER'],
    PUBLIC: ['PUBLIC', 'PORT'],
    KUBERNETES: ['SANDBOX', 'KUBERNETES', 'BROKER', 'DOOR'],
  };
  return [...machineChecks(config), ...accounts, ...(await cluster(config))].filter(({ part }) =>
    (needs[part] ?? [part]).every(isSound),
  );
}

/** The cluster's client is large: who has none does not load it. */
async function cluster({ kubernetes }: PartialConfig['config']): Promise<Check[]> {
  if (!kubernetes) return [];
  const { clusterChecks } = await import('../cluster-checks.ts');
  return clusterChecks(kubernetes);
}

function report(ok: boolean, found: readonly Finding[], secrets: readonly string[]): string {
  const plain = (text: string) => discreetly(text, secrets);
  const list = found.map(({ name, state, says, remedy }) => ({
    name: plain(name),
    state,
    says: plain(says),
    ...(remedy && { remedy: plain(remedy) }),
  }));
  return JSON.stringify({ ok, checks: list }, null, 2);
}
