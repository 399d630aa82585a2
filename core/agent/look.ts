import { z } from 'zod';
import { isAmong, may } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import type { Store } from '../store/index.ts';
import { logLines } from '../words/log.ts';
import { cut } from '../words/text.ts';
import { money } from '../words/time.ts';
import { why } from '../words/why.ts';
import { asData } from './render.ts';
import { askLine, taskLine } from './state.ts';
import { type Call, defineTool, done, refused, type Tool, taskNumber } from './tool.ts';
import { visibleIn } from './visible.ts';

/** Tasks and log lines in one answer. */
const listed = 30;
const lastWords = 12;
const planCharacters = 4_000;

/** The tools that only read. */
export const lookingTools = (store: Store): Tool[] => [
  defineTool(
    'list_tasks',
    'Lists the open tasks with who holds each and since when; with "all", the newest finished ones too.',
    z.object({ all: z.boolean().default(false) }),
    async ({ all }, call) => {
      if (!mayView(call)) return notShown;
      const visible = await visibleIn(store, call.turn);
      const tasks = all ? await store.tasks.latest(listed, visible) : (await store.tasks.open(visible)).slice(-listed);
      if (tasks.length === 0) return done(all ? 'There has been no task yet.' : 'No task is open.');
      return done(asData(tasks.map((task) => `- ${taskLine(task, Date.now())}`).join('\n')));
    },
  ),
  defineTool(
    'get_task',
    'Tells how one task stands: who holds it, what comes next, links, cost, open asks, its plan and what its worker did last.',
    z.object({ task: taskNumber }),
    async ({ task: number }, call) => {
      if (!mayView(call)) return notShown;
      const task = await store.tasks.find(number);
      return task && isAmong(await visibleIn(store, call.turn), task.repo)
        ? done(asData(await describeTask(store, task)))
        : refused(`task: there is no task #${number}.`);
    },
  ),
];

const mayView = ({ turn }: Call): boolean => turn.said.some(({ person }) => may(person, 'view'));

const notShown = refused('Nobody who wrote here may see tasks.');

async function describeTask(store: Store, task: Task): Promise<string> {
  const [asks, events] = await Promise.all([
    store.asks.openOf(task.number),
    store.worker.latest(task.number, lastWords),
  ]);
  const { title, text, note } = why(task, asks, Date.now());
  const way = task.planFirst ? 'plan first' : 'without a plan';
  const lines = logLines(events);
  return [
    title,
    text,
    ...(note ? [note] : []),
    `${task.repo}, branch ${task.branch} from ${task.base}, ${way}, ${task.model}`,
    `${money(task.spentUsd)} of ${money(task.budgetUsd)} spent`,
    ...asks.map((ask) => `Open: ${askLine(ask)}`),
    ...(lines.length > 0 ? ['', 'What the worker did last:', ...lines] : []),
    ...(task.plan ? ['', 'The plan:', cut(task.plan, planCharacters)] : []),
  ].join('\n');
}
