import type { TaskNumber } from './ids.ts';
import { type InboxCommand, parseDelegate, parseInbox, parseQuietCommand, parseSnooze } from './inbox-commands.ts';
import { type Role, roles } from './policy.ts';

/** The commands, the same on every face: what people type, and what it does. */
export const commands = [
  { name: 'task', usage: 'task TEXT', summary: 'propose a task' },
  { name: 'tasks', usage: 'tasks [all]', summary: 'list the open tasks, or all' },
  { name: 'why', usage: 'why [#TASK]', summary: 'say who holds a task and what comes next' },
  {
    name: 'inbox',
    usage: 'inbox [via PLATFORM[,PLATFORM]|last]',
    summary: 'list what waits for you, or say where you want to be asked',
  },
  { name: 'snooze', usage: 'snooze [#TASK] 2h|tomorrow|…', summary: 'put off what a task asks' },
  { name: 'delegate', usage: 'delegate [#TASK] PERSON', summary: 'hand over what a task asks' },
  {
    name: 'quiet',
    usage: 'quiet [22:00-08:00 [ZONE]|off]',
    summary: 'set hours in which nothing is asked of you',
  },
  { name: 'steer', usage: 'steer [#TASK] TEXT', summary: 'tell the worker something while it works' },
  { name: 'cancel', usage: 'cancel [#TASK]', summary: 'stop a task; its branch stays' },
  { name: 'retry', usage: 'retry [#TASK]', summary: 'go on from the last good point' },
  { name: 'logs', usage: 'logs [#TASK]', summary: 'show what the worker did' },
  { name: 'log', usage: 'log [#TASK]', summary: 'show who decided what about a task, where and when' },
  {
    name: 'project',
    usage: 'project [add|new|link|remove OWNER/REPO] [set OWNER/REPO self-approval on|off]',
    summary: 'list, add, remove or set up repositories; make or link a channel for one',
  },
  {
    name: 'link',
    usage: 'link [CODE] [owner|member|viewer]',
    summary: 'join another account of yours, or let in who has a code',
  },
  { name: 'dashboard', usage: 'dashboard', summary: 'get a link to the web page' },
  { name: 'help', usage: 'help [COMMAND]', summary: 'explain the commands' },
] as const;

export type CommandName = (typeof commands)[number]['name'];

/** A command understood. `task: null` means the task of the thread it was given in. */
export type Command =
  | { name: 'task'; text: string }
  | { name: 'tasks'; all: boolean }
  | { name: 'dashboard' }
  | InboxCommand
  | { name: 'why' | 'cancel' | 'retry' | 'logs' | 'log'; task: TaskNumber | null }
  | { name: 'steer'; task: TaskNumber | null; text: string }
  | { name: 'project'; action: 'list' }
  | { name: 'project'; action: 'add' | 'new' | 'link'; repo: string }
  | { name: 'project'; action: 'remove'; repo: string }
  | { name: 'project'; action: 'set'; repo: string; selfApproval: boolean }
  | { name: 'link'; code: string | null; role: Role }
  | { name: 'help'; topic: CommandName | null };

/** What people type after `/mainloop`, understood, or one sentence that says what is wrong with it. */
export function parseCommand(text: string): Command | { error: string } {
  const [word = '', rest] = splitWord(text.trim().replace(/^\/(?:mainloop\b\s*)?/i, ''));
  if (word === '') return { name: 'help', topic: null };
  const name = nameOf(word);
  if (!name) return { error: unknown(word) };
  const usage = { error: `Use it as \`${commands.find((command) => command.name === name)?.usage}\`.` };
  switch (name) {
    case 'task':
      return unquote(rest) === '' ? usage : { name, text: unquote(rest) };
    case 'tasks':
      return rest === '' || rest === 'all' ? { name, all: rest === 'all' } : usage;
    case 'dashboard':
      return { name };
    case 'inbox':
      return parseInbox(rest) ?? usage;
    case 'snooze':
      return parseSnooze(rest) ?? usage;
    case 'delegate':
      return parseDelegate(rest) ?? usage;
    case 'quiet':
      return parseQuietCommand(rest) ?? usage;
    case 'why':
    case 'cancel':
    case 'retry':
    case 'logs':
    case 'log': {
      const task = rest === '' ? null : taskNumber(rest);
      return task === undefined ? usage : { name, task };
    }
    case 'steer':
      return steer(rest) ?? usage;
    case 'project':
      return project(rest) ?? usage;
    case 'link':
      return link(rest) ?? usage;
    case 'help': {
      if (rest === '') return { name, topic: null };
      const topic = nameOf(rest);
      return topic ? { name, topic } : { error: unknown(rest) };
    }
  }
}

const nameOf = (word: string): CommandName | undefined =>
  commands.find((command) => command.name === word.toLowerCase())?.name;

function splitWord(text: string): [string, string] {
  const match = /^(\S+)(?:\s+([\s\S]*))?$/u.exec(text.trim());
  return [match?.[1] ?? '', (match?.[2] ?? '').trim()];
}

/** A task as people write it: `#41` or `41`. */
function taskNumber(word: string): TaskNumber | undefined {
  const digits = /^#?(\d{1,9})$/.exec(word)?.[1];
  return digits && Number(digits) > 0 ? Number(digits) : undefined;
}

/** Takes off quotes that enclose the whole text; phones make them curly. */
const unquote = (text: string): string => /^["“„'‘]([\s\S]*)["”“'’]$/u.exec(text)?.[1]?.trim() ?? text;

function steer(rest: string): Command | undefined {
  const [first, after] = splitWord(rest);
  const task = taskNumber(first.replace(/:$/, ''));
  const text = unquote(task === undefined ? rest : after);
  return text === '' ? undefined : { name: 'steer', task: task ?? null, text };
}

function project(rest: string): Command | undefined {
  if (rest === '' || rest === 'list') return { name: 'project', action: 'list' };
  const [action, after] = splitWord(rest);
  if (action === 'set') return projectSetting(after);
  const repo = repoIn(after);
  if ((action !== 'add' && action !== 'new' && action !== 'link' && action !== 'remove') || repo === '')
    return undefined;
  return { name: 'project', action, repo };
}

/** `owner/repo`, also out of its address. */
const repoIn = (text: string): string =>
  unquote(text)
    .replace(/^https?:\/\/[^/]+\//, '')
    .replace(/(?:\.git)?\/?$/, '');

function projectSetting(rest: string): Command | undefined {
  const match = /^(\S+)\s+self-approval\s+(on|off)$/i.exec(rest);
  if (!match?.[1] || !match[2]) return undefined;
  return { name: 'project', action: 'set', repo: repoIn(match[1]), selfApproval: match[2].toLowerCase() === 'on' };
}

function link(rest: string): Command | undefined {
  const [code, after] = splitWord(rest);
  const role = after === '' ? 'member' : roles.find((known) => known === after.toLowerCase());
  return role ? { name: 'link', code: code === '' ? null : code.toUpperCase(), role } : undefined;
}

function unknown(word: string): string {
  const shown = word.replace(/[^\p{L}\p{N}-]/gu, '').slice(0, 20);
  const near = nearest(word.toLowerCase());
  return near
    ? `There is no \`${shown}\`; did you mean \`${near}\`?`
    : `There is no \`${shown}\`; \`help\` lists what there is.`;
}

function nearest(word: string): CommandName | undefined {
  const [best] = commands
    .map(({ name }) => ({ name, distance: distance(word.slice(0, 20), name) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(word.length / 2.5)) ? best.name : undefined;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
