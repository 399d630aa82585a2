import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Brain } from '../sim/anthropic/index.ts';
import { anaOnGitHub, asked, begin, commits, commitsOnce, model, pullsOf, reaches, repo } from './faults/testing.ts';
import { type ClusterHouse, openClusterHouse } from './testing/cluster-house.ts';

const patience = 120_000;

/** The first request of a worker is never answered: its pod dies while it waits. */
const working = Promise.withResolvers<void>();
let requests = 0;
const dies: Brain = async (request) => {
  requests += 1;
  if (requests > 1) return commitsOnce('touch broken')(request);
  working.resolve();
  return new Promise(() => undefined);
};

let house: ClusterHouse;
beforeAll(async () => {
  house = await openClusterHouse(model([[/live through it/, { implement: dies, fix: commits('git rm -q broken') }]]));
});
afterAll(() => house?.close());

test('a task goes from its plan to its merge though its pod is killed, and leaves nothing in the cluster', async () => {
  const { ana } = house.world;
  const { task } = await begin(house, 'live through it with a plan');
  await ana.press(await asked(house, task, /wants you to read its plan/, patience), { text: 'Approve plan' });

  await working.promise;
  const { metadata } = await house.pod(task);
  const pod = { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
  await house.kube.core.deleteNamespacedPod({ ...pod, gracePeriodSeconds: 0 });

  const reviewed = await reaches(house, task, 'review', 2 * patience);
  const runs = await house.store.runs.of(task);
  expect(runs.map(({ kind, attempts }) => [kind, attempts])).toEqual([
    ['plan', 1],
    ['implement', 2],
    ['fix', 1],
  ]);
  const pulls = pullsOf(house, reviewed);
  expect(pulls.map(({ pull }) => pull.draft)).toEqual([false]);

  await anaOnGitHub(house).merge(repo, reviewed.pull?.number ?? 0);
  await reaches(house, task, 'merged', patience);
  await house.gone();
});
