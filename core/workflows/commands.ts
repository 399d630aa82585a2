import { conversationKey, type Doc, type Inbound } from '../domain/chat.ts';
import { type Command, parseCommand } from '../domain/commands.ts';
import type { RepoName, TaskNumber } from '../domain/ids.ts';
import { type Deed, may, seenBy } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import { help } from '../words/help.ts';
import { decisionLog } from '../words/history.ts';
import { logLines } from '../words/log.ts';
import { noTask, notAllowed, signInLink, tooManyCodes } from '../words/people.ts';
import { taskList } from '../words/task.ts';
import { why } from '../words/why.ts';
import { historyOf, taskSeen } from './about-task.ts';
import type { Actor, Decided, Decisions } from './decisions.ts';
import type { Deps } from './deps.ts';
import { runInboxCommand } from './inbox-commands.ts';
import { link } from './linking.ts';
import { project } from './project.ts';
import { createSignIn, signInMs } from './sign-in.ts';

type CommandInbound = Extract<Inbound, { kind: 'command' }>;

/** The repositories that the reader may see; null: all. */
type Repos = readonly RepoName[] | null;

/** Newest tasks and log lines that a list shows. */
const listed = 20;

/** Runs a slash command and answers what its person reads. The same on every face. */
export async function runCommand(
  deps: Deps,
  decisions: Decisions,
  inbound: CommandInbound,
  actor: Actor,
): Promise<Doc> {
  const command = parseCommand(inbound.text);
  if ('error' in command) return { text: command.error };
  const deed = deedOf(command);
  if (!may(actor.person, deed)) return notAllowed(deed);
  const mine = seenBy(actor.person);
  const about = async (task: TaskNumber | null) => task ?? (await taskHere(deps, inbound, mine));
  switch (command.name) {
    case 'help':
      return help(command.topic);
    case 'task':
      return notAllowed('propose');
    case 'tasks':
      return taskList(
        command.all ? await deps.store.tasks.latest(listed, mine) : await deps.store.tasks.open(mine),
        Date.now(),
      );
    case 'inbox':
    case 'snooze':
    case 'delegate':
    case 'quiet':
      return runInboxCommand(deps, command, inbound, actor, () => taskHere(deps, inbound, mine));
    case 'why':
      return whyDoc(deps, mine, await about(command.task));
    case 'logs':
      return logs(deps, mine, await about(command.task));
    case 'log':
      return log(deps, mine, await about(command.task));
    case 'cancel':
      return told(await withTask(await about(command.task), (task) => decisions.cancel(task, actor)));
    case 'retry':
      return told(await withTask(await about(command.task), (task) => decisions.retry(task, actor)));
    case 'steer':
      return told(await withTask(await about(command.task), (task) => decisions.steer(task, command.text, actor)));
    case 'project':
      return project(deps, command, inbound, actor);
    case 'link':
      return (await link(deps, command, { account: inbound.account, actor })).doc ?? tooManyCodes;
    case 'dashboard':
      return dashboard(deps, inbound);
  }
}

function deedOf(command: Command): Deed {
  switch (command.name) {
    case 'project':
      return command.action === 'list' ? 'view' : 'administer';
    case 'cancel':
      return 'cancel';
    case 'steer':
    case 'retry':
      return 'steer';
    case 'task':
      return 'propose';
    default:
      return 'view';
  }
}

/** A link for the person alone; a viewer may look on too. */
async function dashboard({ store, settings }: Deps, { account }: CommandInbound): Promise<Doc> {
  const person = await store.people.of(account);
  if (!person) return notAllowed('view');
  return signInLink(settings.publicUrl + (await createSignIn(store).link(person.id, Date.now())), signInMs);
}

const told = ({ say }: Decided): Doc => ({ text: say ?? 'Done.' });

const withTask = (task: TaskNumber | null, act: (task: TaskNumber) => Promise<Decided>): Promise<Decided> =>
  task === null ? Promise.resolve({ say: 'Which task? Add its number, e.g. `#41`.', start: null }) : act(task);

/**
 * The task that a command is about when it names none: the one of its thread, the one under whose card it stands, or the
 * only open one of its channel.
 */
async function taskHere({ store }: Deps, { place }: CommandInbound, mine: Repos): Promise<TaskNumber | null> {
  const open = await store.tasks.open(mine);
  const inThread = open.filter((task) => task.conversation === conversationKey(place));
  const card = place.thread === undefined ? null : await store.posts.subjectOf({ place, id: place.thread });
  const carded = open.find(({ number }) => card === `task:${number}`);
  if (inThread.length === 0 && carded) return carded.number;
  const here = inThread.length > 0 ? inThread : open.filter((task) => task.place.channel === place.channel);
  return here.length === 1 ? (here[0]?.number ?? null) : null;
}

/** The task if the reader may see it, else what to say. */
async function shown({ store }: Deps, mine: Repos, number: TaskNumber | null): Promise<Task | string> {
  if (number === null) return 'Which task? Add its number, e.g. `#41`; `tasks` lists them.';
  return (await taskSeen(store, mine, number)) ?? noTask(number, mine !== null);
}

async function whyDoc(deps: Deps, mine: Repos, number: TaskNumber | null): Promise<Doc> {
  const task = await shown(deps, mine, number);
  if (typeof task === 'string') return { text: task };
  return why(task, await deps.store.asks.openOf(task.number), Date.now());
}

async function logs(deps: Deps, mine: Repos, number: TaskNumber | null): Promise<Doc> {
  const task = await shown(deps, mine, number);
  if (typeof task === 'string') return { text: task };
  const lines = logLines(await deps.store.worker.latest(task.number, listed));
  return { title: `#${task.number}`, text: lines.join('\n') || 'Nothing yet.' };
}

async function log(deps: Deps, mine: Repos, number: TaskNumber | null): Promise<Doc> {
  const task = await shown(deps, mine, number);
  if (typeof task === 'string') return { text: task };
  // What the program does by itself names no person.
  const decisions = (await historyOf(deps.store, task.number)).filter(({ data }) => 'person' in data);
  return decisionLog(task, decisions);
}
