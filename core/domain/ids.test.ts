import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { attemptId, checkpointRef, issueMarker, repoName, runId, taskBranch } from './ids.ts';

test('runs and attempts are numbered under their task', () => {
  expect(attemptId(runId(41, 2), 1)).toBe('41.2.1');
});

test.each(['acme/web', 'a/b', 'Acme-Inc/web.js', 'acme/_x', 'acme/...', `${'a'.repeat(39)}/${'b'.repeat(100)}`])(
  '%s names a repository',
  (name) => {
    expect(repoName.safeParse(name).success).toBe(true);
  },
);

test.each([
  'acme',
  'acme/',
  '/web',
  'acme/web/x',
  'acme/.',
  'acme/..',
  '-acme/web',
  'ac me/web',
  'acme/we b',
  'acme/web\n',
  'acme/web\u0000',
  '../../etc/passwd',
  'acme/wéb',
  'https://github.com/acme/web',
  `${'a'.repeat(40)}/web`,
  `acme/${'b'.repeat(101)}`,
  '',
])('%j names none', (name) => {
  expect(repoName.safeParse(name).success).toBe(false);
});

describe('the branch of a task', () => {
  test.each([
    ['The date picker allows Feb 30', 'mainloop/k3x9/41-the-date-picker-allows-feb-30'],
    ['Größe: über α & 日本語', 'mainloop/k3x9/41-gro-e-u-ber'],
    ['🎉🎉', 'mainloop/k3x9/41-task'],
    ['', 'mainloop/k3x9/41-task'],
    ['../../..', 'mainloop/k3x9/41-task'],
    ['a..b.lock', 'mainloop/k3x9/41-a-b-lock'],
    ['--upload-pack=touch x', 'mainloop/k3x9/41-upload-pack-touch-x'],
  ])('%j is on %s', (title, branch) => {
    expect(taskBranch('k3x9', 41, title)).toBe(branch);
  });

  test.each([
    'x'.repeat(100_000),
    `${'x'.repeat(39)} y`,
    'a@{b',
    'a\\b~^:?*[',
    '\u0000\ud800\n\t',
    'HEAD',
    '.lock',
    'ﷺ'.repeat(50),
    '日本語のタイトル',
    'e\u0301'.repeat(60),
  ])('is a name that git takes, for %j', (title) => {
    const branch = taskBranch('k3x9', 7, title);
    expect(execFileSync('git', ['check-ref-format', '--branch', branch]).toString().trim()).toBe(branch);
    expect(branch.length).toBeLessThanOrEqual(60);
    expect(branch).toMatch(/^mainloop\/k3x9\/7-[a-z0-9][a-z0-9-]*$/);
  });

  test('its checkpoints are a ref that is no branch', () => {
    const ref = checkpointRef(taskBranch('k3x9', 7, '8-bit'));
    expect(ref).toBe('refs/mainloop/k3x9/7/wip');
    expect(execFileSync('git', ['check-ref-format', ref]).toString()).toBe('');
  });

  test('names its issue, and another installation gives no task of the same number either name', () => {
    const [ours, theirs] = ['k3x9', '4711'].map((installation) => taskBranch(installation, 7, 'Fix it'));
    expect(issueMarker(ours ?? '')).toBe('task:k3x9/7');
    expect(issueMarker(theirs ?? '')).toBe('task:4711/7');
    expect(checkpointRef(theirs ?? '')).not.toBe(checkpointRef(ours ?? ''));
  });

  test('of an earlier release keeps its checkpoints and its issue', () => {
    expect(checkpointRef('mainloop/41-fix-2-dates')).toBe('refs/mainloop/41/wip');
    expect(issueMarker('mainloop/41-fix-2-dates')).toBe('task:41');
  });
});
