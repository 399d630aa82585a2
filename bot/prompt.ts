import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/**
 * Asks a person for one line; a secret is not shown while it is typed. Null when they leave, by Ctrl-C or Ctrl-D. No function
 * when there is nobody to ask.
 */
export type Prompt = ((question: string, secret: boolean) => Promise<string | null>) | null;

/** Asks in the terminal that the program runs in, if it runs in one. */
export function terminalPrompt(): Prompt {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null;
  return async (question, secret) => {
    let muted = false;
    const output = new Writable({
      write(chunk, _encoding, done) {
        if (!muted) process.stdout.write(chunk);
        done();
      },
    });
    const lines = createInterface({ input: process.stdin, output, terminal: true });
    const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
    const answer = lines.question(question);
    muted = secret;
    try {
      const given = await Promise.race([answer, closed]);
      if (secret || given === null) process.stdout.write('\n');
      return given;
    } finally {
      lines.close();
    }
  };
}
