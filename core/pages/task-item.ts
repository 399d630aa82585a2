import { isFinal, type Task } from '../domain/task.ts';
import { taskTitle } from '../words/names.ts';
import { ciLine, shortStatus } from '../words/status.ts';
import { taskSteps } from '../words/task.ts';
import { why } from '../words/why.ts';
import { ciOf } from '../workflows/cards.ts';
import type { Standing } from './standing.ts';
import type { TaskItem } from './types.ts';

/** A task as lists show it. `doing`: what its worker does now. */
export function taskItem(task: Task, standing: Standing, doing: string): TaskItem {
  const { number, repo, status, spentUsd, budgetUsd, createdAt, endedAt, issue, pull, place, person } = task;
  const { phase, holder, since, nextAt, parked } = status;
  const asks = standing.asksOf(number);
  const who = standing.whoOf(task);
  return {
    ...{
      number,
      repo,
      phase,
      holder,
      since,
      nextAt,
      parked,
      spentUsd,
      budgetUsd,
      createdAt,
      endedAt,
      issue,
      pull,
      place,
    },
    title: taskTitle(task),
    final: isFinal(status),
    short: shortStatus(task, who),
    sentences: why(task, standing.openOf(number), standing.now, who).text,
    steps: taskSteps(task, { activity: { commits: 0, doing }, asks, ci: ciOf(task) }),
    ci: ciLine(task, standing.answering.projectOf(repo)?.withoutCi ?? false),
    person: { id: person, name: standing.answering.nameOf(person) },
    asks: standing.openOf(number).filter((ask) => standing.answering.may(standing.viewer, ask)).length,
  };
}
