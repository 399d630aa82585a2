import { describe, expect, test } from 'vitest';
import { answersOf, type Draft, openQuestions, type Part, partOf, withParts } from './questions.ts';
import type { Question } from './run.ts';

const question = (text: string, multiSelect = false): Question => ({
  ...{ question: text, header: '', multiSelect },
  options: ['a', 'b'].map((label) => ({ label, description: '' })),
});
const two = [question('One?'), question('Many?', true)];

/** A draft after these deeds, one after the other. */
function draftAfter(...deeds: readonly Part[]): Draft {
  let draft: Draft | null = null;
  for (const [n, part] of deeds.entries()) {
    const applied = withParts(two, draft, [part], `${n}`);
    if ('problem' in applied) throw new Error(applied.problem);
    draft = applied.draft;
  }
  if (!draft) throw new Error('no deeds');
  return draft;
}

describe("a button's choice", () => {
  test.each([
    ['q0o1', { type: 'pick', question: 0, option: 1 }],
    ['q3done', { type: 'done', question: 3 }],
    ['q1other', { type: 'write', question: 1, text: 'words' }],
    // Cards of before there were several questions.
    ['o1', { type: 'pick', question: 0, option: 1 }],
    ['other', { type: 'write', question: null, text: 'words' }],
    ['drop', null],
    ['q1', null],
    ['q1o', null],
    ['q1o2done', null],
    ['', null],
  ])('"%s" is %j', (choice, part) => {
    expect(partOf(choice, 'words')).toEqual(part);
  });
});

describe('parts of an answer', () => {
  test('an option of a single choice answers it; the last touch counts until all is answered', () => {
    const draft = draftAfter({ type: 'pick', question: 0, option: 0 }, { type: 'pick', question: 0, option: 1 });
    expect(openQuestions(two, draft)).toEqual([1]);
    expect(answersOf(two, draft)['One?']).toBe('b');
  });

  test('options of several are put in and taken out, in the order offered, until done', () => {
    const picks = [1, 0, 1, 1].map((option): Part => ({ type: 'pick', question: 1, option }));
    expect(openQuestions(two, draftAfter(...picks))).toEqual([0, 1]);
    const draft = draftAfter(...picks, { type: 'done', question: 1 });
    expect(openQuestions(two, draft)).toEqual([0]);
    expect(answersOf(two, draft)['Many?']).toBe('a, b');
  });

  test('words without a question answer the first that is open', () => {
    const draft = draftAfter(
      { type: 'pick', question: 0, option: 0 },
      { type: 'write', question: null, text: ' both ' },
    );
    expect(openQuestions(two, draft)).toEqual([]);
    expect(answersOf(two, draft)).toEqual({ 'One?': 'a', 'Many?': 'both' });
  });

  test.each([
    [{ type: 'done', question: 1 }, 'early'],
    [{ type: 'done', question: 9 }, 'useless'],
    [{ type: 'pick', question: 0, option: 7 }, 'useless'],
    [{ type: 'write', question: 0, text: ' ' }, 'useless'],
  ] as const)('%j changes nothing: %s', (part, problem) => {
    expect(withParts(two, null, [part], 'x')).toEqual({ problem });
  });

  test('when one part of a deed is useless, none counts', () => {
    const parts: Part[] = [
      { type: 'pick', question: 0, option: 0 },
      { type: 'pick', question: 1, option: 7 },
    ];
    expect(withParts(two, null, parts, 'x')).toEqual({ problem: 'useless' });
  });
});
