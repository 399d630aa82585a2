import { Failure } from '../errors.ts';
import { createFakeModel, type FakeAnswer } from './model.ts';
import { modelContract } from './model-contract.ts';

modelContract('the fake', async () => {
  let answer: FakeAnswer = {};
  return {
    model: createFakeModel(() => answer),
    next: ({ text, use }) => {
      answer = { text, use: use ? [use] : [] };
    },
    refuseNext: () => {
      answer = { fails: new Failure('Slow.', { code: 'rate_limited', remedy: 'retry', retryAfterMs: 1_000 }) };
    },
    close: () => Promise.resolve(),
  };
});
