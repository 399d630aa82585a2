import { DBOS } from '@dbos-inc/dbos-sdk';
import { createAssistant } from './agent/assistant.ts';
import type { HostHint } from './code-host.ts';
import type { Inbound, Place } from './domain/chat.ts';
import type { RunId, TaskNumber } from './domain/ids.ts';
import { isFinal } from './domain/task.ts';
import type { Door } from './door.ts';
import type { Suggest } from './ports.ts';
import { channelOf } from './store/posts.ts';
import { unjoinMs } from './words/join.ts';
import { createAside, entered, entersCode } from './workflows/aside.ts';
import { createAsk } from './workflows/ask.ts';
import { createAtWork } from './workflows/at-work.ts';
import { createCards } from './workflows/cards.ts';
import { createDecisions } from './workflows/decisions.ts';
import type { Deps, Outside } from './workflows/deps.ts';
import { createDigest } from './workflows/digest.ts';
import { createDoor } from './workflows/door.ts';
import { createElsewhere } from './workflows/elsewhere.ts';
import { createInboxRounds } from './workflows/inbox-rounds.ts';
import { createInteraction } from './workflows/interaction.ts';
import { createInterrupts } from './workflows/interrupts.ts';
import { createJoined } from './workflows/joined.ts';
import { createListening } from './workflows/listening.ts';
import { createPresenter } from './workflows/presenter.ts';
import { createReceive } from './workflows/receive.ts';
import { createReminder } from './workflows/reminder.ts';
import { createRest, wakeQueue } from './workflows/rest.ts';
import { createRinger } from './workflows/ringer.ts';
import { createRun, type RunInput } from './workflows/run.ts';
import { runWorkflowId, taskWorkflowId } from './workflows/signals.ts';
import { createSuggest } from './workflows/suggest.ts';
import { createSupervisor } from './workflows/supervise.ts';
import { createSweeper } from './workflows/sweep.ts';
import { createTask } from './workflows/task.ts';
import { createTurn } from './workflows/turn.ts';
import { createUploads } from './workflows/uploads.ts';
import { createWatch } from './workflows/watch.ts';

export interface Core {
  /** What a face hands every inbound to; resolves when it is durable. */
  receive(inbound: Inbound): Promise<void>;
  /** What a person may mean while they type a command. */
  readonly suggest: Suggest;
  /** What the code host's webhooks say to look at. */
  hint(hint: HostHint): Promise<void>;
  readonly door: Door;
  /** Call after DBOS is launched: takes up what a crash left between two steps, then watches. */
  start(): Promise<void>;
  /** Call when the faces are connected: finds what was said meanwhile, and later what a face missed. */
  catchUp(): Promise<void>;
  /** Stops what runs beside the workflows; DBOS is shut down by its owner. */
  stop(): Promise<void>;
}

/** How often the queue of runs is looked at; a confirmed task waits half of it on average. */
const queuePollMs = 100;
/** The same for tasks that wake. Each look costs, also when nobody does anything. */
const wakePollMs = 250;
const runQueue = 'runs';

/** A code's deed is a moment's work of the database; what is said behind it waits no longer. */
const codePatienceSeconds = 5;

/** A task that waits for weeks is taken up again at every restart; DBOS's limit of 100 would give it up. */
const lasting = (name: string) => ({ name, maxRecoveryAttempts: Number.MAX_SAFE_INTEGER });

/** The heart: registers the workflows (once per process, before DBOS is launched) and wires them to the outside. */
export function createCore(outside: Outside): Core {
  const draw = createCards(outside.store, outside.settings.publicUrl, outside.sandbox);
  const presenter = createPresenter(outside, draw);
  const ringer = createRinger();
  const rest = createRest(outside);
  const deps: Deps = {
    ...outside,
    draw,
    presenter,
    tellTask: rest.tell,
    look: (task) => watch.look(task),
    steered: (task) => ringer.ring(task),
    warnBudget: (task) => startBudgetAsk(task),
    interrupts: createInterrupts(),
  };
  const atWork = createAtWork(outside);
  const decisions = createDecisions(deps);
  const watch = createWatch(deps, decisions);
  const supervisor = createSupervisor(deps);
  const sweeper = createSweeper(deps);
  const assistant = createAssistant({ ...deps, decisions });

  const ask = DBOS.registerWorkflow(createAsk(deps), lasting('ask'));
  const uploads = DBOS.registerWorkflow(createUploads(deps), lasting('uploads'));
  const startUploads = async (id: RunId) => {
    await DBOS.startWorkflow(uploads, { workflowID: `uploads:${id}` })(id);
  };
  const run = DBOS.registerWorkflow(createRun(deps, startUploads), lasting('run'));
  const startRun = async (input: RunInput) => {
    await DBOS.startWorkflow(run, { workflowID: runWorkflowId(input.run), queueName: runQueue })(input);
  };
  const startAsk = async (id: number) => {
    await DBOS.startWorkflow(ask, { workflowID: `ask:${id}` })(id);
  };
  const reminder = DBOS.registerWorkflow(createReminder(deps), lasting('reminder'));
  const digest = DBOS.registerWorkflow(createDigest(deps), lasting('digest'));
  const inboxRounds = createInboxRounds(deps, {
    startAsk: async (id, person, dueAt) => {
      await DBOS.startWorkflow(ask, { workflowID: `ask:${id}:${person}:${dueAt}` })(id, person);
    },
    startReminder: async (id, person, dueAt) => {
      await DBOS.startWorkflow(reminder, { workflowID: `reminder:${id}:${person}:${dueAt}` })(id, person, dueAt);
    },
    startDigest: async (person, at) => {
      await DBOS.startWorkflow(digest, { workflowID: `digest:${person}:${at}` })(person, at);
    },
  });
  const shown = DBOS.registerWorkflow(createElsewhere(deps), lasting('shown'));
  const startShown = async (number: TaskNumber, place: Place) => {
    await DBOS.startWorkflow(shown, { workflowID: `shown:${number}:${channelOf(place)}` })(number, place);
  };
  const task = DBOS.registerWorkflow(createTask(deps, rest, { startRun, startAsk, startShown }), lasting('task'));
  const startTask = async (number: TaskNumber) => {
    await DBOS.startWorkflow(task, { workflowID: taskWorkflowId(number) })(number);
  };
  const startTurn = async (id: string, conversation: string) => {
    await DBOS.startWorkflow(turn, { workflowID: id })(id, conversation);
  };
  const turn = DBOS.registerWorkflow(
    createTurn(deps, assistant, decisions, atWork, { startTask, startTurn }),
    lasting('turn'),
  );
  const interaction = DBOS.registerWorkflow(
    createInteraction(deps, decisions, { startTask, startTurn }),
    lasting('interaction'),
  );

  /** The ask for more money that stands beside the work; a task has one per limit. */
  async function startBudgetAsk(number: TaskNumber): Promise<void> {
    const { spentUsd, budgetUsd, status } = await deps.store.tasks.get(number);
    if (isFinal(status)) return;
    const body = { kind: 'budget' as const, spentUsd, limitUsd: budgetUsd, hard: false };
    const opened = await deps.store.asks.open({
      origin: `${number}.budget.${budgetUsd}`,
      task: number,
      kind: 'budget',
      body,
      at: Date.now(),
    });
    await startAsk(opened.id);
  }

  const joined = DBOS.registerWorkflow(createJoined(deps), lasting('joined'));
  const startJoined = async (id: number) => {
    await DBOS.startWorkflow(joined, { workflowID: `join:${id}` })(id);
  };
  const aside = DBOS.registerWorkflow(createAside(deps, startJoined), lasting('aside'));
  const receive = createReceive(deps, atWork, {
    startTurn,
    startAside: async (inbound, person) => {
      const workflowID = `aside:${inbound.dedupe}`;
      await DBOS.startWorkflow(aside, { workflowID })(inbound, person);
      if (entersCode(inbound)) await DBOS.getEvent(workflowID, entered, codePatienceSeconds);
    },
    startInteraction: async (inbound, person) => {
      await DBOS.startWorkflow(interaction, { workflowID: inbound.dedupe })(inbound, person);
    },
  });
  const listening = createListening(deps, receive);

  return {
    receive,
    suggest: createSuggest(outside.store),
    hint: (hint) => watch.hint(hint),
    door: createDoor(deps, ringer),
    async start() {
      await DBOS.registerQueue(runQueue, {
        globalConcurrency: outside.settings.maxWorkers,
        minPollingIntervalMs: queuePollMs,
        onConflict: 'always_update',
      });
      await DBOS.registerQueue(wakeQueue, { minPollingIntervalMs: wakePollMs, onConflict: 'always_update' });
      const turns = await deps.store.conversations.activeTurns();
      await Promise.all(turns.map(({ key, turn: id }) => startTurn(id, key)));
      for (const number of await deps.store.tasks.unstarted()) await startTask(number);
      for (const { id } of await deps.store.joins.since(Date.now() - unjoinMs)) await startJoined(id);
      presenter.resume();
      rest.start();
      supervisor.start();
      sweeper.start();
      inboxRounds.start();
      watch.start();
    },
    catchUp: listening.start,
    async stop() {
      const beside = [listening, rest, supervisor, sweeper, inboxRounds, watch, presenter];
      await Promise.all(beside.map((one) => one.stop()));
    },
  };
}
