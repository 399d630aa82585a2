import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { House } from '../testing/house.ts';
import {
  anaOnGitHub,
  asked,
  begin,
  command,
  commits,
  inThread,
  model,
  openQuickHouse,
  pullsOf,
  reaches,
  repo,
  shell,
} from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

/** A worker that is still at it when people interfere. */
const slow = () => shell('sleep 60');

/** Writes the same line as the base will. */
const clashes = commits('echo ours > clash.txt');
const merges = commits(
  'git fetch -q origin && (git merge -q origin/main || (echo both > clash.txt && git add -A && git commit -q --no-edit)); date > merged.txt',
);

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(
    model([
      [/closed in the middle of work/, { fix: slow, address: slow }],
      [/clash/, { implement: clashes, fix: merges }],
    ]),
  );
});
afterAll(() => house?.close());

const sandboxes = (task: number) =>
  stat(join(house.dataDir, 'sandboxes', `${task}`)).then(
    () => true,
    () => false,
  );

test('a PR that a person closes while it is in review ends the task, says so, and leaves no sandbox', async () => {
  const { task, thread } = await begin(house, 'be closed in review');
  const { pull } = await reaches(house, task, 'review');
  anaOnGitHub(house).close(repo, pull?.number ?? 0);
  await reaches(house, task, 'closed');
  await inThread(house, thread, /closed/i);
  expect(await command(house, `why #${task}`)).toMatch(/closed/i);
  await house.until('no sandbox', async () => !(await sandboxes(task)) || undefined);
  const dm = await house.world.ana.dm();
  await house.sees(dm, new RegExp(`No answer needed any more for \\*?\\*?#${task}`));
});

test('a PR that a person closes while a worker is at it stops the worker', async () => {
  const { task, thread } = await begin(house, 'be closed in the middle of work');
  const { pull } = await reaches(house, task, 'review');
  await anaOnGitHub(house).review(repo, pull?.number ?? 0, { event: 'REQUEST_CHANGES', body: 'Not yet.' });
  await house.until('the worker at it', async () => {
    const { status } = await house.store.tasks.get(task);
    return (status.phase === 'addressing' && status.holder === 'worker') || undefined;
  });
  expect(await sandboxes(task)).toBe(true);
  anaOnGitHub(house).close(repo, pull?.number ?? 0);
  await reaches(house, task, 'closed');
  await house.until('no sandbox', async () => !(await sandboxes(task)) || undefined);
  expect(await house.store.runs.openAttempts()).toEqual([]);
  await inThread(house, thread, /closed/i);
});

test('a branch that a person rewrites in review is followed: its new head passes CI before review is asked again', async () => {
  const { task } = await begin(house, 'be rewritten');
  const before = await reaches(house, task, 'review');
  const sha = await anaOnGitHub(house).push(repo, before.branch, { 'theirs.txt': 'mine\n' }, 'Rewrite', {
    force: true,
  });
  await house.until('the new head', async () => {
    const { head, status } = await house.store.tasks.get(task);
    return (head === sha && status.phase === 'review') || undefined;
  });
  expect(pullsOf(house, before)).toHaveLength(1);
  expect((await house.store.runs.of(task)).map(({ kind }) => kind)).toEqual(['implement']);
});

test('a branch that a person deletes ends in a clear word or a clear ask', async () => {
  const { task, thread } = await begin(house, 'lose its branch');
  const { branch } = await reaches(house, task, 'review');
  await anaOnGitHub(house).deleteBranch(repo, branch);
  const end = await house.until('an end', async () => {
    const { status } = await house.store.tasks.get(task);
    return status.phase === 'closed' || status.parked ? status : undefined;
  });
  const why = await command(house, `why #${task}`);
  if (end.parked) await asked(house, task, /branch is gone/);
  else await inThread(house, thread, /closed/i);
  expect(why).toMatch(/branch|closed/);
});

test('a base that moves on into a conflict is merged by a fix run, on the same PR', async () => {
  const { task } = await begin(house, 'clash with the base');
  const { branch } = await reaches(house, task, 'review');
  await anaOnGitHub(house).push(repo, 'main', { 'clash.txt': 'theirs\n' }, 'Move on');
  await house.until('the merged head in review', async () => {
    const runs = await house.store.runs.of(task);
    const { status } = await house.store.tasks.get(task);
    return (runs.some(({ kind }) => kind === 'fix') && status.phase === 'review') || undefined;
  });
  const prompt = house.world.anthropic.requests.find(({ view }) => view?.prompt.includes('conflicts with `main`'));
  expect(prompt).toBeDefined();
  const pulls = pullsOf(house, { branch });
  expect(pulls).toHaveLength(1);
  const head = await house.world.github.head(repo, branch);
  expect(pulls[0]?.pull.head.sha).toBe(head);
});
