import { type Job, job as jobSchema, type Result } from '../../core/protocol.ts';
import { type Bench, setUp } from './bench.ts';
import { AttemptClosed, BrokerAway, type Call, Rejected } from './call.ts';
import type { Claude } from './claude.ts';
import { createBrokerClient } from './client.ts';
import type { WorkerConfig } from './config.ts';
import { checkEnvironment, gitEnvironment, plainEnvironment } from './environment.ts';
import { createGit } from './git.ts';
import { createHalting, type Halt, type Halting } from './halt.ts';
import { handOver } from './hand-over.ts';
import type { Opening } from './opening.ts';
import { createReceive } from './received.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { planRun, workRun } from './run.ts';
import { type BrokerSessionStore, openSessionStore } from './session.ts';
import { createSteeringDesk } from './steering-desk.ts';
import { initialise, prepare, WorkspaceError } from './workspace.ts';

/** Exit codes: done; worth another try (`EX_TEMPFAIL`); the attempt was closed (`EX_NOPERM`). */
export const exitCodes = { done: 0, again: 75, closed: 77 } as const;

const checkpointMs = 60_000;
/** Kept free before the deadline, for the last checkpoint. */
const deadlineMarginMs = 20_000;
/** The longest that a timer of Node can wait; a longer one fires at once. */
const maxTimerMs = 2 ** 31 - 1;

/** Does one attempt from its job to its result; answers the exit code. `terminate` asks it to save its work and go. */
export async function runWorker(config: WorkerConfig, opening: Opening, terminate: AbortSignal): Promise<number> {
  const halting = createHalting();
  terminate.addEventListener('abort', () => halting.halt({ type: 'terminated' }), { once: true });
  const repository = initialise(createGit(config.work, plainEnvironment(config)), config.work);
  // Heard when it is waited for, which something else that fails may prevent.
  repository.catch(() => undefined);
  try {
    // A broker that hangs must not keep a worker that was told to go.
    const told = await Promise.race([opening.job, halting.halted]);
    if (typeof told !== 'string') return exitCodes.again;
    const job = jobSchema.parse(JSON.parse(told));
    return await attempt(config, opening.call, repository, job, halting);
  } catch (error) {
    return lostCode(error);
  }
}

async function attempt(
  config: WorkerConfig,
  call: Call,
  repository: Promise<void>,
  job: Job,
  halting: Halting,
): Promise<number> {
  const client = createBrokerClient(call);
  const receive = createReceive(client, config.received);
  const desk = createSteeringDesk((id) => reporter.tell({ type: 'steered', id }), receive);
  const reporter: Reporter = createReporter({
    client,
    onSteering({ items, stop }) {
      if (stop) halting.halt({ type: 'stop', reason: stop });
      desk.hear(items);
    },
    onLost: (error) => halting.halt({ type: 'lost', error }),
  });
  const left = Math.min(job.deadline - Date.now() - deadlineMarginMs, maxTimerMs);
  const deadline = setTimeout(() => halting.halt({ type: 'deadline' }), left);
  const timer = setInterval(() => void save(), checkpointMs);
  let claude: Claude | undefined;
  let bench: Bench | undefined;
  let store: BrokerSessionStore | undefined;

  async function save(): Promise<void> {
    await bench?.checkpoint().catch((cause: unknown) => {
      reporter.tell({ type: 'log', text: `The checkpoint could not be saved: ${messageOf(cause)}` });
    });
  }

  async function work(): Promise<Result> {
    const git = createGit(config.work, gitEnvironment(config, job));
    await repository;
    const workspace = prepare(git, config.broker, job);
    workspace.catch(() => undefined);
    store = await openSessionStore(client, job.session);
    bench = await setUp({
      config,
      job,
      reporter,
      store,
      git,
      workspace,
      receive,
      onStart: (started) => {
        claude = started;
      },
    });
    desk.open(bench.claude);
    return (job.kind === 'plan' ? planRun : workRun)({
      ...bench,
      job,
      directory: config.work,
      checkEnvironment: checkEnvironment(config),
      signal: halting.signal,
      onCheck: ({ name, ok }) => reporter.tell({ type: 'check', name, ok }),
      onLog: (text) => reporter.tell({ type: 'log', text }),
    });
  }

  try {
    const end = await Promise.race([work().catch(failure), halting.halted]);
    if (end.type === 'lost') return lostCode(end.error);
    const halted = halting.signal.aborted;
    const saved = end.type === 'work' || end.type === 'nothing' ? undefined : save();
    await Promise.all([halted ? claude?.kill() : claude?.end(), saved]);
    await store?.flush().catch((error: unknown) => {
      // Too long to be kept: the work is done all the same, and the next run begins without it.
      if (!(error instanceof Rejected)) throw error;
      reporter.tell({ type: 'log', text: `The session was not kept: ${error.message}` });
    });
    const result = resultOf(end);
    // What the next attempt goes on with is handed over by that one.
    if (result !== null) await handOver(client, config.out, (text) => reporter.tell({ type: 'log', text }));
    await reporter.flush();
    if (result === null) return exitCodes.again;
    await client.result(result);
    return exitCodes.done;
  } finally {
    clearTimeout(deadline);
    clearInterval(timer);
    reporter.stop();
    await claude?.kill();
  }
}

/** Null: no result, another attempt goes on. */
function resultOf(end: Result | Exclude<Halt, { type: 'lost' }>): Result | null {
  switch (end.type) {
    case 'stop':
      return { type: 'stopped', reason: end.reason };
    case 'deadline':
      return { type: 'failed', code: 'worker_deadline', reason: 'The time for this run is over.', retryable: false };
    case 'terminated':
      return null;
    default:
      return end;
  }
}

/** What went wrong in the worker itself, as a result. Losing the broker is no result: there is nobody to tell. */
function failure(error: unknown): Result {
  if (error instanceof AttemptClosed || error instanceof BrokerAway) throw error;
  const [code, retryable] =
    error instanceof WorkspaceError ? [error.code, error.retryable] : (['worker_failed', true] as const);
  return { type: 'failed', code, reason: messageOf(error).slice(0, 2_000), retryable };
}

function lostCode(error: unknown): number {
  if (error instanceof AttemptClosed) return exitCodes.closed;
  if (error instanceof BrokerAway) return exitCodes.again;
  throw error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
