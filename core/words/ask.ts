import type { Answer, AskBody, AskKind, FailureChoice } from '../domain/ask.ts';
import type { Button, Doc } from '../domain/chat.ts';
import type { Task } from '../domain/task.ts';
import { choiceButtons, optionButtons, questionList, questionText } from './choices.ts';
import { links, platformName, taskTitle } from './names.ts';
import { cut, firstLines, headline, plain } from './text.ts';
import { clock, money } from './time.ts';

/** An ask as the store keeps it. */
export interface AskView {
  readonly id: number;
  readonly task: number;
  readonly kind: AskKind;
  readonly body: AskBody;
  readonly state: 'open' | 'answered' | 'withdrawn';
  readonly answer: Answer | null;
  readonly answeredBy: string | null;
  readonly answeredOn: string | null;
  readonly createdAt: number;
  readonly answeredAt: number | null;
}

export interface AskFacts {
  readonly now: number;
  /** Where the whole plan can be read; the task's issue unless given. */
  readonly planUrl?: string | null;
}

/** The card of an ask on any surface: what is wanted, then what to decide by; once settled, who answered where and when. */
export function askCard(ask: AskView, task: Task, { planUrl }: AskFacts): Doc {
  if (ask.state === 'answered') return { text: answeredText(ask) };
  if (ask.state === 'withdrawn') return { text: withdrawnText(ask, task) };
  const { id, body } = ask;
  const where = `${task.repo} · ${taskTitle(task)}`;
  const title = askTitle(ask);
  switch (body.kind) {
    case 'plan':
      return {
        title,
        text: `${where}\n\n${firstLines(body.summary, 3)}`,
        note: 'A written reply works too: "fine, but keep the old error text".',
        buttons: [
          [
            { label: 'Approve plan', token: `answer:${id}:approve`, style: 'primary' },
            revise(id, 'Ask for changes', 'What should the plan do differently?'),
            { label: 'Drop the task', token: `answer:${id}:drop`, style: 'danger' },
            ...readAll(planUrl ?? task.issue?.url),
          ],
        ],
      };
    case 'question':
      return body.questions.length === 1
        ? { title, text: `${questionText(body.questions[0])}\n\n${where}`, ...optionButtons(id, body.questions[0]) }
        : {
            title,
            text: `${questionList(body.questions)}\n\n${where}`,
            note: 'One reply in your own words answers them all.',
            buttons: [[{ label: 'Answer…', token: `answer:${id}:other`, style: 'primary', form: freeAnswer }]],
          };
    case 'review':
      return {
        title,
        text: [
          [where, ...links(task)].join(' · '),
          ...(body.summary === task.title ? [] : ['', firstLines(body.summary, 3)]),
        ].join('\n'),
        note: 'Merge it on GitHub, or write here what to change.',
        buttons: [
          [
            ...(task.pull ? [{ label: 'Open PR', url: task.pull.url, style: 'primary' as const }] : []),
            revise(id, 'Ask for changes', 'What should be changed?'),
          ],
        ],
      };
    case 'budget':
      return {
        title,
        text: `${where}\n\n${budgetText(body)}`,
        buttons: [
          [
            { label: `Add ${money(body.limitUsd)}`, token: `answer:${id}:raise`, style: 'primary' },
            { label: 'Drop the task', token: `answer:${id}:drop`, style: 'danger' },
          ],
        ],
      };
    case 'failure':
      return {
        title,
        text: `${plain(body.reason)}\n\n${[where, ...links(task)].join(' · ')}`,
        note: 'Or write what to do instead.',
        buttons: [choiceButtons(id, body.choices)],
      };
  }
}

/** The buttons of an open ask, for whoever shows it in another card. */
export const askButtons = (ask: AskView, task: Task): readonly (readonly Button[])[] =>
  askCard(ask, task, { now: ask.createdAt }).buttons ?? [];

const freeAnswer = { title: 'Your answer', label: 'In your own words' };

const revise = (id: number, label: string, question: string): Button => ({
  label,
  token: `answer:${id}:revise`,
  form: { title: label, label: question },
});

const readAll = (url: string | null | undefined): Button[] => (url ? [{ label: 'Read it all', url }] : []);

function askTitle(ask: AskView): string {
  const { body, task } = ask;
  switch (body.kind) {
    case 'plan':
      return body.version > 1 ? `#${task} wants you to read its revised plan` : `#${task} wants you to read its plan`;
    case 'question':
      return body.questions.length === 1 ? `#${task} asks` : `#${task} asks ${body.questions.length} things`;
    case 'review':
      return `#${task} is ready for your review`;
    case 'budget':
      return body.hard ? `⏸ #${task} has spent its ${money(body.limitUsd)}` : `#${task} is close to its budget`;
    case 'failure':
      return `⏸ #${task} is parked: ${plain(headline(body.title, 100))}`;
  }
}

function budgetText({ spentUsd, limitUsd, hard }: { spentUsd: number; limitUsd: number; hard: boolean }): string {
  const spent = `${money(spentUsd)} of ${money(limitUsd)} is spent.`;
  return hard
    ? `${spent} The worker stopped; its work is pushed and the sandbox is free. More money and it goes on from there.`
    : `${spent} The worker goes on and stops at the limit, unless you add to it.`;
}

/** ` by Ben on Discord`, as far as it is known. */
export function whoAndWhere({ answeredBy, answeredOn }: Pick<AskView, 'answeredBy' | 'answeredOn'>): string {
  const by = answeredBy ? ` by ${plain(headline(answeredBy))}` : '';
  return answeredOn ? `${by} on ${platformName(answeredOn)}` : by;
}

function answeredText(ask: AskView): string {
  const at = ask.answeredAt === null ? '' : `, ${clock(ask.answeredAt)}`;
  return `✔ ${outcome(ask)}${whoAndWhere(ask)}${at}.${said(ask.answer)}`;
}

/** What the person wrote, where they wrote something. */
function said(answer: Answer | null): string {
  if (answer?.type === 'revise') return `\n"${firstLines(answer.text, 2)}"`;
  if (answer?.type === 'reply')
    return `\n"${[...new Set(Object.values(answer.answers))].map((text) => firstLines(text, 2)).join('", "')}"`;
  return '';
}

const chosen: Record<FailureChoice, string> = {
  retry: 'another try',
  ignore: 'its failed check ignored',
  take_over: 'taken over',
  drop: 'dropped',
};

function outcome({ task, kind, answer }: AskView): string {
  switch (answer?.type) {
    case 'approve':
      return kind === 'plan' ? `Plan of **#${task}** approved` : `**#${task}** approved`;
    case 'revise':
      return kind === 'plan' ? `Changes to the plan of **#${task}** asked for` : `Changes to **#${task}** asked for`;
    case 'drop':
      return `**#${task}** dropped`;
    case 'reply':
      return `Question of **#${task}** answered`;
    case 'raise':
      return `${money(answer.usd)} added to **#${task}**`;
    case 'choose':
      return `**#${task}**: ${chosen[answer.choice]}`;
    case undefined:
      return `**#${task}** answered`;
  }
}

function withdrawnText(ask: AskView, task: Task): string {
  const why: Partial<Record<Task['status']['phase'], string>> = {
    merged: 'it is merged',
    closed: 'its PR was closed',
    cancelled: 'it was cancelled',
  };
  return `✔ No answer needed any more for **#${ask.task}**: ${why[task.status.phase] ?? 'the task went on without it'}.`;
}

const needs = (body: AskBody): string => {
  switch (body.kind) {
    case 'plan':
      return body.version > 1 ? 'revised plan to read' : 'plan to read';
    case 'question':
      return body.questions.length === 1
        ? `asks ${cut(plain(headline(body.questions[0]?.question ?? '', 200)), 80)}`
        : `asks ${body.questions.length} things`;
    case 'review':
      return 'ready for review';
    case 'budget':
      return body.hard ? `has spent its ${money(body.limitUsd)}` : 'is close to its budget';
    case 'failure':
      return `parked: ${plain(headline(body.title, 80))}`;
  }
};

/** What an ask wants, without its task: `plan to read`, `asks which database…`. For lists. */
export const askNeed = (ask: Pick<AskView, 'body'>): string => needs(ask.body);

/** One line for the thread, so that those who watch know whom it waits for: `I asked Ana to read the plan of #41.` */
export function askLine(ask: AskView, task: Task, person: string | null = null): string {
  const name = person ? plain(headline(person)) : 'the person who started it';
  const what: Record<AskKind, string> = {
    plan: `to read the plan of **#${task.number}**`,
    question: `a question about **#${task.number}**`,
    review: `to review **#${task.number}**`,
    budget: `about the budget of **#${task.number}**`,
    failure: `what to do about **#${task.number}**`,
  };
  return `⏸ I asked ${name} ${what[ask.kind]}.`;
}

/** How an answer reads in the history. */
export function answerWords(answer: Answer): string {
  switch (answer.type) {
    case 'approve':
      return 'approved';
    case 'revise':
      return `asked for changes: "${firstLines(answer.text, 3)}"`;
    case 'drop':
      return 'dropped the task';
    case 'reply':
      return `answered: "${[...new Set(Object.values(answer.answers))].map((text) => firstLines(text, 2)).join('", "')}"`;
    case 'raise':
      return `added ${money(answer.usd)} to the budget`;
    case 'choose':
      return {
        retry: 'tried again',
        ignore: 'ignored the failed check',
        take_over: 'took it over',
        drop: 'dropped the task',
      }[answer.choice];
  }
}
