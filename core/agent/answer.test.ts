import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AskBody } from '../domain/ask.ts';
import type { Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import { createFakeModel } from '../testing/model.ts';
import { admit, askOf, assistantIn, call, channel, type House, hear, openHouse, plan, taskOf } from './testing.ts';

let house: House;
let ana: Person;

let place: Place;
let places = 0;
const model = createFakeModel(() => ({ text: 'ok' }));
beforeAll(async () => {
  house = await openHouse();
  ana = await admit(house, 'Ana', 'member');
});
afterAll(() => house?.close());
beforeEach(() => {
  places += 1;
  place = channel(`C${places}`);
  house.told.length = 0;
});

const assistant = () => assistantIn(house, model);
const says = (text: string) => hear(house, place, { by: ana, text });

describe('answer_ask', () => {
  const answered = async (body: AskBody, text: string, input: object) => {
    places += 1;
    const here = channel(`C${places}`);
    const ask = await askOf(house, await taskOf(house, ana, here), body);
    const turn = await hear(house, here, { by: ana, text });
    const outcome = await assistant().use(
      turn,
      call('answer_ask', { ask: ask.id, message: turn.said[0]?.id, ...input }),
    );
    return { outcome, answer: (await house.store.asks.find(ask.id))?.answer };
  };

  test('approves a plan when the message says so, and the task hears it', async () => {
    const { answer } = await answered(plan, 'the plan looks good to me', { decision: 'approve' });
    expect(answer).toEqual({ type: 'approve' });
    expect(house.told).toHaveLength(1);
  });

  test('turns an approval with a reservation into a revision with all that was said', async () => {
    const text = 'looks good, but keep the old error text';
    const { outcome, answer } = await answered(plan, text, { decision: 'approve' });
    expect(answer).toEqual({ type: 'revise', text });
    expect(outcome.content).toContain('not as an approval');
  });

  test('does not approve what nobody said', async () => {
    const { outcome, answer } = await answered(plan, 'how is #41 going', { decision: 'approve' });
    expect(outcome.isError).toBe(true);
    expect(answer).toBeNull();
  });

  const question = (text: string) => ({ question: text, header: text.slice(0, 5), options: [], multiSelect: false });
  test('gives each question its answer', async () => {
    const body: AskBody = { kind: 'question', questions: [question('Which day?'), question('Which browser?')] };
    const one = await answered(body, 'Monday, Safari', { decision: 'reply', answers: { '1': 'Monday' } });
    expect(one.outcome.content).toContain('Which browser?');
    const both = await answered(body, 'Monday, Safari', {
      decision: 'reply',
      answers: { '1': 'Monday', 'Which browser?': 'Safari' },
    });
    expect(both.answer).toEqual({ type: 'reply', answers: { 'Which day?': 'Monday', 'Which browser?': 'Safari' } });
  });

  const budget: AskBody = { kind: 'budget', spentUsd: 5, limitUsd: 5, hard: true };
  test('raises a budget only by what was offered or named', async () => {
    expect((await answered(budget, 'sure', { decision: 'raise' })).answer).toEqual({ type: 'raise', usd: 5 });
    expect((await answered(budget, 'give it $20 more', { decision: 'raise', usd: 20 })).answer).toEqual({
      type: 'raise',
      usd: 20,
    });
    expect((await answered(budget, 'sure', { decision: 'raise', usd: 500 })).outcome.content).toMatch(/^usd:/);
    expect((await answered(budget, 'how much was it', { decision: 'raise' })).outcome.isError).toBe(true);
  });

  const failure: AskBody = { kind: 'failure', title: 'CI is red', reason: 'test fails', choices: ['retry', 'drop'] };
  test('takes only a choice that is offered', async () => {
    expect((await answered(failure, 'try again', { decision: 'choose', choice: 'retry' })).answer).toMatchObject({
      choice: 'retry',
    });
    const { outcome } = await answered(failure, 'ignore it', { decision: 'choose', choice: 'ignore' });
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining('offered are retry, drop') });
  });

  test('says what fits when the decision does not', async () => {
    expect((await answered(failure, 'yes', { decision: 'approve' })).outcome.content).toContain('choose or revise');
    const turn = await says('yes');
    const lost = call('answer_ask', { ask: 99_999, message: turn.said[0]?.id, decision: 'approve' });
    expect(await assistant().use(turn, lost)).toMatchObject({ isError: true, content: expect.stringMatching(/^ask:/) });
  });
});
