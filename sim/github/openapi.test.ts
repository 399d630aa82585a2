import { expect, test } from 'vitest';
import { openApi } from './fixture.ts';

test('an answer that GitHub would not give is found out', () => {
  const { problems, webhookProblems } = openApi;
  const json = 'application/json';
  expect(problems('GET', '/repos/acme/web', 200, json, { id: 'one' })).toContain(
    'GET /repos/{owner}/{repo} 200: /id must be integer {"type":"integer"}',
  );
  expect(problems('GET', '/repos/acme/web/git/ref/heads/a/b', 200, json, { ref: 'x' })).not.toEqual([]);
  expect(problems('POST', '/repos/acme/web/issues', 200, json, {})).toEqual([
    'POST /repos/{owner}/{repo}/issues 200: GitHub does not answer so',
  ]);
  expect(problems('GET', '/no/such', 200, json, {})).toEqual(['GET /no/such: GitHub has no such operation']);
  expect(webhookProblems('push', {})).not.toEqual([]);
  expect(webhookProblems('issues', { action: 'sung' })).toEqual(['webhook issues-sung: GitHub has no such event']);
});
