import { planBrief } from '../words/briefs.ts';
import { ask, park } from './asking.ts';
import { Dropped, type TaskContext } from './context.ts';
import { publishPlan } from './issue.ts';
import { perform } from './perform.ts';
import { stage } from './stage.ts';

/**
 * Plans until a person agrees. "Looks good, but…" is a revision: the next plan sees the earlier ones and what was said.
 * Answers the approved plan.
 */
export async function agreeOnPlan(context: TaskContext): Promise<string> {
  const feedback: { plan: string; text: string }[] = [];
  for (let version = 1; ; version += 1) {
    const outcome = await perform(context, 'plan', planBrief({ task: context.wish, feedback }));
    if (outcome.type !== 'planned') {
      await park(context, { code: 'no_plan', reason: outcome.summary });
      continue;
    }
    const { plan, summary } = outcome;
    await stage(context, () => publishPlan(context, plan, 'waiting'), 'publish-plan-stage');
    const { answer, by } = await ask(context, { kind: 'plan', summary, version }, { detail: 'plan to read' });
    if (answer.type === 'approve') {
      await stage(context, () => publishPlan(context, plan, 'approved', by), 'publish-plan-stage');
      return plan;
    }
    if (answer.type === 'drop') throw new Dropped(by);
    feedback.push({ plan, text: 'text' in answer ? answer.text : JSON.stringify(answer) });
  }
}
