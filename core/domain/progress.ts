import type { ProgressStep, StepState } from './chat.ts';
import type { Phase, Task } from './task.ts';

/** What the worker was last seen doing, reduced from its events. */
export interface WorkerActivity {
  readonly commits: number;
  readonly doing: string;
}

const stages = ['plan', 'implement', 'ci', 'review'] as const;
type Stage = (typeof stages)[number];

const stageOf: Record<Exclude<Phase, 'closed' | 'cancelled'>, Stage> = {
  planning: 'plan',
  approval: 'plan',
  implementing: 'implement',
  ci: 'ci',
  fixing: 'ci',
  review: 'review',
  addressing: 'review',
  merged: 'review',
};

/** The four steps of a task as its progress message shows them. A task without a plan has three. */
export function progressSteps(
  task: Task,
  titles: Record<Stage, { title: string; detail?: string | undefined }>,
): ProgressStep[] {
  const shown = stages.filter((stage) => stage !== 'plan' || task.planFirst);
  const at = shown.indexOf(currentStage(task));
  return shown.map((stage, index) => ({ id: stage, state: stateOf(task, index, at), ...titles[stage] }));
}

/** The stage a task is in; one that ended early is shown at the stage it had reached. */
function currentStage(task: Task): Stage {
  const { phase, endedIn } = task.status;
  const reached = phase === 'closed' || phase === 'cancelled' ? endedIn : phase;
  return reached && reached !== 'closed' && reached !== 'cancelled' ? stageOf[reached] : 'plan';
}

function stateOf(task: Task, index: number, at: number): StepState {
  const { phase, holder } = task.status;
  if (phase === 'merged' || index < at) return 'done';
  if (index > at) return 'pending';
  if (phase === 'closed' || phase === 'cancelled') return 'failed';
  return holder === 'you' ? 'paused' : 'running';
}
