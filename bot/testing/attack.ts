/** What hostile workers try by the programs of `attacks/`, and what people are shown of it. */
import type { TaskNumber } from '../../core/domain/ids.ts';
import type { House } from './house.ts';
import type { Puppet } from './puppet.ts';

/** A request to the broker as `attacks/ask.ts` sends it: with the worker's own token unless another, or null for none, is given. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | null;
}

/** The line of JSON that a program of `attacks/` prints. */
export async function attack<T>(worker: Puppet, command: string): Promise<T> {
  const output = await worker.run(command);
  const json = output.split('\n').findLast((line) => /^[{[]/.test(line));
  if (json === undefined) throw new Error(`no answer but: ${output}`);
  return JSON.parse(json) as T;
}

export const askCommand = (requests: readonly Asked[], argument = ''): string =>
  `node attacks/ask.ts ${argument} <<'END'\n${JSON.stringify(requests)}\nEND`;

export const asks = (worker: Puppet, ...requests: Asked[]) =>
  attack<{ status: number; text: string }[]>(worker, askCommand(requests));

/** What the log of a task tells in the program's or the worker's own words, as people read it. */
export async function noted({ store }: House, task: TaskNumber): Promise<string[]> {
  const entries = await store.worker.latest(task, 1_000);
  return entries.flatMap(({ event }) => (event.type === 'log' ? [event.text] : []));
}

/** What it says was refused. */
export const refused = async (house: House, task: TaskNumber): Promise<string> =>
  (await noted(house, task)).filter((text) => text.startsWith('Refused')).join('\n');
