import { type CommandName, commands } from './commands.ts';

/** What an option holds; all but text and choices can be completed while they are typed. */
export type OptionKind = 'text' | 'choice' | 'task' | 'project' | 'ask' | 'person';

export interface CommandOption {
  /** Small letters, as platforms with typed commands show it. */
  readonly name: string;
  readonly about: string;
  readonly kind: OptionKind;
  readonly choices?: readonly string[];
  readonly required?: true;
  /** A word that people type before it. */
  readonly after?: string;
}

/** One way to give a command: its words, then its options in the order in which they are written. */
export interface CommandForm {
  readonly words: readonly [CommandName, ...string[]];
  readonly about: string;
  readonly options: readonly CommandOption[];
}

const task: CommandOption = { name: 'task', about: 'the task; the one of this thread when left out', kind: 'task' };
const repo: CommandOption = { name: 'repository', about: 'owner/repo', kind: 'text', required: true };
const known: CommandOption = { ...repo, kind: 'project' };
const text = (about: string): CommandOption => ({ name: 'text', about, kind: 'text', required: true });

const selfApproval: CommandOption = {
  name: 'rule',
  about: 'whether who asks for work may start and approve it',
  kind: 'choice',
  choices: ['self-approval on', 'self-approval off'],
  required: true,
};

type Options = readonly CommandOption[];

/** Typed options by the words of a command; a command that is missing here takes plain text. */
const typed: Readonly<Record<string, Options>> = {
  task: [text('what should be done, in your own words')],
  tasks: [{ name: 'which', about: 'open ones when left out', kind: 'choice', choices: ['all'] }],
  why: [task],
  inbox: [{ name: 'via', about: 'where you want to be asked: slack,telegram or last', kind: 'text', after: 'via' }],
  steer: [task, text('what the worker should know')],
  cancel: [task],
  retry: [task],
  logs: [task],
  log: [task],
  snooze: [task, { name: 'until', about: '2h, tomorrow, monday 9:00', kind: 'text', required: true }],
  delegate: [task, { name: 'person', about: 'who shall answer', kind: 'person', required: true }],
  quiet: [
    { name: 'hours', about: '22:00-08:00, or off; left out, you read what is set', kind: 'text' },
    { name: 'zone', about: 'your time zone, e.g. Europe/Berlin', kind: 'text' },
  ],
  'project list': [],
  'project new': [repo],
  'project link': [known],
  'project add': [repo],
  'project remove': [known],
  'project set': [known, selfApproval],
  link: [
    { name: 'code', about: "somebody's code; left out, you get your own", kind: 'text' },
    { name: 'role', about: 'member when left out', kind: 'choice', choices: ['owner', 'member', 'viewer'] },
  ],
  dashboard: [],
  help: [{ name: 'command', about: 'the command', kind: 'choice', choices: commands.map(({ name }) => name) }],
};

const abouts: Readonly<Record<string, string>> = {
  'project list': 'list the repositories',
  'project new': 'make a channel for a repository',
  'project link': 'link this channel to a repository',
  'project add': 'add a repository, linked to this channel',
  'project remove': 'remove a repository',
  'project set': 'say whether who asks for work may start and approve it',
};

/** All commands with typed options, for platforms that have them. */
export const commandForms: readonly CommandForm[] = commands.flatMap(({ name, summary }) => {
  const longer = Object.keys(typed).filter((words) => words.startsWith(`${name} `));
  if (longer.length === 0) return [{ words: [name], about: summary, options: typed[name] ?? [untyped(summary)] }];
  return longer.map((words): CommandForm => {
    const rest = words.split(' ').slice(1);
    return { words: [name, ...rest], about: abouts[words] ?? summary, options: typed[words] ?? [] };
  });
});

function untyped(about: string): CommandOption {
  return { name: 'text', about, kind: 'text' };
}

/** A command with its options filled in, as the line that people type. */
export function commandLine(words: readonly string[], values: Readonly<Record<string, string>>): string {
  const form = commandForms.find((one) => one.words.join(' ') === words.join(' '));
  const given = (form?.options ?? []).flatMap(({ name, kind, after }) => {
    const value = values[name]?.trim();
    if (!value) return [];
    return [...(after ? [after] : []), kind === 'task' && /^\d+$/.test(value) ? `#${value}` : value];
  });
  return [...words, ...given].join(' ');
}
