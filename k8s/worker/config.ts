import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What the program is started with: where its one door is, and the attempt's token, the only credential it ever holds. */
export interface WorkerConfig {
  /** The broker's root, without a slash at the end. */
  readonly broker: string;
  readonly token: string;
  /** The repository's working tree: the current directory, the same for every attempt of a task. */
  readonly work: string;
  readonly home: string;
  readonly path: string;
  readonly lang: string;
  readonly tmp: string;
  /** What people sent, and what is handed over to them: outside of the repository, where every sandbox can write. */
  readonly received: string;
  readonly out: string;
  /** By which the sandbox finds everything that was started for the attempt; handed down to all of it. */
  readonly attempt: string | undefined;
}

const environment = z.object({
  MAINLOOP_BROKER: z.url('MAINLOOP_BROKER must be the address of the broker'),
  MAINLOOP_TOKEN: z.string().optional(),
  MAINLOOP_TOKEN_FILE: z.string().optional(),
  MAINLOOP_ATTEMPT: z.string().optional(),
  HOME: z.string().min(1),
  PATH: z.string().min(1),
  LANG: z.string().default('C.UTF-8'),
  TMPDIR: z.string().default('/tmp'),
});

/** Reads the settings from the environment; the token itself or, in a pod, the file that holds it. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, work: string): WorkerConfig {
  const parsed = environment.parse(env);
  const token = parsed.MAINLOOP_TOKEN_FILE ? readFileSync(parsed.MAINLOOP_TOKEN_FILE, 'utf8') : parsed.MAINLOOP_TOKEN;
  if (!token?.trim()) throw new Error('MAINLOOP_TOKEN or MAINLOOP_TOKEN_FILE must give the attempt its token');
  return {
    broker: parsed.MAINLOOP_BROKER.replace(/\/$/, ''),
    token: token.trim(),
    work,
    home: parsed.HOME,
    received: join(parsed.HOME, 'received'),
    out: join(parsed.HOME, 'out'),
    path: parsed.PATH,
    lang: parsed.LANG,
    tmp: parsed.TMPDIR,
    attempt: parsed.MAINLOOP_ATTEMPT,
  };
}
