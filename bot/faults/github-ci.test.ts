import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { finish, script } from '../../sim/anthropic/script.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import type { House } from '../testing/house.ts';
import {
  anaOnGitHub,
  asked,
  begin,
  command,
  commits,
  files,
  model,
  openQuickHouse,
  pullsOf,
  reaches,
  repo,
} from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

const breaks = commits('touch broken');
const gives = script([finish({ title: 'Nothing', summary: 'Nothing of mine to mend.' })]);

const ci = '.github/workflows/ci.yml';

/** The checks of the repository with a second job that begins when the first has ended, and fails while there is a file `late`. */
const withLateJob = `${files[ci]}  later:
    needs: test
    steps: [{ uses: actions/checkout@v5 }, { run: test ! -e late }]
`;

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(
    model([
      [/mended/, { implement: breaks }],
      [/never green/, { implement: breaks, fix: commits('date +%N > again.txt') }],
      [/gives up/, { fix: gives }],
      [/late job/, { implement: commits('touch late'), fix: commits('git rm -q late') }],
    ]),
    { env: { CI_ROUNDS: '1', CI_GRACE_SECONDS: '3' } },
  );
});
afterAll(() => house?.close());

/** Has a person change the checks of the base: a worker may not. */
async function checksBecome(workflow: string | null) {
  await anaOnGitHub(house).push(repo, 'main', { [ci]: workflow }, 'Change the checks');
  await house.world.github.settled();
}

const kindsOf = async (task: number) => (await house.store.runs.of(task)).map(({ kind }) => kind);
const prompts = (pattern: RegExp) =>
  house.world.anthropic.requests.flatMap(({ view }) => (view && pattern.test(view.prompt) ? [view.prompt] : []));

test.each(['cancelled', 'timed_out'] as const)('a job that is %s is not green: it is mended', async (conclusion) => {
  const wish = `survive a job that is ${conclusion}`;
  house.world.github.actions.script({ repo, job: 'test', conclusion, log: `the job was ${conclusion}` });
  const { task } = await begin(house, wish);
  const found = await reaches(house, task, 'review');
  expect(await kindsOf(task)).toEqual(['implement', 'fix']);
  expect(pullsOf(house, found)).toHaveLength(1);
  expect(prompts(new RegExp(`This is fix 1[\\s\\S]*${wish}`))[0]).toContain(`The check "test" is red`);
});

test('a red check is mended by a fix run that reads the log', async () => {
  const { task } = await begin(house, 'be mended');
  const found = await reaches(house, task, 'review');
  expect(await kindsOf(task)).toEqual(['implement', 'fix']);
  expect(pullsOf(house, found)).toHaveLength(1);
});

test('a job that begins long after the one that it needs is waited for, and its red mended before anybody is asked', async () => {
  const { actions } = house.world.github;
  await checksBecome(withLateJob);
  actions.gapMs = 6_000;
  const { task } = await begin(house, 'have a late job');
  await reaches(house, task, 'review');
  actions.gapMs = 0;
  expect(await kindsOf(task)).toEqual(['implement', 'fix']);
  expect((await house.store.asks.of(task)).map(({ kind }) => kind)).toEqual(['review']);
  await checksBecome(files[ci] ?? null);
});

test('what turns red while a person reviews is mended on the same PR', async () => {
  const { task } = await begin(house, 'turn red in review');
  const { head } = await reaches(house, task, 'review');
  await house.world.github.status(repo, head ?? '', { state: 'failure', context: 'ci/late' });
  await house.until('a fix', async () => (await kindsOf(task)).includes('fix') || undefined);
  const found = await reaches(house, task, 'review');
  expect(found.head).not.toBe(head);
  expect(pullsOf(house, found)).toHaveLength(1);
  expect(await kindsOf(task)).toEqual(['implement', 'fix']);
});

test('a log of 50 MB reaches the worker as its failed end only', async () => {
  const wish = 'read a huge log';
  house.world.github.actions.script({ repo, job: 'test', conclusion: 'failure', log: { bytes: 50 * 2 ** 20 } });
  const { task } = await begin(house, wish);
  await reaches(house, task, 'review');
  const [prompt = ''] = prompts(new RegExp(`This is fix 1[\\s\\S]*${wish}`));
  expect(prompt.length).toBeLessThan(20_000);
  expect(prompt).toMatch(/fail|not ok|error/i);
});

test('checks that stay red after the fixes park the task; Ignore this check goes on to review', async () => {
  const { task } = await begin(house, 'be never green');
  const card = await asked(house, task, /CI is still red after 1 fix/);
  expect(renderMessage(card)).toContain('Red: test');
  expect(await command(house, `why #${task}`)).toMatch(/red/i);
  await house.world.ana.press(card, { text: 'Ignore this check' });
  const found = await reaches(house, task, 'review');
  expect(pullsOf(house, found)).toHaveLength(1);
});

test('a branch without any check is not green: a person says so once for the repository', async () => {
  await checksBecome(null);
  const { task } = await begin(house, 'end without checks');
  const card = await asked(house, task, /no check has started/);
  expect(await command(house, `why #${task}`)).toMatch(/check/);
  await house.world.ana.press(card, { text: 'Ignore this check' });
  await reaches(house, task, 'review');
  const second = await begin(house, 'end without checks again');
  await reaches(house, second.task, 'review');
  const dm = await house.world.ana.dm();
  expect(house.seen(dm, new RegExp(`#${second.task} is parked`))).toEqual([]);
  await checksBecome(files[ci] ?? null);
});

test('a check that is red on the base too is said to be so, to the worker and to the person', async () => {
  const { github } = house.world;
  await github.person('ana').push(repo, 'main', { broken: '' }, 'Break the base');
  await github.settled();
  const { task } = await begin(house, 'begin on a red base, gives up');
  const card = await asked(house, task, /is parked/);
  expect(prompts(/This is fix 1[\s\S]*gives up/)[0]).toContain('red on the base branch too');
  expect(renderMessage(card)).toContain('Red on main too: test');
});
