import type { FailureChoice } from '../domain/ask.ts';
import type { Button, Doc } from '../domain/chat.ts';
import type { Draft } from '../domain/questions.ts';
import type { Question } from '../domain/run.ts';
import { cut, headline, plain } from './text.ts';
import { count } from './time.ts';

/** Slack's limit for a button's label is 75; phones show about half of that. */
const labelLength = 40;

const choices: Record<FailureChoice, { label: string; style?: 'primary' | 'danger' }> = {
  retry: { label: 'Try again', style: 'primary' },
  take_over: { label: 'Take over' },
  ignore: { label: 'Ignore this check' },
  drop: { label: 'Drop the task', style: 'danger' },
};

/** What can be done about a parked task, one button each. */
export const choiceButtons = (ask: number, offered: readonly FailureChoice[]): Button[] =>
  offered.map((choice) => ({ token: `answer:${ask}:${choice}`, ...choices[choice] }));

/**
 * The buttons of one question among those of an ask: one per option, and always a free answer. Where several may apply they
 * are put in and taken out, and Done ends it.
 */
export function optionButtons(
  ask: number,
  questions: readonly Question[],
  at: number,
  draft: Draft | null,
): Pick<Doc, 'buttons' | 'note'> {
  const question = questions[at];
  const chosen = draft?.given[at]?.texts ?? [];
  const token = (choice: string) => `answer:${ask}:q${at}${choice}`;
  const form = { title: 'Your answer', label: headline(question?.question ?? 'In your own words', 100) };
  const options = (question?.options ?? []).map((option, index) => ({
    label: headline(`${chosen.includes(option.label) ? '✔ ' : ''}${option.label}`, labelLength),
    token: token(`o${index}`),
  }));
  const isSeveral = question?.multiSelect === true && options.length > 0;
  const done: Button = { label: `Done, ${count(chosen.length, 'choice')}`, token: token('done'), style: 'primary' };
  const buttons: Button[] = [
    ...options,
    { label: 'Other…', token: token('other'), form },
    ...(isSeveral && chosen.length > 0 ? [done] : []),
  ];
  return { buttons: rows(buttons), note: howToAnswer(questions.length > 1 ? at + 1 : null, isSeveral) };
}

function howToAnswer(number: number | null, isSeveral: boolean): string {
  const written = number === null ? 'A written reply works too.' : `A written reply answers question ${number}.`;
  return isSeveral ? `Press all that apply, then Done. ${written}` : written;
}

/** Short labels share a row, long ones get a row each; no row has more than 5 (Discord). */
function rows(buttons: readonly Button[]): Button[][] {
  const width = buttons.reduce((sum, button) => sum + button.label.length, 0);
  const perRow = width > labelLength && buttons.length <= 5 ? 1 : 5;
  return Array.from({ length: Math.ceil(buttons.length / perRow) }, (_, row) =>
    buttons.slice(row * perRow, (row + 1) * perRow),
  );
}

/** A question with what its options mean. */
export function questionText(question: Question | undefined): string {
  if (!question) return '';
  const options = question.options.map(({ label, description }) => {
    const meaning = description.trim() === '' ? '' : `: ${cut(plain(headline(description, 300)), 200)}`;
    return `- **${plain(headline(label))}**${meaning}`;
  });
  return [plain(question.question.trim()), ...(options.length > 0 ? ['', ...options] : [])].join('\n');
}

/** Several questions, numbered, so that a reply can refer to them; those that have an answer say which. */
export const questionList = (questions: readonly Question[], draft: Draft | null = null): string =>
  questions
    .map((question, index) => {
      const asked = `${index + 1}. ${plain(headline(question.question, 300))}`;
      const given = draft?.given[index];
      if (given?.done) return `${asked} ✔ ${plain(headline(given.texts.join(', '), 100))}`;
      const options = question.options.map((option) => plain(headline(option.label)));
      const hint = options.length > 0 ? ` (${options.join(' / ')})` : '';
      return asked + hint;
    })
    .join('\n');
