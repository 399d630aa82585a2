import { conversationKey, type Doc, type Inbound } from '../domain/chat.ts';
import { type Command, parseCommand } from '../domain/commands.ts';
import { repoName, type TaskNumber } from '../domain/ids.ts';
import { type Deed, may } from '../domain/policy.ts';
import { help } from '../words/help.ts';
import { logLines } from '../words/log.ts';
import { notAllowed } from '../words/people.ts';
import { taskList } from '../words/task.ts';
import { plain } from '../words/text.ts';
import { why } from '../words/why.ts';
import type { Actor, Decided, Decisions } from './decisions.ts';
import type { Deps } from './deps.ts';
import { runInboxCommand } from './inbox-commands.ts';
import { admitPaired, pairingCode } from './pairing.ts';

type CommandInbound = Extract<Inbound, { kind: 'command' }>;

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
  const about = async (task: TaskNumber | null) => task ?? (await taskHere(deps, inbound));
  switch (command.name) {
    case 'help':
      return help(command.topic);
    case 'task':
      return notAllowed('propose');
    case 'tasks':
      return taskList(command.all ? await deps.store.tasks.latest(listed) : await deps.store.tasks.open(), Date.now());
    case 'inbox':
    case 'snooze':
    case 'delegate':
    case 'quiet':
      return runInboxCommand(deps, command, inbound, actor, () => taskHere(deps, inbound));
    case 'why':
      return whyDoc(deps, await about(command.task));
    case 'logs':
      return logs(deps, await about(command.task));
    case 'cancel':
      return told(await withTask(await about(command.task), (task) => decisions.cancel(task, actor)));
    case 'retry':
      return told(await withTask(await about(command.task), (task) => decisions.retry(task, actor)));
    case 'steer':
      return told(await withTask(await about(command.task), (task) => decisions.steer(task, command.text, actor)));
    case 'project':
      return project(deps, command, inbound);
    case 'link':
      return link(deps, command, inbound);
    case 'dashboard':
      return { text: 'This release has no web page yet. `tasks` and `inbox` show the same here.' };
  }
}

function deedOf(command: Command): Deed {
  switch (command.name) {
    case 'project':
      return command.action === 'list' ? 'view' : 'administer';
    case 'link':
      return command.code ? 'administer' : 'view';
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

const told = ({ say }: Decided): Doc => ({ text: say ?? 'Done.' });

const withTask = (task: TaskNumber | null, act: (task: TaskNumber) => Promise<Decided>): Promise<Decided> =>
  task === null ? Promise.resolve({ say: 'Which task? Add its number, e.g. `#41`.', start: null }) : act(task);

/** The task that a command is about when it names none: the one of its card or thread, or the only open one of its channel. */
async function taskHere({ store }: Deps, { place }: CommandInbound): Promise<TaskNumber | null> {
  const above = place.thread ? await store.posts.subjectOf({ place, id: place.thread }) : null;
  if (above?.startsWith('task:')) return Number(above.slice('task:'.length));
  const open = await store.tasks.open();
  const inThread = open.filter((task) => task.conversation === conversationKey(place));
  const here = inThread.length > 0 ? inThread : open.filter((task) => task.place.channel === place.channel);
  return here.length === 1 ? (here[0]?.number ?? null) : null;
}

async function whyDoc({ store }: Deps, number: TaskNumber | null): Promise<Doc> {
  const task = number === null ? null : await store.tasks.find(number);
  if (!task)
    return {
      text:
        number === null
          ? 'Which task? Add its number, e.g. `#41`; `tasks` lists them.'
          : `There is no task #${number}.`,
    };
  return why(task, await store.asks.openOf(task.number), Date.now());
}

async function logs({ store }: Deps, number: TaskNumber | null): Promise<Doc> {
  if (number === null) return { text: 'Which task? Add its number, e.g. `#41`.' };
  return {
    title: `#${number}`,
    text: logLines(await store.worker.latest(number, listed)).join('\n') || 'Nothing yet.',
  };
}

async function project(
  deps: Deps,
  command: Extract<Command, { name: 'project' }>,
  { place }: CommandInbound,
): Promise<Doc> {
  if (command.action === 'list') {
    const known = await deps.store.projects.list();
    return {
      text:
        known.length > 0
          ? known.map(({ repo, url }) => `- [${repo}](${url})`).join('\n')
          : 'No repository yet. An owner adds one with `project add owner/repo`.',
    };
  }
  const repo = repoName.safeParse(command.repo);
  if (!repo.success) return { text: `\`${command.repo}\` is no repository name: write owner/repo, e.g. acme/web.` };
  if (command.action === 'remove') {
    if (!(await deps.store.projects.find(repo.data))) return { text: `${repo.data} is no project here.` };
    await deps.store.projects.remove(repo.data);
    return { text: `I no longer take tasks for ${repo.data}. What runs goes on.` };
  }
  const found = await deps.host.repository(repo.data);
  await deps.store.projects.put({ repo: found.name, defaultBranch: found.defaultBranch, url: found.url }, Date.now());
  if (!place.dm) await deps.store.projects.link(place, found.name);
  return {
    text: `[${found.name}](${found.url}) is a project now${place.dm ? '' : ', and this channel is linked to it'}. Its base branch is \`${found.defaultBranch}\`.`,
  };
}

async function link(
  deps: Deps,
  command: Extract<Command, { name: 'link' }>,
  { account }: CommandInbound,
): Promise<Doc> {
  if (!command.code) return { text: `Your code: **${await pairingCode(deps, account)}** (good for 1 hour).` };
  const person = await admitPaired(deps.store, command.code, command.role, Date.now());
  if (!person) return { text: 'That code is wrong, used or expired.' };
  return { text: `${plain(person.name)} is ${person.role === 'owner' ? 'an' : 'a'} ${person.role} now.` };
}
