import { describe, expect, test } from 'vitest';
import { type CommandOption, commandForms, commandLine, type OptionKind } from './command-forms.ts';
import { commands, parseCommand } from './commands.ts';

const samples: Record<OptionKind, string> = {
  text: 'acme/web',
  choice: '',
  task: '41',
  project: 'acme/web',
  ask: '7',
  person: '3',
};

const fitting: Readonly<Record<string, string>> = { hours: '22:00-08:00', zone: 'Europe/Berlin', until: '2h' };
const sample = ({ name, kind, choices }: CommandOption): [string, string] => [
  name,
  choices?.[0] ?? fitting[name] ?? samples[kind],
];

describe('typed forms of commands', () => {
  test('every command has one', () => {
    expect(new Set(commandForms.map(({ words }) => words[0]))).toEqual(new Set(commands.map(({ name }) => name)));
  });

  test.each(commandForms.map((form) => [form.words.join(' '), form] as const))(
    '%s filled in is understood',
    (_, form) => {
      const values = form.options.map(sample);
      expect(parseCommand(commandLine(form.words, Object.fromEntries(values)))).toMatchObject({ name: form.words[0] });
      const needed = form.options.filter(({ required }) => required).map(sample);
      expect(parseCommand(commandLine(form.words, Object.fromEntries(needed)))).toMatchObject({ name: form.words[0] });
    },
  );

  test('a task is named by its number, before the text', () => {
    const line = commandLine(['steer'], { text: 'use main', task: '41' });
    expect(parseCommand(line)).toEqual({ name: 'steer', task: 41, text: 'use main' });
  });

  test('where one wants to be asked is said after a word of its own', () => {
    expect(parseCommand(commandLine(['inbox'], { via: 'slack,telegram' }))).toMatchObject({
      action: 'via',
      surfaces: ['slack', 'telegram'],
    });
    expect(parseCommand(commandLine(['inbox'], {}))).toMatchObject({ action: 'list' });
  });

  test('new and link are commands about a project', () => {
    for (const action of ['new', 'link', 'add', 'remove'])
      expect(parseCommand(`project ${action} acme/web`)).toEqual({ name: 'project', action, repo: 'acme/web' });
  });
});
