import { afterEach, beforeEach, expect, test } from 'vitest';
import { branch, createWorkerHarness, repo, type WorkerHarness } from '../../bot/testing/worker-harness.ts';
import { finish, script, use } from '../../sim/anthropic/script.ts';

let harness: WorkerHarness;
beforeEach(async () => {
  harness = await createWorkerHarness();
});
afterEach(() => harness.close());

test('a plan run reads the repository and hands back a plan', async () => {
  const result = await harness.run(
    { kind: 'plan' },
    script([
      use('Read', { file_path: `${harness.work}/greet.js` }, 'I look at the greeting.'),
      finish({ summary: 'Fix a typo.', plan: '1. Say hello.' }),
    ]),
  );
  expect(result).toMatchObject({ type: 'plan', summary: 'Fix a typo.', plan: '1. Say hello.' });
  expect(harness.state.events).toContainEqual({ type: 'says', text: 'I look at the greeting.' });
  expect(harness.state.events).toContainEqual({ type: 'tool', name: 'Read', summary: 'greet.js' });
  expect(harness.state.spent.length).toBeGreaterThan(0);
  expect(await harness.exited('1.1.1')).toBe('exit code 0');
});

test('an implement run edits, commits, checks and pushes to the task branch', async () => {
  const result = await harness.run(
    {},
    script([
      use('Read', { file_path: `${harness.work}/greet.js` }),
      use('Edit', { file_path: `${harness.work}/greet.js`, old_string: 'helo', new_string: 'hello' }),
      use('Bash', { command: 'git commit -qam "Spell hello right"', description: 'Commit' }),
      finish({ title: 'Fix the greeting', summary: 'A letter was missing.' }),
    ]),
  );
  expect(result).toMatchObject({
    type: 'work',
    title: 'Fix the greeting',
    head: await harness.github.head(repo, branch),
    checks: expect.arrayContaining([expect.objectContaining({ name: 'tests', command: 'npm test', ok: true })]),
  });
  expect(harness.state.events).toContainEqual(expect.objectContaining({ type: 'commit', title: 'Spell hello right' }));
  expect(harness.state.events).toContainEqual({ type: 'check', name: 'tests', ok: true });
});
