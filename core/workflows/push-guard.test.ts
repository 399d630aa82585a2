import { beforeEach, expect, test } from 'vitest';
import type { OpenAttempt } from '../door.ts';
import type { Store } from '../store/index.ts';
import { createFakeCodeHost } from '../testing/code-host.ts';
import { createPushGuard } from './push-guard.ts';

const attempt = { task: 1, repo: 'acme/web', branch: 'mainloop/k3x9/1-fix' } as OpenAttempt;
let began: string | null;
const store = {
  tasks: { get: async () => ({ base: 'main' }), baseHead: async () => began },
} as unknown as Store;
const workflows = (tree: string) => ({ '.github/workflows': tree });
let host: ReturnType<typeof createFakeCodeHost>;
const mayPush = (sha: string) => createPushGuard({ store, host })(attempt, sha);

beforeEach(() => {
  host = createFakeCodeHost();
  host.heads.set('main', 'base');
  host.guardedAt.set('base', workflows('w1'));
  host.mergeBase = async () => 'old base';
  host.guardedAt.set('old base', workflows('w0'));
  host.contains = async (_repo, sha, ancestor) => order.indexOf(sha) >= order.indexOf(ancestor);
  began = 'old base';
});
const order = ['older base', 'old base', 'base'];

test.each([
  ['as its base has them', workflows('w1'), null],
  ['as its base had them when they went apart', workflows('w0'), null],
  ['new', workflows('w2'), /changes \.github\/workflows,/],
  ['none', {}, /changes \.github\/workflows,/],
  ['with owners of its own', { ...workflows('w1'), CODEOWNERS: 'c' }, /changes CODEOWNERS,/],
  ['new, with owners elsewhere', { ...workflows('w2'), 'docs/CODEOWNERS': 'c' }, /workflows and docs\/CODEOWNERS,/],
])('a commit whose workflows are %s', async (_how, files, reason) => {
  host.guardedAt.set('new', files);
  const answer = await mayPush('new');
  if (reason === null) expect(answer).toBeNull();
  else expect(answer).toMatch(reason);
});

test('what the base had before the task began does not come back', async () => {
  host.mergeBase = async () => 'older base';
  host.guardedAt.set('older base', workflows('dangerous'));
  host.guardedAt.set('new', workflows('dangerous'));
  expect(await mayPush('new')).toMatch(/changes \.github\/workflows,/);
  began = null;
  expect(await mayPush('new')).not.toBeNull();
});

test('what a person has pushed to the branch may stay there', async () => {
  host.guardedAt.set('new', workflows('by a person'));
  expect(await mayPush('new')).not.toBeNull();
  host.heads.set(attempt.branch, 'head');
  host.guardedAt.set('head', workflows('by a person'));
  expect(await mayPush('new')).toBeNull();
});
