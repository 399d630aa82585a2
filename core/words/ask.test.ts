import { describe, expect, it } from 'vitest';
import { answerFromWords } from '../domain/ask.ts';
import type { Question } from '../domain/run.ts';
import { answerWords, askCard, askLine, askNeed } from './ask.ts';
import { answeredAsk, answers, bodies, now, openAsk, question, task } from './examples.ts';
import { clock } from './time.ts';

const tokens = (body: (typeof bodies)[number]) =>
  (askCard(openAsk(body), task(), { now }).buttons ?? []).flat().map((button) => button.token ?? button.url);

describe('an open ask', () => {
  it('for a plan can be approved, revised, dropped and read', () => {
    const card = askCard(openAsk({ kind: 'plan', summary: 'a\nb\nc\nd', version: 1 }), task(), {
      now,
      planUrl: 'https://x/plan',
    });
    expect(card.title).toBe('#41 wants you to read its plan');
    expect(card.text).toContain('a\nb\nc …');
    const buttons = (card.buttons ?? []).flat();
    expect(buttons.map((button) => button.token ?? button.url)).toEqual([
      'answer:12:approve',
      'answer:12:revise',
      'answer:12:drop',
      'https://x/plan',
      'later:12',
    ]);
    expect(buttons.filter((button) => button.form).map((button) => button.token)).toEqual(['answer:12:revise']);
  });

  it('that is a question is answered by one touch or in own words', () => {
    const card = askCard(openAsk({ kind: 'question', questions: [question] }), task(), { now });
    const buttons = (card.buttons ?? []).flat();
    expect(buttons.map((button) => button.token)).toEqual([
      'answer:12:q0o0',
      'answer:12:q0o1',
      'answer:12:q0other',
      'later:12',
    ]);
    expect(buttons.at(-2)?.form).toBeDefined();
    expect(card.text).toMatch(/^Which behaviour for "31\/02"\?/);
    expect(card.text).toContain('**Reject with an error**: what the tests suggest');
  });

  it('of several questions shows what is answered and asks the next', () => {
    const questions = [question, { ...question, question: 'Keep the old text?', multiSelect: true }];
    const first = askCard(openAsk({ kind: 'question', questions }), task(), { now });
    expect(first.title).toBe('#41 asks 2 things');
    expect(first.buttons?.flat()[0]?.token).toBe('answer:12:q0o0');
    const draft = {
      given: {
        0: { texts: ['Clamp to the last day'], done: true },
        1: { texts: ['Reject with an error'], done: false },
      },
      deeds: [],
    };
    const then = askCard(openAsk({ kind: 'question', questions }, { draft }), task(), { now });
    expect(then.title).toBe('#41 asks 2 things, 1 answered');
    expect(then.text).toMatch(/^1\. .* ✔ Clamp to the last day\n2\. Keep the old text\? /);
    expect(then.text).toContain('**Question 2:** Keep the old text?');
    const labels = then.buttons?.flat().map(({ label, token }) => `${label} ${token}`);
    expect(labels).toEqual([
      '✔ Reject with an error answer:12:q1o0',
      'Clamp to the last day answer:12:q1o1',
      'Other… answer:12:q1other',
      'Done, 1 choice answer:12:q1done',
      'Later… later:12',
    ]);
  });

  it('of a question without options still takes an answer', () => {
    expect(tokens({ kind: 'question', questions: [{ ...question, options: [] }] })).toEqual([
      'answer:12:q0other',
      'later:12',
    ]);
  });

  it('never has more than 5 buttons in a row, whatever the worker offers', () => {
    const many: Question = {
      ...question,
      options: Array.from({ length: 12 }, (_, i) => ({ label: `option ${i}`, description: '' })),
    };
    const rows = askCard(openAsk({ kind: 'question', questions: [many] }), task(), { now }).buttons ?? [];
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(5);
    expect(rows.flat()).toHaveLength(14);
  });

  it('for money offers what a plain yes would add', () => {
    const body = { kind: 'budget', spentUsd: 4.1, limitUsd: 5, hard: false } as const;
    expect(askCard(openAsk(body), task(), { now }).buttons?.[0]?.[0]?.label).toBe('Add $5');
    expect(answerFromWords(body, 'yes')).toEqual({ type: 'raise', usd: 5 });
  });

  it('for a failure offers exactly its choices', () => {
    expect(tokens({ kind: 'failure', title: 't', reason: 'r', choices: ['drop', 'ignore'] })).toEqual([
      'answer:12:drop',
      'answer:12:ignore',
      'later:12',
    ]);
  });
});

describe('a settled ask', () => {
  it('says what, who, where and when', () => {
    const card = askCard(answeredAsk({ kind: 'plan', summary: '', version: 1 }, { type: 'approve' }), task(), { now });
    expect(card).toEqual({ text: `✔ Plan of **#41** approved by Ben on Discord, ${clock(now)}.` });
  });

  it.each(bodies.flatMap((body) => answers.map((answer) => [body, answer] as const)))(
    'keeps no buttons: %j %j',
    (body, answer) => {
      const card = askCard(answeredAsk(body, answer), task(), { now });
      expect(card.buttons).toBeUndefined();
      expect(card.text).toMatch(/^✔ .*#41.* by Ben on Discord, \d\d:\d\d/);
    },
  );

  it('quotes what the person wrote', () => {
    const card = askCard(
      answeredAsk({ kind: 'plan', summary: '', version: 1 }, { type: 'revise', text: 'keep the old text' }),
      task(),
      { now },
    );
    expect(card.text).toContain('"keep the old text"');
  });

  it.each([
    ['review', 'merged', '✔ No answer needed any more for **#41**: it is merged.'],
    ['review', 'cancelled', '✔ No answer needed any more for **#41**: it was cancelled.'],
    ['review', 'closed', '✔ No answer needed any more for **#41**: its PR was closed.'],
    ['review', 'ci', '✔ **#41** waits for no review now: its branch is changing.'],
    ['plan', 'ci', '✔ No answer needed any more for **#41**: the task went on without it.'],
  ] as const)('that was withdrawn says why: %s in %s', (kind, phase, text) => {
    const body = kind === 'plan' ? { kind, summary: '', version: 1 } : { kind, summary: '' };
    const card = askCard(openAsk(body, { state: 'withdrawn' }), task({ phase }), { now });
    expect(card).toEqual({ text });
  });
});

it('the thread reads whom it waits for', () => {
  expect(askLine(openAsk({ kind: 'plan', summary: '', version: 1 }), task(), 'Ana')).toBe(
    '⏸ I asked Ana to read the plan of **#41**.',
  );
  for (const body of bodies) expect(askLine(openAsk(body), task())).toContain('#41');
});

it('every answer and every need reads as words', () => {
  for (const answer of answers) expect(answerWords(answer)).toMatch(/^[a-z]/);
  for (const body of bodies) expect(askNeed(openAsk(body))).toMatch(/^[a-z]/);
});
