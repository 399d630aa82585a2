import type { Brain, Reply } from '../../sim/anthropic/index.ts';
import { use } from '../../sim/anthropic/script.ts';

/** A worker's model that is the test itself. */
export interface Puppet {
  readonly brain: Brain;
  /** Has Claude Code run a shell command in the sandbox; answers its output, as the model reads it. */
  run(command: string): Promise<string>;
  /** As {@link run}, for a command that its worker will not survive. */
  doom(command: string): void;
}

/** Longest run of one command, milliseconds; more is more than Claude Code grants. */
const timeout = 600_000;

/** Between two commands the model thinks, so the attempt stays open. */
export function createPuppet(): Puppet {
  const queue: { reply: Reply; heard?: (output: string) => void }[] = [];
  let wake: (() => void) | undefined;
  let heard: ((output: string) => void) | undefined;
  const put = (item: (typeof queue)[number]) => {
    queue.push(item);
    wake?.();
  };
  const bash = (command: string) => use('Bash', { command, description: 'Attack', timeout });

  return {
    async brain(request) {
      if (request.kind === 'side') return { say: 'ok' };
      const output = request.toolResults.at(-1)?.content;
      if (output !== undefined) heard?.(output);
      heard = undefined;
      while (queue.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const next = queue.shift();
      heard = next?.heard;
      return next?.reply ?? {};
    },
    run: (command) => new Promise((resolve) => put({ reply: bash(command), heard: resolve })),
    doom: (command) => put({ reply: bash(command) }),
  };
}
