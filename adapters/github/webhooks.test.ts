import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { receiveWebhook } from './webhooks.ts';

const secret = 'It is a secret';
const sha = 'a'.repeat(40);
const repository = { full_name: 'acme/web' };

function delivery(event: string, payload: unknown, change: Record<string, string> = {}) {
  const rawBody = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signature = `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}`;
  const headers = { 'X-GitHub-Event': event, 'x-github-delivery': 'd-1', 'x-hub-signature-256': signature, ...change };
  return { headers, rawBody, secret };
}

describe('receiveWebhook', () => {
  it.each([
    ['issue_comment', { issue: { number: 7 }, comment: { body: 'approved' } }, { issue: 7 }],
    ['issue_comment', { issue: { number: 8, pull_request: {} } }, { pull: 8 }],
    [
      'pull_request',
      { pull_request: { number: 8, head: { ref: 'mainloop/1-x', sha } } },
      { pull: 8, branch: 'mainloop/1-x', sha },
    ],
    ['pull_request_review', { pull_request: { number: 8 } }, { pull: 8 }],
    [
      'check_run',
      { check_run: { head_sha: sha, pull_requests: [{ number: 8 }], check_suite: { head_branch: 'b' } } },
      { pull: 8, branch: 'b', sha },
    ],
    ['check_suite', { check_suite: { head_sha: sha, head_branch: 'b' } }, { branch: 'b', sha }],
    ['workflow_job', { workflow_job: { head_sha: sha, head_branch: 'b' } }, { branch: 'b', sha }],
    ['status', { sha, branches: [{ name: 'b' }] }, { branch: 'b', sha }],
    ['push', { ref: 'refs/heads/b', after: sha }, { branch: 'b', sha }],
    ['push', { ref: 'refs/heads/b', after: '0'.repeat(40) }, { branch: 'b' }],
    ['delete', { ref: 'b', ref_type: 'branch' }, { branch: 'b' }],
  ])('a signed %s says where to look', async (event, payload, hint) => {
    expect(await receiveWebhook(delivery(event, { ...payload, repository }))).toEqual({
      delivery: 'd-1',
      repo: 'acme/web',
      ...hint,
    });
  });

  it('takes the body as bytes and the headers as Headers', async () => {
    const { headers, rawBody } = delivery('issues', { issue: { number: 7, title: 'größer 😀' }, repository });
    const bytes = new TextEncoder().encode(rawBody);
    expect(await receiveWebhook({ headers: new Headers(headers), rawBody: bytes, secret })).toMatchObject({ issue: 7 });
  });

  it('ping and events that we do not use tell nothing', async () => {
    expect(await receiveWebhook(delivery('ping', { zen: 'Keep it logically awesome.' }))).toBeNull();
    expect(await receiveWebhook(delivery('star', { repository }))).toBeNull();
  });

  it.each(['sha256=00', '', 'sha1=abc', `sha256=${'0'.repeat(64)}`])(
    'a wrong signature %j is refused',
    async (signature) => {
      const forged = delivery('issues', { issue: { number: 7 }, repository }, { 'x-hub-signature-256': signature });
      await expect(receiveWebhook(forged)).rejects.toMatchObject({ code: 'bad_signature', remedy: 'never' });
    },
  );

  it('a body changed after signing is refused, and so is an empty one', async () => {
    const good = delivery('issues', { issue: { number: 7 }, repository });
    await expect(receiveWebhook({ ...good, rawBody: `${good.rawBody} ` })).rejects.toMatchObject({
      code: 'bad_signature',
    });
    await expect(receiveWebhook({ ...good, rawBody: '' })).rejects.toMatchObject({ code: 'bad_signature' });
  });

  it.each([
    ['payload=%7B%7D'],
    ['{"repository":'],
    [JSON.stringify({ issue: { number: 7 } })],
    [JSON.stringify({ issue: { number: -7 }, repository })],
    [JSON.stringify({ issue: { number: 7 }, repository: { full_name: 'acme/../etc' } })],
    [JSON.stringify({ pull_request: { number: 1, head: { ref: 'b', sha: '; rm -rf /' } }, repository })],
  ])('a signed but unreadable body %s is a bad payload', async (body) => {
    const event = body.includes('pull_request') ? 'pull_request' : 'issues';
    await expect(receiveWebhook(delivery(event, body))).rejects.toMatchObject({ code: 'bad_payload', remedy: 'never' });
  });

  it('without a delivery id it cannot be told from its repetition and is refused', async () => {
    const nameless = delivery('issues', { issue: { number: 7 }, repository }, { 'x-github-delivery': '' });
    await expect(receiveWebhook(nameless)).rejects.toMatchObject({ code: 'bad_payload' });
  });
});
