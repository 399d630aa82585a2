import type { Answer, AskBody, AskKind, FailureChoice } from '../domain/ask.ts';
import type { Button, Doc } from '../domain/chat.ts';
import { type Draft, openQuestions } from '../domain/questions.ts';
import type { Question } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { choiceButtons, optionButtons, questionList, questionText } from './choices.ts';
import { laterButton } from './later.ts';
import { details, links, platformName, taskTitle } from './names.ts';
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
  /** Answers to some of its questions. */
  readonly draft: Draft | null;
  /** Whom somebody handed it to, and who did. */
  readonly delegated: { readonly to: string; readonly by: string } | null;
  readonly answeredBy: string | null;
  readonly answeredOn: string | null;
  readonly createdAt: number;
  readonly answeredAt: number | null;
}

export interface AskFacts {
  readonly now: number;
  /** Where the whole plan can be read; the task's issue unless given. */
  readonly planUrl?: string | null;
  /** The task's page, for cards that stand elsewhere. */
  readonly taskUrl?: string | null;
}

/** The card of an ask on any surface: what is wanted, then what to decide by; once settled, who answered where and when. */
export function askCard(ask: AskView, task: Task, facts: AskFacts): Doc {
  if (ask.state === 'answered') return { text: answeredText(ask) };
  if (ask.state === 'withdrawn') return { text: withdrawnText(ask, task) };
  const doc = openCard(ask, task, facts);
  const { delegated } = ask;
  const handed = delegated ? `${plain(headline(delegated.by))} handed this to ${plain(headline(delegated.to))}.` : '';
  const note = [handed, doc.note ?? ''].filter((part) => part !== '').join(' ');
  return { ...doc, buttons: withLater(doc.buttons ?? [], ask.id), ...(note === '' ? {} : { note }) };
}

/** Beside the answers where there is room: no row has more than 5 (Discord). */
function withLater(rows: readonly (readonly Button[])[], id: number): readonly (readonly Button[])[] {
  const last = rows.at(-1) ?? [];
  return last.length < 5 ? [...rows.slice(0, -1), [...last, laterButton(id)]] : [...rows, [laterButton(id)]];
}

function openCard(ask: AskView, task: Task, { planUrl, taskUrl }: AskFacts): Doc {
  const { id, body } = ask;
  const where = [task.repo, taskTitle(task), ...details(taskUrl)].join(' · ');
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
      return { title, ...questionDoc(ask, body.questions, where) };
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

/** Questions are answered one after the other: what has an answer, then the first that has none with its options. */
function questionDoc({ id, draft }: AskView, questions: readonly Question[], where: string): Omit<Doc, 'title'> {
  const at = openQuestions(questions, draft)[0] ?? 0;
  const asked = questionText(questions[at]);
  const text = questions.length === 1 ? asked : `${questionList(questions, draft)}\n\n**Question ${at + 1}:** ${asked}`;
  return { text: `${text}\n\n${where}`, ...optionButtons(id, questions, at, draft) };
}

/** The buttons of an open ask, for whoever shows it in another card. */
export const askButtons = (ask: AskView, task: Task): readonly (readonly Button[])[] =>
  askCard(ask, task, { now: ask.createdAt }).buttons ?? [];

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
      if (body.questions.length === 1) return `#${task} asks`;
      return `#${task} asks ${body.questions.length} things${progress(body.questions, ask.draft)}`;
    case 'review':
      return `#${task} is ready for your review`;
    case 'budget':
      return body.hard ? `⏸ #${task} has spent its ${money(body.limitUsd)}` : `#${task} is close to its budget`;
    case 'failure':
      return `⏸ #${task} is parked: ${plain(headline(body.title, 100))}`;
  }
}

/** `, 1 answered`, once one is. */
function progress(questions: readonly Question[], draft: Draft | null): string {
  const answered = questions.length - openQuestions(questions, draft).length;
  return answered === 0 ? '' : `, ${answered} answered`;
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
  const ended = why[task.status.phase];
  // Somebody reviewed it on the code host, or pushed: nothing that one would call going on without them.
  if (ask.kind === 'review' && !ended) return `✔ **#${ask.task}** waits for no review now: its branch is changing.`;
  return `✔ No answer needed any more for **#${ask.task}**: ${ended ?? 'the task went on without it'}.`;
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

/** Said to a person whose touch or sentence changed nothing. */
export const nothingChosen = 'Nothing is chosen yet: press what applies, then Done. Or write your answer.';
export const nothingSaid = 'What you wrote was empty or names no option, so nothing changed.';
export const noLongerNeeded = 'That needs no answer any more.';

/** Who was first; a person who changed their mind reads what they can do now. */
export const alreadyAnswered = (
  { answeredBy, answer }: { readonly answeredBy: string | null; readonly answer: Answer | null },
  name: string,
): string =>
  answeredBy === name && answer
    ? `You ${answerWords(answer)} before. To change that, say it in the task's thread.`
    : `${answeredBy ?? 'Somebody'} already answered that.`;

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
