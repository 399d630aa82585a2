import type { FailureChoice } from '../domain/ask.ts';
import type { Button, Doc } from '../domain/chat.ts';
import type { Question } from '../domain/run.ts';
import { cut, headline, plain } from './text.ts';

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

/** A button per option of one question and always a free answer. */
export function optionButtons(ask: number, question: Question | undefined): Pick<Doc, 'buttons' | 'note'> {
  const options = question?.options ?? [];
  const form = { title: 'Your answer', label: headline(question?.question ?? 'In your own words', 100) };
  const buttons: Button[] = [
    ...options.map((option, index) => ({
      label: headline(option.label, labelLength),
      token: `answer:${ask}:o${index}`,
    })),
    { label: 'Other…', token: `answer:${ask}:other`, form },
  ];
  const note = question?.multiSelect ? 'Several may apply: write them, or press one.' : 'A written reply works too.';
  return { buttons: rows(buttons), note };
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

/** Several questions, numbered, so that a reply can refer to them. */
export const questionList = (questions: readonly Question[]): string =>
  questions
    .map((question, index) => {
      const options = question.options.map((option) => plain(headline(option.label)));
      const hint = options.length > 0 ? ` (${options.join(' / ')})` : '';
      return `${index + 1}. ${plain(headline(question.question, 300))}${hint}`;
    })
    .join('\n');
