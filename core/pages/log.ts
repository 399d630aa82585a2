import { stripVTControlCharacters } from 'node:util';
import type { TaskNumber } from '../domain/ids.ts';
import { type Person, seenBy } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import type { LogEntry, LogPosition } from '../store/log.ts';
import { visible } from '../words/text.ts';
import { taskSeen } from '../workflows/about-task.ts';
import type { LogLine, LogPage, LogRange } from './types.ts';

/** Lines of one page, at most, and characters of what is searched. */
const mostLines = 1_000;
const queryLength = 200;

/** Part of what a task's workers did, in both directions from anywhere. */
export async function log(
  store: Store,
  viewer: Person,
  number: TaskNumber,
  { after, before, limit, query = '' }: LogRange,
): Promise<LogPage | null> {
  if (!(await taskSeen(store, seenBy(viewer), number))) return null;
  const direction = after === undefined ? 'older' : 'newer';
  const from = positionOf(after ?? before);
  const { entries, next } = await store.log.slice(number, {
    ...{ direction, from, query: query.slice(0, queryLength) },
    limit: Math.min(Math.max(Math.trunc(limit) || 1, 1), mostLines),
  });
  const lines = entries.map(lineOf);
  if (direction === 'newer') {
    const newer = next ? cursorOf(next) : (lines.at(-1)?.cursor ?? after ?? null);
    return { lines, older: lines[0]?.cursor ?? after ?? null, newer, hasNewer: next !== null };
  }
  lines.reverse();
  const older = next ? cursorOf(next) : null;
  return { lines, older, newer: lines.at(-1)?.cursor ?? before ?? null, hasNewer: from !== null };
}

const cursorOf = ({ attempt, seq }: LogPosition): string => `${attempt}:${seq}`;

/** Null for what is no cursor. */
function positionOf(cursor: string | undefined): LogPosition | null {
  const [, attempt, seq] = /^(\d{1,10}\.\d{1,10}\.\d{1,10}):(\d{1,10}(?:\.\d{1,3})?)$/.exec(cursor ?? '') ?? [];
  return attempt === undefined ? null : { attempt, seq: Math.min(Number(seq), 2 ** 31 - 1) };
}

function lineOf({ attempt, seq, at, event }: LogEntry): LogLine {
  const line = { cursor: cursorOf({ attempt, seq }), at, attempt };
  switch (event.type) {
    case 'started':
    case 'steered':
      return { ...line, kind: event.type, label: null, ok: null, text: '' };
    case 'says':
    case 'log':
      return { ...line, kind: event.type, label: null, ok: null, text: readable(event.text) };
    case 'tool':
      return { ...line, kind: 'tool', label: readable(event.name), ok: null, text: readable(event.summary) };
    case 'check':
      return { ...line, kind: 'check', label: null, ok: event.ok, text: readable(event.name) };
    case 'commit':
      return { ...line, kind: 'commit', label: event.sha.slice(0, 9), ok: null, text: readable(event.title) };
    case 'checkpoint':
      throw new Error('a log has no checkpoints');
  }
}

/** Without colours and what else steers a terminal, and without characters that nobody sees. */
const readable = (text: string): string => visible(stripVTControlCharacters(text.replace(/\r\n?/g, '\n'))).trimEnd();
