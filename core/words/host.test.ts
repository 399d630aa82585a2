import { describe, expect, it } from 'vitest';
import { hostile, openAsk, question, task } from './examples.ts';
import { handover, issueBody, issueTitle, questionComment } from './issue.ts';
import { pullBody, pullTitle, reviewReply } from './pull.ts';

const alive = /@everyone|<!channel>|<@U|\]\(javascript|<!--|!\[|<img|fixes #5|\u202e/;

describe('the issue', () => {
  it('says first whose turn it is', () => {
    expect(issueBody(task(), { plan: null, state: 'planning' })).toMatch(/^Nothing needed from you yet/);
    expect(issueBody(task(), { plan: 'p', state: 'waiting' })).toMatch(
      /^⏸ \*\*This plan waits for an answer\.\*\* Comment `approve`/,
    );
    expect(issueBody(task(), { plan: 'p', state: 'approved', by: 'Ana' })).toMatch(/^✔ Plan approved by Ana\./);
  });

  it('quotes the wish, shows the plan and how to answer it while it waits', () => {
    const body = issueBody(task({}, { brief: 'First.\n\nSecond.' }), { plan: '1. Reject', state: 'waiting' });
    expect(body).toContain('> First.\n>\n> Second.');
    expect(body).toContain('## Plan\n\n1. Reject');
    expect(body).toContain('## How to answer');
    expect(issueBody(task(), { plan: 'p', state: 'approved' })).not.toContain('## How to answer');
  });

  it('does not link the number of a task to an issue that happens to have it', () => {
    const texts = [
      issueBody(task(), { plan: null, state: 'planning' }),
      handover(task(), 'x'),
      questionComment(openAsk({ kind: 'question', questions: [question] }), task()),
    ];
    for (const text of texts) {
      expect(text.replaceAll('\u200b', '')).toMatch(/task #41/i);
      expect(text).not.toContain('#41');
    }
  });

  it('is titled in the person’s words, within 60 characters', () => {
    expect(issueTitle(task())).toBe('The date picker lets me choose Feb 30 in Safari, which no…');
  });

  it('cannot be made to forge a marker, ping or fetch', () => {
    const one = task({}, { title: hostile, brief: hostile });
    const by = hostile;
    for (const state of ['planning', 'waiting', 'approved'] as const)
      expect(issueBody(one, { plan: hostile, state, by })).not.toMatch(alive);
    expect(handover(one, hostile)).not.toMatch(alive);
    const asked = { ...question, question: hostile, options: [{ label: hostile, description: hostile }] };
    expect(questionComment(openAsk({ kind: 'question', questions: [asked] }), one)).not.toMatch(alive);
  });
});

it('a handover names the branch only when something is on it', () => {
  expect(handover(task(), 'CI is still red')).toContain('CI is still red.\n\nAll work so far');
  expect(handover(task(), 'x')).toContain('git switch mainloop/41-date-picker');
  expect(handover(task({}, { pull: null, head: null }), 'Cancelled by Ana.')).not.toContain('git switch');
});

describe('the pull request', () => {
  const checks = [
    { name: 'test', command: 'npm test', ok: true, output: 'a.ts:1:2 fine' },
    { name: 'lint', command: 'npm run lint | cat', ok: false, output: 'It failed.' },
  ];

  it('closes its issue, says what it does, what was run and what is still red', () => {
    const body = pullBody(task(), { summary: 'Validates the day.', checks, issue: 112 });
    expect(body).toMatch(/^Closes #112\n\nValidates the day\.\n\n\*\*Still red:\*\* `lint`/);
    expect(body).toContain('| `test` | `npm test` | ✔ passed |');
    expect(body).toContain('| `lint` | `npm run lint \\| cat` | ✖ failed |');
  });

  it('lists the errors that remain, where the check says their places', () => {
    const errors = Array.from({ length: 12 }, (_, n) => `src/a.ts:${n + 1}:3 Fixes #7 for \`@all\` [2322]`);
    const output = ['New errors:', ...errors].join('\n');
    const red = { name: 'language servers', command: 'typescript: 1 file', ok: false, output };
    const body = pullBody(task(), { summary: 's', checks: [...checks, red], issue: null });
    expect(body).toContain("- `src/a.ts:1:3 Fixes #7 for '@all' [2322]`\n- `src/a.ts:2:3");
    expect(body).toContain('\n- and 2 more\n');
    expect(body).not.toContain('a.ts:1:2 fine');
    expect(body).not.toContain('It failed.');
  });

  it('closes nothing when there is no issue, and nothing else because a summary says so', () => {
    const body = pullBody(task(), { summary: 'Fixes #7.', checks: [], issue: null });
    expect(body).not.toMatch(/closes|fixes #/i);
  });

  it('names the checks that were ignored on request', () => {
    expect(pullBody(task({}, { ignoredChecks: ['e2e'] }), { summary: 's', checks: [], issue: null })).toContain(
      'Ignored on request: `e2e`',
    );
  });

  it('takes the worker’s title, or the task’s', () => {
    expect(pullTitle('Reject impossible days', task())).toBe('Reject impossible days');
    expect(pullTitle(' ', task({}, { title: 'Fix it' }))).toBe('Fix it');
  });

  it('cannot be made to forge a marker, ping or fetch', () => {
    const bad = [{ name: hostile, command: hostile, ok: false, output: `a.ts:1:2 ${hostile}` }];
    const body = pullBody(task({}, { ignoredChecks: [hostile] }), { summary: hostile, checks: bad, issue: null });
    expect(body).not.toMatch(/<!|<@|\u202e/);
    expect(body.replace(/`[^`]*`/g, '')).not.toMatch(alive);
    expect(reviewReply(hostile)).not.toMatch(alive);
  });
});
