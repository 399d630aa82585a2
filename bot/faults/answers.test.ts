import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { doubleTapMs } from '../../core/domain/proposal.ts';
import type { Brain } from '../../sim/anthropic/index.ts';
import { ask, continuing, finish, script, use } from '../../sim/anthropic/script.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import type { House } from '../testing/house.ts';
import {
  anaOnGitHub,
  asked,
  begin,
  command,
  commitsOnce,
  execute,
  inThread,
  issuesOf,
  mention,
  model,
  openQuickHouse,
  propose,
  proposes,
  pullsOf,
  reaches,
  replies,
  repo,
  said,
  shell,
  taskOf,
} from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

const asks: Brain = continuing(
  /The person answered what you asked/,
  script([
    ask('Which format?', ['CSV', 'JSON']),
    (request) =>
      shell(
        `echo ${JSON.stringify(request.lastUserText.match(/CSV|JSON|YAML/)?.[0] ?? 'none')} > "format-$RANDOM.txt"`,
      ),
    shell('git add -A && git commit -q -m "Write the format"'),
    finish({ title: 'Write the format', summary: 'Writes it.' }),
  ]),
);

/** Works until it is told something new. */
const does = commitsOnce('echo heard > heard-$RANDOM.txt');
const listens: Brain = (request) => (request.steers.length === 0 ? shell('sleep 1') : does(request));

/** The assistant that understands two words about tasks. */
const understands: Brain = (request) => {
  const id = /\[m(\d+)\]/.exec(request.lastUserText)?.[1];
  const task = /#(\d+)/.exec(said(request))?.[1];
  if (request.toolResults.length === 0 && task && /stop/.test(said(request)))
    return use('cancel_task', { task: Number(task), message: `m${id}` });
  if (request.toolResults.length === 0 && task && /tell/.test(said(request)))
    return use('steer_task', { task: Number(task), text: 'use tabs', message: `m${id}` });
  return proposes(request);
};

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(
    model(
      [
        [/question/, { implement: asks }],
        [/linger/, { implement: listens }],
      ],
      understands,
    ),
  );
});
afterAll(() => house?.close());

const workerPrompts = (pattern: RegExp) =>
  house.world.anthropic.requests.flatMap(({ view }) =>
    view?.kind === 'worker' && pattern.test(view.prompt) ? [view.prompt] : [],
  );

test('a question goes to the DM with its options; a press resumes the same session', async () => {
  const { task } = await begin(house, 'question by press');
  const card = await asked(house, task, /Which format\?/);
  expect(await command(house, `why #${task}`)).toMatch(/Which format/);
  await house.world.ana.press(card, { text: 'JSON' });
  const found = await reaches(house, task, 'review');
  expect(workerPrompts(/The person answered/).some((prompt) => prompt.includes('JSON'))).toBe(true);
  expect(pullsOf(house, found)).toHaveLength(1);
  expect(renderMessage(card)).toMatch(/answered by Ana on Slack/);
});

test('a question can be answered in words, under its card', async () => {
  const { task } = await begin(house, 'question by words');
  const card = await asked(house, task, /Which format\?/);
  await house.world.ana.say(card.channel, 'YAML, please', { threadTs: card.ts });
  await reaches(house, task, 'review');
  expect(workerPrompts(/The person answered/).some((prompt) => prompt.includes('YAML, please'))).toBe(true);
});

test('a question can be answered on the issue by who may write there, and by nobody else', async () => {
  const { github } = house.world;
  const { task } = await begin(house, 'question on the issue');
  await asked(house, task, /Which format\?/);
  const issue = issuesOf(house, 'question on the issue')[0]?.number ?? 0;
  github.person('stranger').comment(repo, issue, 'XML');
  await github.settled();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect((await house.store.tasks.get(task)).status.holder).toBe('you');
  anaOnGitHub(house).comment(repo, issue, 'CSV it is');
  await reaches(house, task, 'review');
  const prompts = workerPrompts(/The person answered/);
  expect(prompts.some((prompt) => prompt.includes('CSV it is'))).toBe(true);
  expect(prompts.some((prompt) => prompt.includes('XML'))).toBe(false);
});

test('"looks good, but…" under the plan is a revision; the form is one too; the issue approves', async () => {
  const { github, ana } = house.world;
  const wish = 'revise twice with a plan';
  const { task } = await begin(house, wish);
  const first = await asked(house, task, /wants you to read its plan/);
  await ana.say(first.channel, 'Looks good, but keep the old text', { threadTs: first.ts });
  const second = await asked(house, task, /wants you to read its revised plan/);
  expect(workerPrompts(/version 1/).at(-1)).toContain('keep the old text');
  await ana.press(second, { text: 'Ask for changes' });
  const view = ana.openView();
  if (!view) throw new Error('no form opened');
  const input = view.blocks.find((block) => block.type === 'input');
  await ana.submit(view, { [String(input?.block_id)]: 'and add a test' });
  await house.until('the third plan', () =>
    workerPrompts(/version 2/).find((prompt) => prompt.includes('and add a test')),
  );
  const issue = issuesOf(house, wish)[0]?.number ?? 0;
  await reaches(house, task, 'approval');
  github.person('stranger').comment(repo, issue, 'approved');
  // What the program itself wrote carries its marker; without one it may be the person whose token is used.
  github.person('mainloop-bot').comment(repo, issue, 'approved\n\n<!-- mainloop:own -->');
  github.person('mainloop-bot').react(repo, { number: issue }, '+1');
  github.person('dependabot[bot]', { permission: { [repo]: 'write' } }).comment(repo, issue, 'approved');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect((await house.store.tasks.get(task)).status.phase).toBe('approval');
  anaOnGitHub(house).comment(repo, issue, 'approved');
  const found = await reaches(house, task, 'review');
  expect(pullsOf(house, found)).toHaveLength(1);
  const dm = await ana.dm();
  await house.sees(dm, new RegExp(`Plan of \\*?\\*?#${task}\\*?\\*? approved by ana on GitHub`));
});

test('"skip the plan" by button runs no plan', async () => {
  const { thread, card } = await propose(house, 'be quick with a plan');
  await house.world.ana.press(card, { text: 'Start without a plan' });
  const { number } = await taskOf(house, thread);
  await reaches(house, number, 'review');
  expect((await house.store.runs.of(number)).map(({ kind }) => kind)).toEqual(['implement']);
});

test('what is steered while the worker runs reaches it', async () => {
  const { task } = await begin(house, 'linger until told');
  await house.until('the worker at it', async () => (await house.store.worker.latest(task, 5)).at(0));
  await mention(house, `tell #${task} to use tabs`);
  await reaches(house, task, 'review');
  expect(
    house.world.anthropic.requests.some(({ view }) => view?.steers.some((text) => text.includes('use tabs'))),
  ).toBe(true);
});

test('cancel by command and by words stops the worker, closes the issue and keeps the branch', async () => {
  const byCommand = await begin(house, 'linger for a command');
  const byWords = await begin(house, 'linger for words');
  for (const { task } of [byCommand, byWords])
    await house.until('the worker at it', async () => (await house.store.worker.latest(task, 5)).at(0));
  expect(await command(house, `cancel #${byCommand.task}`)).toMatch(/Stopping/);
  await mention(house, `stop #${byWords.task}`);
  for (const { task, thread } of [byCommand, byWords]) {
    const { issue } = await reaches(house, task, 'cancelled');
    await inThread(house, thread, /cancelled by Ana/i);
    await house.until('the closed issue', () =>
      issuesOf(house, 'linger for').find((i) => i.number === issue?.number && i.state === 'closed'),
    );
  }
  expect(await house.store.runs.openAttempts()).toEqual([]);
});

test('a proposal that waited too long expires, says so, and can no longer be started', async () => {
  const { card, thread } = await propose(house, 'wait for ever');
  await execute(house, "update mainloop.proposals set expires_at = 1 where title = 'wait for ever'");
  await inThread(house, thread, /Expired/);
  await house.world.ana.react(card.channel, card.ts, '+1');
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect((await house.store.tasks.latest(50)).some((task) => task.place.thread === thread)).toBe(false);
});

test('two people who click at once, and react, start one task', async () => {
  const ben = house.world.slack.person('Ben');
  await house.store.people.admit(
    { platform: 'slack', space: house.world.slack.teamId, id: ben.id, name: 'Ben' },
    'member',
    Date.now(),
  );
  const { card, thread } = await propose(house, 'start once');
  await Promise.all([
    house.world.ana.press(card, { text: 'Start' }),
    ben.press(card, { text: 'Start' }),
    house.world.ana.press(card, { text: 'Start' }),
    ben.react(card.channel, card.ts, 'white_check_mark'),
  ]);
  const { number } = await taskOf(house, thread);
  await reaches(house, number, 'review');
  expect((await house.store.tasks.latest(50)).filter((task) => task.place.thread === thread)).toHaveLength(1);
  expect(issuesOf(house, 'start once')).toHaveLength(1);
});

test('Undo within ten seconds stops everything', async () => {
  const { card, thread } = await propose(house, 'linger and be undone');
  await house.world.ana.press(card, { text: 'Start' });
  const { number } = await taskOf(house, thread);
  const undo = await inThread(house, thread, /started by Ana/);
  await new Promise((resolve) => setTimeout(resolve, doubleTapMs));
  await house.world.ana.press(undo, { text: 'Undo' });
  const task = await reaches(house, number, 'cancelled');
  await inThread(house, thread, /Taken back by Ana/);
  await house.until('no attempt', async () => (await house.store.runs.openAttempts()).length === 0 || undefined);
  expect(pullsOf(house, task)).toEqual([]);
  expect(await command(house, `why #${number}`)).toMatch(/cancelled|taken back|undone/i);
  expect(replies(house, thread).join('\n')).not.toMatch(/undefined/);
});
