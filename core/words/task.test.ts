import { describe, expect, it } from 'vitest';
import { answeredAsk, bodies, now, openAsk, task } from './examples.ts';
import { logLines } from './log.ts';
import { doneNotice, progressCard, taskLine, taskList } from './task.ts';
import { clock } from './time.ts';
import { why } from './why.ts';

const plan = { kind: 'plan', summary: '1. Do it.', version: 1 } as const;
const red = {
  kind: 'failure',
  title: 'CI is still red after 3 fixes',
  reason: 'Red: test.',
  choices: ['retry', 'drop'],
} as const;
const facts = { activity: { commits: 2, doing: 'running the tests' }, asks: [], ci: null, now, taskUrl: null };
const tokens = (doc: { buttons?: ReturnType<typeof why>['buttons'] }) =>
  (doc.buttons ?? []).flat().map((button) => button.token ?? button.url);

describe('the progress card', () => {
  it('shows the steps with what is known of each', () => {
    const card = progressCard(task(), { ...facts, asks: [answeredAsk(plan, { type: 'approve' })] });
    expect(card.steps?.map((step) => [step.title, step.state, step.detail])).toEqual([
      ['Plan', 'done', 'approved by Ben on Discord'],
      ['Implementing', 'running', '2 commits · now: running the tests'],
      ['CI', 'pending', undefined],
      ['Review', 'pending', undefined],
    ]);
    expect(card.note).toBe('22 min, $1.31 of $5');
    expect(card.text).toContain('[issue 112](https://github.com/acme/web/issues/112) · [PR 113]');
  });

  it('says first what it waits for', () => {
    const card = progressCard(task({ phase: 'approval', holder: 'you' }), { ...facts, asks: [openAsk(plan)] });
    expect(card.text).toMatch(/^⏸ \*\*Waiting for you\*\*: plan to read\.\n/);
  });

  it('of a waiting task stays the same while time passes, so that it needs no edit', () => {
    for (const holder of ['you', 'reviewer'] as const) {
      const waiting = task({ phase: 'review', holder });
      expect(progressCard(waiting, { ...facts, now: now + 3_600_000 })).toEqual(progressCard(waiting, facts));
    }
  });

  it('shows what a fix run does at CI, not at the implementation', () => {
    const steps = progressCard(task({ phase: 'fixing' }), facts).steps ?? [];
    expect(steps.find((step) => step.id === 'ci')?.detail).toContain('now: running the tests');
    expect(steps.find((step) => step.id === 'implement')?.detail).toBe('2 commits');
  });
});

describe('why', () => {
  it('tells when the model is tried again', () => {
    const doc = why(task({ holder: 'model', detail: 'Anthropic is overloaded (529)', nextAt: now + 120_000 }), [], now);
    expect(doc.text).toContain('The model holds it**, for 6 min: Anthropic is overloaded (529). Next try in 2 min.');
    expect(tokens(doc)).toEqual(['cancel:41']);
  });

  it('offers the answers of the open ask', () => {
    const doc = why(task({ phase: 'ci', holder: 'you', parked: true }), [openAsk(red)], now);
    expect(doc.text).toMatch(/^⏸ \*\*#41 is parked and waits for you\*\*, for 6 min: CI is still red after 3 fixes\./);
    expect(tokens(doc)).toEqual(['answer:12:retry', 'answer:12:drop', 'later:12']);
  });

  it('offers another try of a parked task that has no ask', () => {
    expect(tokens(why(task({ holder: 'you', parked: true, detail: 'x' }), [], now))).toEqual(['retry:41', 'cancel:41']);
  });

  it('names what is open although somebody else holds the task', () => {
    const doc = why(task(), [openAsk({ kind: 'budget', spentUsd: 4.1, limitUsd: 5, hard: false })], now);
    expect(doc.text).not.toContain('Nothing needed from you');
    expect(doc.text).toContain('Open for you: is close to its budget.');
  });

  it('offers nothing for a task that has ended', () => {
    const doc = why(task({ phase: 'merged', holder: 'nobody' }, { endedAt: now }), [], now);
    expect(doc.text).toBe('✔ **#41 is merged**, 22 min after it was started.');
    expect(doc.buttons).toBeUndefined();
  });
});

describe('the notices', () => {
  it('done: whose turn it is, what it took, one button', () => {
    const done = doneNotice(task({ phase: 'review', holder: 'reviewer' }), {
      commits: 3,
      summary: 'Validates the day before building the Date; adds 4 tests.',
      checks: [{ name: 'test', ok: true }],
      minutes: 22.4,
      ci: true,
    });
    expect(done).toEqual({
      title: '✔ #41 is ready for review',
      text: 'Yours to review: [PR 113](https://github.com/acme/web/pull/113), 3 commits, CI green, 22 min, $1.31.\nValidates the day before building the Date; adds 4 tests.',
      buttons: [[{ label: 'Open PR', url: 'https://github.com/acme/web/pull/113', style: 'primary' }]],
    });
  });

  it('done: a check that the worker saw fail is not kept quiet', () => {
    const done = doneNotice(task(), {
      commits: 1,
      summary: '',
      checks: [{ name: 'lint', ok: false }],
      minutes: 1,
      ci: true,
    });
    expect(done.text).toContain('CI green, but the worker saw lint fail');
  });
});

it('a list says how many wait, and each line who holds it', () => {
  const waiting = task({ phase: 'approval', holder: 'you', detail: 'plan to read' }, { title: 'Fix the picker' });
  expect(taskLine(waiting, now)).toBe('⏸ **#41** Fix the picker · acme/web · waits for you: plan to read · 6 min');
  expect(taskList([waiting, task()], now).title).toBe('1 of 2 tasks waits for you');
  expect(taskList([task()], now).title).toBe('1 task, none waits for you');
  expect(taskList([], now).text).toMatch(/^No tasks\./);
});

it('the log has a line per event, with its time, and no checkpoints', () => {
  const lines = logLines([
    { at: now, event: { type: 'started', session: 's' } },
    { at: now, event: { type: 'tool', name: 'Bash', summary: 'npm test\nmore' } },
    { at: now, event: { type: 'checkpoint', sha: 'a'.repeat(40) } },
    { at: now, event: { type: 'commit', sha: '0123456789abcdef', title: 'Reject Feb 30' } },
    { at: now, event: { type: 'check', name: 'test', ok: false } },
    { at: now, event: { type: 'says', text: 'Now the tests.\n@everyone' } },
  ]);
  expect(lines).toEqual(
    ['▶ started', 'Bash: npm test more', '✔ commit `012345678` Reject Feb 30', '✖ test', 'Now the tests. …'].map(
      (line) => `${clock(now)} ${line}`,
    ),
  );
});

it('every kind of ask can be the reason of a wait', () => {
  for (const body of bodies)
    expect(progressCard(task({ holder: 'you' }), { ...facts, asks: [openAsk(body)] }).text).toMatch(
      /^⏸ \*\*Waiting for you\*\*: [a-z]/,
    );
});
