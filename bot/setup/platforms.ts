import type { Desk } from './desk.ts';
import { isSet, type Platform, platformNames } from './steps.ts';

/**
 * The platforms to complete: those that are set or asked for; when there is none, the one that a person chooses, who needs
 * none. Null when they leave.
 */
export async function choosePlatforms(desk: Desk, wanted: readonly Platform[]): Promise<readonly Platform[] | null> {
  const { io, known, prompt } = desk;
  const env = known();
  const set = platformNames.filter((name) => wanted.includes(name) || isSet(name, env));
  if (set.length > 0 || !prompt) return set;
  io.say('');
  io.say('Where do you want to talk to it? More places can be added later: npm run mainloop -- setup slack');
  for (;;) {
    const answer = await prompt(`${platformNames.join(', ')} (Enter: just its web page): `, false);
    if (answer === null) return null;
    if (/^(|web.*|just.*|none)$/i.test(answer)) return [];
    const chosen = platformNames.filter((name) => name.startsWith(answer.toLowerCase()));
    if (chosen[0] && new Set(chosen).size === 1) return chosen;
    io.say(`○ One of ${platformNames.join(', ')}, please, or just Enter.`);
  }
}
