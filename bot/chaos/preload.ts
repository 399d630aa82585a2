/**
 * Loaded into the program before anything else (`node --import`): kills it at every boundary of its workflows, once each.
 * `?journal=FILE&moment=before|after|kept`; without a moment it only writes down which boundaries are reached, and with
 * `only=PATTERN` it kills at those alone that are like it. It kills nothing as long as there is a file `FILE.safe`; when that names a pattern, the first boundary like it kills and
 * ends the safety.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { type Moment, read, write } from './journal.ts';

const { searchParams } = new URL(import.meta.url);
const journal = searchParams.get('journal') ?? '';
const moment = searchParams.get('moment') as Moment | null;
const only = new RegExp(searchParams.get('only') ?? '');

const before = read(journal);
const reached = new Set(before.map((entry) => entry.boundary));
const killed = new Set(before.filter((entry) => entry.what === 'killed').map((entry) => entry.boundary));
const ordinals = new Map<string, number>();

/** The name of a step that a workflow comes to now: the same when the workflow is replayed. */
function nameOf(step: string): string {
  const place = `${DBOS.workflowID}|${step}`;
  const n = (ordinals.get(place) ?? 0) + 1;
  ordinals.set(place, n);
  return `${place}|${n}`;
}

function isSafe(boundary: string): boolean {
  const file = `${journal}.safe`;
  if (!existsSync(file)) return false;
  const pattern = readFileSync(file, 'utf8');
  if (pattern === '' || !new RegExp(pattern).test(boundary)) return true;
  rmSync(file);
  return false;
}

/** Dies here if this is the moment and the boundary has not killed before. */
function pass(boundary: string, now: Moment): void {
  if (!reached.has(boundary)) {
    reached.add(boundary);
    write(journal, { boundary, what: 'reached' });
  }
  if (now !== moment || killed.has(boundary) || !only.test(boundary) || isSafe(boundary)) return;
  killed.add(boundary);
  write(journal, { boundary, what: 'killed' });
  process.kill(process.pid, 'SIGKILL');
}

const { registerWorkflow, runStep, startWorkflow, send, recv } = DBOS;

// A task that has rested replays in the same process: its steps are the same again, not the next of their name.
DBOS.registerWorkflow = ((act: (...args: unknown[]) => Promise<unknown>, config: object) =>
  registerWorkflow.call(
    DBOS,
    async (...args: unknown[]) => {
      for (const place of ordinals.keys()) if (place.startsWith(`${DBOS.workflowID}|`)) ordinals.delete(place);
      return act(...args);
    },
    config,
  )) as unknown as typeof DBOS.registerWorkflow;

DBOS.runStep = async <T>(act: () => Promise<T>, config: Parameters<typeof runStep>[1] = {}): Promise<T> => {
  if (!DBOS.isInWorkflow()) return runStep.call(DBOS, act, config) as Promise<T>;
  const boundary = nameOf(config.name ?? act.name);
  const result = await runStep.call(
    DBOS,
    async () => {
      pass(boundary, 'before');
      const value = await act();
      pass(boundary, 'after');
      return value;
    },
    config,
  );
  pass(boundary, 'kept');
  return result as T;
};

/** The start of a workflow, by another one or by what comes in. Its effect is its record, so it has two moments. */
DBOS.startWorkflow = ((target: (...args: unknown[]) => Promise<unknown>, params: { workflowID?: string } = {}) => {
  const start = startWorkflow.bind(DBOS)(target, params);
  const id = params.workflowID ?? '';
  // People press again when nothing happens: one death at the first press is enough.
  const [from, to] = DBOS.workflowID ? [DBOS.workflowID, id] : ['outside', id.split(':', 2).join(':')];
  return async (...args: unknown[]) => {
    pass(`${from}|start ${to}|1`, 'before');
    const handle = await start(...args);
    pass(`${from}|start ${to}|1`, 'after');
    return handle;
  };
}) as unknown as typeof DBOS.startWorkflow;

/** A signal, wherever it is sent from: the watch, the worker's door, a step. Two moments, as above. */
DBOS.send = async (to, message, topic, key, options) => {
  pass(`outside|send ${key}|1`, 'before');
  await send.call(DBOS, to, message, topic, key, options);
  pass(`outside|send ${key}|1`, 'after');
};

/** A signal that a workflow has taken; its receipt is kept with it, so it has one moment. */
DBOS.recv = async <T>(...args: Parameters<typeof recv>): Promise<T | null> => {
  const boundary = nameOf('hear');
  const signal = await recv.call(DBOS, ...args);
  pass(boundary, 'kept');
  return signal as T | null;
};
