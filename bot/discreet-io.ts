import type { CommandIo } from './command.ts';
import { masker } from './log.ts';

/** More is no message for a person. */
const longest = 700;

/** The same output in lines as {@link discreetly} makes them. `secrets` is asked anew for each line. */
export const discreet = (io: CommandIo, secrets: () => readonly string[]): CommandIo => ({
  say: (line) => io.say(discreetly(line, secrets())),
  complain: (line) => io.complain(discreetly(line, secrets())),
});

/** One line without secrets: what services answer is quoted to people, and they may answer anything. */
export function discreetly(text: string, secrets: readonly string[]): string {
  const mask = masker(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]));
  // Again after the rest is taken out, lest a secret be put together by that.
  const line = mask(oneLine(mask(text)));
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** Without what moves the cursor, colours the terminal, ends the line or turns the direction of reading. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200b\u202a-\u202e\u2066-\u2069]+/gu, ' ');
