import type { Task } from '../domain/task.ts';
import type { AskView } from './ask.ts';
import { questionList, questionText } from './choices.ts';
import { hostNumber, isPushed } from './names.ts';
import { code, headline, plain, quote } from './text.ts';

/** The issue's title: the person's words. */
export const issueTitle = (task: Pick<Task, 'title'>): string => headline(task.title);

export interface IssueFacts {
  readonly plan: string | null;
  readonly state: 'planning' | 'waiting' | 'approved';
  /** Who approved the plan. */
  readonly by?: string;
}

/** The issue's text: whose turn it is, what was asked for, the plan, and how to answer. */
export function issueBody(task: Task, { plan, state, by }: IssueFacts): string {
  const first = {
    planning: task.planFirst
      ? 'Nothing needed from you yet: a worker reads the repository and writes a plan here.'
      : 'Nothing needed from you yet: a worker implements this without a plan and opens a draft pull request.',
    waiting: '⏸ **This plan waits for an answer.** Comment `approve`, or write what to change.',
    approved: `✔ Plan approved${by ? ` by ${plain(headline(by))}` : ''}. A worker implements it and opens a draft pull request.`,
  }[state];
  const parts = [first, quote(plain(task.brief)), ...(plan === null ? [] : ['## Plan', plain(plan)])];
  if (state === 'waiting') {
    parts.push(
      '## How to answer',
      'Comment `approve`, or write what to change: the next plan takes it into account. People with write permission decide.',
    );
  }
  return `${parts.join('\n\n')}\n\n<sub>Task ${hostNumber(task)}, from ${code(task.base)} on ${code(task.branch)}</sub>`;
}

/** A question of the worker as a comment on the issue. */
export function questionComment(ask: AskView, task: Task): string {
  const questions = ask.body.kind === 'question' ? ask.body.questions : [];
  const text = questions.length === 1 ? questionText(questions[0]) : questionList(questions);
  return `⏸ **Task ${hostNumber(task)} asks:**\n\n${text}\n\nAnswer with a comment, an option's name or your own words. People with write permission decide.`;
}

/** A comment for whoever takes the work over: why it stopped and where it is. */
export function handover(task: Task, reason: string): string {
  const parts = [`⏸ **Task ${hostNumber(task)} stopped.** ${plain(reason.trim()).replace(/[^.?]$/u, '$&.')}`];
  if (isPushed(task)) {
    parts.push(
      'All work so far is on its branch. To go on from there:',
      `\`\`\`sh\ngit fetch origin ${task.branch} && git switch ${task.branch}\n\`\`\``,
    );
  }
  return parts.join('\n\n');
}
