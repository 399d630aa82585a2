import type { ExitCode } from '../command.ts';
import { environment } from '../config.ts';
import { holderOf } from '../machine/running.ts';
import { readPartialConfig } from '../partial-config.ts';
import { settings } from '../settings.ts';
import type { Outcome } from './complete.ts';
import type { Desk } from './desk.ts';

/** The last words of setup: what is complete, what is not, and what to do next. */
export async function closing(desk: Desk, outcomes: readonly Outcome[]): Promise<ExitCode> {
  const { file, io } = desk;
  if (desk.prompt) io.say('');
  if (outcomes.some((outcome) => outcome === 'left' || outcome === 'failed')) {
    io.complain(`○ Not complete yet. What passed its check is kept in ${file}; run this again to go on.`);
    return 1;
  }
  await bringIn(desk);
  desk.keep(desk.given);
  for (const name of shadowed(desk))
    io.say(
      `○ ${name} is also set in this shell's environment, to something else, which wins over ${file}. Run: unset ${name}`,
    );
  const runs = holderOf(readPartialConfig(desk.known()).config.dataDir);
  const next = runs === null ? 'Next: npm start' : `Mainloop runs (process ${runs}): stop it, then npm start`;
  io.say(`✔ ${file} is complete. ${next}`);
  return 0;
}

/** What only the environment of this process sets is missing wherever else the program is started: a person may write it down. */
async function bringIn({ file, io, keep, prompt }: Desk): Promise<void> {
  const [own, written] = [environment(''), environment(file, {})];
  const loose = names.filter((name) => own[name] && !written[name]);
  if (loose.length === 0) return;
  io.say(`○ Set in this shell's environment and not in ${file}: ${loose.join(', ')}.`);
  const answer = prompt ? await prompt(`Write ${loose.length > 1 ? 'them' : 'it'} to ${file} too? (y/N) `, false) : 'n';
  if (/^y/i.test(answer ?? '')) keep(Object.fromEntries(loose.map((name) => [name, own[name] ?? ''])));
}

function shadowed({ file }: Desk): string[] {
  const [own, written] = [environment(''), environment(file, {})];
  return names.filter((name) => own[name] && written[name] && own[name] !== written[name]);
}

const names = Object.keys(settings);
