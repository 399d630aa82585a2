import { Webhooks } from '@octokit/webhooks';
import { z } from 'zod';
import type { HostHint } from '../../core/code-host.ts';
import { repoName } from '../../core/domain/ids.ts';
import { Failure } from '../../core/errors.ts';

export interface Delivery {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came over the wire, never parsed and printed again. */
  readonly rawBody: string | Uint8Array;
  readonly secret: string;
}

/**
 * Verifies a webhook and says where to look, null when it tells nothing (ping, an event we do not use). Only numbers, the
 * repository's name, branch and commit are taken from it; everything else is read back from the API.
 * Throws Failure `bad_signature` or `bad_payload`.
 */
export async function receiveWebhook({ headers, rawBody, secret }: Delivery): Promise<HostHint | null> {
  const body = await verified(rawBody, headerOf(headers, 'x-hub-signature-256'), secret);
  const delivery = z
    .string()
    .regex(/^[\w-]{1,80}$/)
    .safeParse(headerOf(headers, 'x-github-delivery'));
  const event = headerOf(headers, 'x-github-event');
  if (!delivery.success || !event) throw badPayload('It lacks the headers X-GitHub-Delivery or X-GitHub-Event.');
  if (!events.has(event)) return null;
  const parsed = payload.safeParse(parseJson(body));
  if (!parsed.success) throw badPayload(`It does not look like a ${event} event.`, parsed.error);
  return toHint(delivery.data, parsed.data);
}

const events = new Set([
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_review_thread',
  'check_run',
  'check_suite',
  'status',
  'workflow_run',
  'workflow_job',
  'push',
  'delete',
]);

const number = z.number().int().positive();
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const branch = z.string().min(1).max(255);
const head = z.object({
  head_sha: sha.optional(),
  head_branch: branch.nullish(),
  pull_requests: z.array(z.object({ number })).optional(),
});

const payload = z.object({
  repository: z.object({ full_name: repoName }),
  issue: z.object({ number, pull_request: z.object({}).nullish() }).optional(),
  pull_request: z.object({ number, head: z.object({ ref: branch, sha }).optional() }).optional(),
  check_run: head.extend({ check_suite: head.nullish() }).optional(),
  check_suite: head.optional(),
  workflow_run: head.optional(),
  workflow_job: head.optional(),
  sha: sha.optional(),
  branches: z.array(z.object({ name: branch })).optional(),
  ref: z.string().optional(),
  ref_type: z.string().optional(),
  after: sha.optional(),
});
type Payload = z.infer<typeof payload>;

function toHint(delivery: string, event: Payload): HostHint {
  const run = event.check_run ?? event.check_suite ?? event.workflow_run ?? event.workflow_job;
  const suite = event.check_run?.check_suite;
  const issue = event.issue?.pull_request ? undefined : event.issue?.number;
  const pull = event.issue?.pull_request
    ? event.issue.number
    : (event.pull_request?.number ?? (run?.pull_requests ?? suite?.pull_requests)?.[0]?.number);
  const named =
    event.pull_request?.head?.ref ??
    run?.head_branch ??
    suite?.head_branch ??
    pushed(event) ??
    event.branches?.[0]?.name;
  const commit = event.pull_request?.head?.sha ?? run?.head_sha ?? event.sha ?? event.after;
  return {
    delivery,
    repo: event.repository.full_name,
    ...(issue ? { issue } : {}),
    ...(pull ? { pull } : {}),
    ...(named ? { branch: named } : {}),
    ...(commit && !/^0+$/.test(commit) ? { sha: commit } : {}),
  };
}

function pushed({ ref, ref_type }: Payload): string | undefined {
  if (ref_type === 'branch') return ref;
  return ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

/** The body as text once its signature is right; compared in constant time by Octokit. */
async function verified(rawBody: string | Uint8Array, signature: string | undefined, secret: string): Promise<string> {
  const text = typeof rawBody === 'string' ? rawBody : Buffer.from(rawBody).toString('utf8');
  const right = signature && text && secret ? await new Webhooks({ secret }).verify(text, signature) : false;
  if (right) return text;
  throw new Failure('A webhook came without a valid signature.', {
    code: 'bad_signature',
    remedy: 'never',
    advice: 'The secret in GitHub’s webhook settings and GITHUB_WEBHOOK_SECRET must be the same.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badPayload('It is not JSON; set the webhook’s content type to application/json.', cause);
  }
}

function badPayload(why: string, cause?: unknown): Failure {
  return new Failure(`A webhook could not be read. ${why}`, { code: 'bad_payload', remedy: 'never', cause });
}

function headerOf(headers: Delivery['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : found?.[0];
}
