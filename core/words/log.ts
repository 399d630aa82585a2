import { code, cut, firstLines, headline, plain } from './text.ts';
import { clock } from './time.ts';

/** What a worker did, as the worker's protocol tells it. */
export interface LogEvent {
  readonly at: number;
  readonly event:
    | { type: 'started'; session: string }
    | { type: 'says'; text: string }
    | { type: 'tool'; name: string; summary: string }
    | { type: 'commit'; sha: string; title: string }
    | { type: 'checkpoint'; sha: string }
    | { type: 'check'; name: string; ok: boolean }
    | { type: 'steered'; id: number }
    | { type: 'log'; text: string };
}

/** A worker's doings, one line each with its time; checkpoints are no news and left out. */
export const logLines = (events: readonly LogEvent[]): string[] =>
  events.filter(({ event }) => event.type !== 'checkpoint').map(({ at, event }) => `${clock(at)} ${line(event)}`);

function line(event: LogEvent['event']): string {
  switch (event.type) {
    case 'started':
      return '▶ started';
    case 'says':
      return cut(firstLines(event.text, 1), 200);
    case 'tool':
      return `${plain(event.name)}: ${cut(plain(headline(event.summary, 200)), 160)}`;
    case 'commit':
      return `✔ commit ${code(event.sha.slice(0, 9))} ${plain(headline(event.title, 100))}`;
    case 'checkpoint':
      return `checkpoint ${code(event.sha.slice(0, 9))}`;
    case 'check':
      return `${event.ok ? '✔' : '✖'} ${plain(event.name)}`;
    case 'steered':
      return 'heard what you said';
    case 'log':
      return cut(firstLines(event.text, 1), 200);
  }
}

/** Why a push is refused, as one line without a full stop, which git shows behind the ref. */
export const cannotChange = (paths: readonly string[]): string =>
  `not allowed: it changes ${paths.join(' and ')}, which only a person may`;

/** What a task's log says of something that its worker wanted and did not get. */
export const refusedLine = (what: string): string => `Refused: ${cut(what, 300)}`;
