import { describe, expect, it } from 'vitest';
import { askCard } from './ask.ts';
import { now, offences, openAsk, task } from './examples.ts';
import { failureTable } from './failure-table.ts';
import { failureAsk } from './failures.ts';

const codes = [...Object.keys(failureTable), 'something_new', 'constructor'];

describe.each(codes)('%s', (code) => {
  const words = failureAsk(code, { reason: 'exit code 137', rounds: '3', repo: 'acme/web' });

  it('says what happened, what I do and what the reader can do', () => {
    const sentences = words.reason.split(/(?<=[.?…]) (?=[A-Z])/u);
    expect(sentences.length).toBeGreaterThanOrEqual(3);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[.?…]$/su);
    expect(words.reason).toContain('xit code 137');
  });

  it('has a title that follows "is parked:" and a choice to go on or to end it', () => {
    expect(words.title).not.toMatch(/[{}]|[.]$/);
    expect(words.title.length).toBeLessThanOrEqual(60);
    expect(words.choices).toContain('drop');
    expect(words.choices).toContain('retry');
  });

  it('reads well as a card', () => {
    expect(offences(askCard(openAsk({ kind: 'failure', ...words }), task(), { now }))).toEqual([]);
  });
});

it('red CI names the checks and how often it was tried, and can be ignored', () => {
  const words = failureAsk('ci_red', { reason: 'test (node 20), lint', rounds: '3' });
  expect(words.title).toBe('CI is still red after 3 fixes');
  expect(words.reason).toMatch(/^Red: test \(node 20\), lint\. The work so far is pushed/);
  expect(words.choices).toEqual(['retry', 'take_over', 'ignore', 'drop']);
  expect(failureAsk('ci_red', { rounds: '1' }).title).toBe('CI is still red after 1 fix');
});

it('a repository that cannot be seen is named', () => {
  expect(failureAsk('repository_not_found', { repo: 'acme/secret' }).title).toBe("I can't see acme/secret");
});

it('a reason of strangers pings nobody', () => {
  expect(failureAsk('nothing_changed', { reason: '@everyone <!channel>' }).reason).not.toMatch(/@everyone|<!/);
});
