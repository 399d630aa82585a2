import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Door, HandedOver, OpenAttempt, Spend } from '../../core/door.ts';
import type { EventBatch, Job, Result, Steering, WorkerEvent } from '../../core/protocol.ts';

/** What a {@link MemoryDoor} was told, and what it shall answer. */
export interface DoorState {
  /** Open attempts by token; delete one to close it. */
  readonly attempts: Map<string, OpenAttempt>;
  readonly jobs: Map<string, Job>;
  readonly events: WorkerEvent['event'][];
  readonly batches: EventBatch[];
  readonly session: { uuid: string }[];
  readonly spent: Spend[];
  /** What was shown as refused. */
  readonly refused: string[];
  /** HTTP statuses of the model's answers, in order. */
  readonly answers: number[];
  /** What people sent, by id; what workers handed over, oldest first. */
  readonly files: Map<number, Uint8Array>;
  readonly handed: { name: string; bytes: Uint8Array }[];
  /** Why a commit may not become the branch. */
  mayPush: (sha: string) => string | null | Promise<string | null>;
  /** What becomes of the next files. */
  takes: HandedOver;
  results: Result[];
  budget: number;
  /** Not yet acknowledged by a `steered` event. */
  steering: Steering;
}

/** The core's side of the door, kept in memory, for tests of the broker and the worker. */
export function createMemoryDoor(): Door & { readonly state: DoorState } {
  const state: DoorState = {
    attempts: new Map(),
    jobs: new Map(),
    events: [],
    batches: [],
    session: [],
    spent: [],
    refused: [],
    answers: [],
    files: new Map(),
    handed: [],
    mayPush: () => null,
    takes: 'kept',
    results: [],
    budget: 10,
    steering: { items: [], stop: null },
  };
  const seen = new Map<string, number>();

  return {
    state,
    async admit(proof) {
      const found =
        'token' in proof
          ? state.attempts.get(proof.token)
          : [...state.attempts.values()].find(({ id }) => id === proof.attempt);
      return found ? { ...found, budgetLeft: state.budget - state.spent.reduce((sum, { usd }) => sum + usd, 0) } : null;
    },
    async job(attempt) {
      const job = state.jobs.get(attempt.id);
      if (!job) throw new Error(`no job for ${attempt.id}`);
      return job;
    },
    async events(attempt, batch) {
      state.batches.push(batch);
      for (const { seq, event } of batch.events) {
        if (seq <= (seen.get(attempt.id) ?? 0)) continue;
        seen.set(attempt.id, seq);
        state.events.push(event);
        if (event.type !== 'steered') continue;
        state.steering = { ...state.steering, items: state.steering.items.filter((item) => item.id !== event.id) };
      }
      return state.steering;
    },
    async steering(_attempt, waitMs, signal) {
      const until = Date.now() + waitMs;
      const quiet = () => state.steering.items.length === 0 && state.steering.stop === null;
      while (quiet() && Date.now() < until && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
      return state.steering;
    },
    async *loadSession() {
      yield* [...state.session];
    },
    async appendSession(_attempt, entries) {
      const known = new Set(state.session.map((entry) => entry.uuid));
      state.session.push(...(entries as { uuid: string }[]).filter((entry) => !known.has(entry.uuid)));
    },
    file: async (_attempt, id) => state.files.get(id) ?? null,
    async handOver(_attempt, name, bytes) {
      if (state.takes === 'kept') state.handed.push({ name, bytes });
      return state.takes;
    },
    async result(_attempt, result) {
      if (state.results.length === 0) state.results = [result];
    },
    async spend(_attempt, spend) {
      if (!state.spent.some(({ id }) => id === spend.id)) state.spent.push(spend);
    },
    modelAnswered: async (_attempt, status) => void state.answers.push(status),
    mayPush: async (_attempt, sha) => state.mayPush(sha),
    async refused(_attempt, what) {
      if (!state.refused.includes(what)) state.refused.push(what);
    },
  } satisfies Door & { state: DoorState };
}

/** An open attempt of `acme/web`, to put into a {@link MemoryDoor}. */
export function openAttempt(change: Partial<OpenAttempt> = {}): OpenAttempt {
  return {
    ...{ id: '1.2.1', run: '1.2', task: 1, kind: 'implement', repo: 'acme/web', branch: 'mainloop/k3x9/1-greet' },
    ...{ checkpointRef: 'refs/mainloop/k3x9/1/wip', model: 'claude-opus-5-5' },
    allowedModels: ['claude-opus-5-5', 'claude-haiku-5-5'],
    budgetLeft: 10,
    ...change,
  };
}

/** Serves one broker on loopback, under `/broker`. */
export async function serveBroker(broker: {
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
}): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => void broker.handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/broker`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
