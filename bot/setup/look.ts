import { pino } from 'pino';
import { examine, findingLine } from '../check.ts';
import { checks } from '../checks.ts';
import type { CommandIo } from '../command.ts';
import { partOf, readPartialConfig } from '../partial-config.ts';
import { settings, type Variable } from '../settings.ts';
import type { Step } from './steps.ts';

export interface Verdict {
  readonly state: 'right' | 'wrong' | 'unknown';
  /** The setting that has to be corrected, as far as the check names one; else the step's own. */
  readonly variable: Variable;
}

/** Checks one step with the settings there are, apart from all others, and says a line or more about it. */
export async function look({ part, variable, alone }: Step, env: NodeJS.ProcessEnv, io: CommandIo): Promise<Verdict> {
  const { config, problems } = readPartialConfig({ ...env, ...alone });
  const faulty = problems.filter((problem) => partOf(problem.variable) === part);
  for (const { variable: name, what } of faulty) io.complain(`✖ ${name} ${what}, e.g. ${settings[name].example}`);
  if (faulty[0]) return { state: 'wrong', variable: faulty[0].variable };

  const all = await checks(config, pino({ level: 'silent' }), { thorough: true });
  const found = (await Promise.all(all.filter((check) => check.part === part).map(examine))).flat();
  for (const finding of found) {
    if (finding.state === 'wrong') io.complain(findingLine(finding));
    else io.say(findingLine(finding));
  }
  const wrong = found.find(({ state }) => state === 'wrong');
  if (!wrong) return { state: 'right', variable };
  return { state: wrong.passing ? 'unknown' : 'wrong', variable: named(wrong.says) ?? variable };
}

/** The setting that a message begins with. */
function named(says: string): Variable | undefined {
  const name = /^[A-Z_]{3,}\b/.exec(says)?.[0] ?? '';
  return Object.hasOwn(settings, name) ? (name as Variable) : undefined;
}
