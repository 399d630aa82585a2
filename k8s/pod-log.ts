import type { V1Pod } from '@kubernetes/client-node';
import type { Kube } from './client.ts';
import { workerContainer } from './job.ts';
import { refused } from './kube-error.ts';

/** Characters. */
const longest = 4_000;
/** Enough for `longest`, unless nearly all are empty. A line has at most 16 KiB here. */
const lines = 200;
/** A kubelet that is away does not answer at all. */
const deadlineMs = 5_000;

/**
 * The end of what a worker's container wrote, at most 4,000 characters; empty when the cluster does not have it: before it
 * begins, after an eviction, or while its node is away. Throws a Failure when the API is away, or forbids it.
 */
export async function podLog(kube: Kube, { metadata, status }: V1Pod): Promise<string> {
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/log`;
  const answer = await kube.get(
    `${path}?container=${workerContainer}&tailLines=${lines}`,
    AbortSignal.timeout(deadlineMs),
  );
  const text = await tail(answer.body);
  if (answer.status === 401 || answer.status === 403) throw refused(answer.status, null, text);
  // An evicted pod's log is a success that says that there is none.
  if (answer.ok && text && !text.startsWith('unable to retrieve container logs')) return text;
  return status?.containerStatuses?.[0]?.state?.terminated?.message?.slice(-longest) ?? '';
}

async function tail(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) text = (text + decoder.decode(chunk, { stream: true })).slice(-longest);
  } catch (error) {
    // Cut off in the middle: what came is better than nothing.
    if (!(error instanceof Error)) throw error;
  }
  return text.toWellFormed();
}
