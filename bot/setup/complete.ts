import { partOf } from '../partial-config.ts';
import { isSecret } from '../secret-settings.ts';
import { settings, type Variable } from '../settings.ts';
import type { Desk } from './desk.ts';
import { look, type Verdict } from './look.ts';
import type { Step } from './steps.ts';

/** `left`: the person went away. */
export type Outcome = 'done' | 'skipped' | 'failed' | 'left';

/** Says why an answer will not do before anybody is asked; null when it may. */
export type Refuse = (answer: string) => string | null;

/** Asks until a step's check passes, or the person goes on without it or leaves. Checks once where nobody can be asked. */
export async function complete(step: Step, desk: Desk, refuse: Refuse = () => null): Promise<Outcome> {
  const { io, prompt } = desk;
  const wasSet = Boolean(desk.known()[step.variable]);
  let verdict: Verdict | null = wasSet ? await look(step, desk.known(), io) : null;
  if (verdict?.state === 'right') {
    const given = givenFor(step, desk);
    if (Object.keys(given).length > 0) desk.keep(given);
    return 'done';
  }
  if (!prompt) {
    if (wasSet) return 'failed';
    if (step.without !== undefined) return 'skipped';
    // Words of a command line are seen by others on the machine, and kept in the shell's history.
    const how = isSecret(step.variable)
      ? `Put it into ${desk.file}, or into the environment and add --found.`
      : `Add ${step.variable}=… or put it into ${desk.file}.`;
    io.complain(`✖ ${step.variable} is missing. ${how}`);
    return 'failed';
  }

  for (const line of step.hints) io.say(line);
  let answers: Record<string, string> = {};
  while (verdict?.state !== 'right') {
    const variable: Variable = verdict?.variable ?? step.variable;
    const answer = await prompt(question(variable, verdict, step), isSecret(variable));
    if (answer === null) return 'left';
    if (answer === '-' && step.without !== undefined) return wasSet ? 'failed' : 'skipped';
    if (answer === '' && !verdict) {
      if (step.without !== undefined) return 'skipped';
      io.say('○ It does not go without. Ctrl-C leaves; what passed its check is kept.');
      continue;
    }
    const refused = answer && refuse(answer);
    if (refused) io.complain(`✖ ${refused}`);
    if (refused) continue;
    if (answer !== '') answers = { ...answers, [variable]: answer };
    verdict = await look(step, { ...desk.known(), ...answers }, io);
  }
  desk.keep({ ...givenFor(step, desk), ...answers });
  return 'done';
}

/** What the command line gave and the check has looked at. */
const givenFor = ({ part, alone = {} }: Step, { given }: Desk): Record<string, string> =>
  Object.fromEntries(Object.entries(given).filter(([name]) => partOf(name) === part && !Object.hasOwn(alone, name)));

function question(variable: Variable, verdict: Verdict | null, { without }: Step): string {
  const { example, fallback } = settings[variable];
  const ways = [
    fallback ? `usually ${fallback}` : `e.g. ${example}`,
    ...(verdict ? ['Enter: try the same again'] : []),
    ...(without === undefined ? [] : [`${verdict ? '-' : 'Enter'}: ${without}`]),
  ];
  return `${variable} (${ways.join('; ')}): `;
}
