import type { Question } from './run.ts';

/** What was answered to one question. */
export interface Given {
  readonly texts: readonly string[];
  /** False while a person is still choosing among several. */
  readonly done: boolean;
}

/** Answers given so far to the questions of an ask; kept with it until all are there. */
export interface Draft {
  /** By the question's position, from 0. */
  readonly given: Readonly<Record<string, Given>>;
  /** The deeds that are in it, by origin: a deed that is repeated after a crash changes nothing. */
  readonly deeds: readonly string[];
}

/** One touch or one sentence: part of the answer. `question: null` means the first that is still open. */
export type Part =
  | { type: 'pick'; question: number; option: number }
  | { type: 'done'; question: number }
  | { type: 'write'; question: number | null; text: string };

/** What became of a deed: `useless` when it names what is not there or is empty, `early` when nothing is chosen yet. */
export type Applied = { draft: Draft } | { problem: 'useless' | 'early' };

/** Positions of the questions that have no answer yet, in order. */
export const openQuestions = (questions: readonly Question[], draft: Draft | null): number[] =>
  questions.flatMap((_, at) => (draft?.given[at]?.done ? [] : [at]));

/** The answers by the questions' texts, as the worker hears them. */
export const answersOf = (questions: readonly Question[], draft: Draft): Record<string, string> =>
  Object.fromEntries(questions.map(({ question }, at) => [question, draft.given[at]?.texts.join(', ') ?? '']));

/** A button's choice as part of an answer: `q0o2`, `q1done`, `q1other`; `text` is what was written into its form. */
export function partOf(choice: string, text: string): Part | null {
  const [, asked, option, word] = /^(?:q(\d{1,2}))?(?:o(\d{1,2})|(done|other))$/.exec(choice) ?? [];
  const question = asked === undefined ? null : Number(asked);
  if (option !== undefined) return { type: 'pick', question: question ?? 0, option: Number(option) };
  if (word === 'done') return { type: 'done', question: question ?? 0 };
  return word === 'other' ? { type: 'write', question, text } : null;
}

/**
 * A draft with the parts of one deed in it. An option of a single choice answers its question; of several it is put in or
 * taken out until "done". Written words are an answer beside what was chosen, or a new one.
 */
export function withParts(
  questions: readonly Question[],
  draft: Draft | null,
  parts: readonly Part[],
  origin: string,
): Applied {
  let given: Draft['given'] = draft?.given ?? {};
  for (const part of parts) {
    const at = part.question ?? openQuestions(questions, { given, deeds: [] })[0];
    const question = at === undefined ? undefined : questions[at];
    if (at === undefined || !question) return { problem: 'useless' };
    const next = answered(question, given[at], part);
    if (next === 'useless' || next === 'early') return { problem: next };
    given = { ...given, [at]: next };
  }
  return { draft: { given, deeds: [...(draft?.deeds ?? []), origin] } };
}

/** As the question offers them, whatever the order of the touches; own words last. */
function inOrder({ options }: Question, texts: readonly string[]): string[] {
  const offered = options.map(({ label }) => label).filter((label) => texts.includes(label));
  return [...offered, ...texts.filter((text) => !offered.includes(text))];
}

function answered(question: Question, before: Given | undefined, part: Part): Given | 'useless' | 'early' {
  const chosen = question.multiSelect ? (before?.texts ?? []) : [];
  switch (part.type) {
    case 'pick': {
      const label = question.options[part.option]?.label;
      if (label === undefined) return 'useless';
      if (!question.multiSelect) return { texts: [label], done: true };
      const others = chosen.filter((text) => text !== label);
      return { texts: inOrder(question, others.length < chosen.length ? others : [...chosen, label]), done: false };
    }
    case 'done':
      if (before?.done) return before;
      return chosen.length > 0 ? { texts: chosen, done: true } : 'early';
    case 'write': {
      const text = part.text.trim();
      return text === '' ? 'useless' : { texts: before?.done ? [text] : [...chosen, text], done: true };
    }
  }
}
