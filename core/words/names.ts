import type { Task } from '../domain/task.ts';
import { headline, plain } from './text.ts';

const platforms: Readonly<Record<string, string>> = {
  slack: 'Slack',
  discord: 'Discord',
  telegram: 'Telegram',
  github: 'GitHub',
  web: 'the web page',
  oidc: 'the sign-in provider',
};

/** A platform as people call it. */
export const platformName = (platform: string): string => platforms[platform] ?? platform;

/** `Opus` for `claude-opus-5-5`; a model of another family keeps its id. */
export function modelName(model: string): string {
  const family = /opus|sonnet|haiku/i.exec(model)?.[0];
  return family ? family.charAt(0).toUpperCase() + family.slice(1).toLowerCase() : model;
}

/** A task's title for a card: the person's words, cut, safe. */
export const taskTitle = (task: Pick<Task, 'title'>): string => plain(headline(task.title));

/** `[issue 112](…)` and `[PR 113](…)`, whichever exist. */
export function links(task: Pick<Task, 'issue' | 'pull'>): string[] {
  return [
    ...(task.issue ? [`[issue ${task.issue.number}](${task.issue.url})`] : []),
    ...(task.pull ? [`[PR ${task.pull.number}](${task.pull.url})`] : []),
  ];
}

/** `[details](…)`, where the task's page has an address. */
export const details = (taskUrl: string | null | undefined): string[] => (taskUrl ? [`[details](${taskUrl})`] : []);

/** Whether the code host has anything of the task's work. */
export const isPushed = (task: Pick<Task, 'head' | 'pull'>): boolean => task.head !== null || task.pull !== null;

/** A task's number where GitHub would turn `#41` into a link to its own issue 41: the same to the eye, no link. */
export const hostNumber = (task: Pick<Task, 'number'>): string => `#\u200b${task.number}`;
