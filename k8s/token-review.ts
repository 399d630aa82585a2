import { createHash } from 'node:crypto';
import { AuthenticationV1Api } from '@kubernetes/client-node';
import type { AttemptId } from '../core/domain/ids.ts';
import { Failure } from '../core/errors.ts';
import type { Kube } from './client.ts';
import { account, attemptOfPod, audience, parseNamespace, taskOfAttempt } from './names.ts';

/** Whose token it is, as the cluster says. */
interface Holder {
  /** `system:serviceaccount:NAMESPACE:NAME`. */
  readonly username: string;
  readonly pod: string;
}

/** Who shows a token: null when it is no good. Throws Failure `unavailable` while the cluster can't say. */
type Review = (token: string) => Promise<Holder | null>;

export interface Worker {
  readonly attempt: AttemptId;
  readonly instance: string;
}

const podName = 'authentication.kubernetes.io/pod-name';
/** What was found out holds so long. A token that is no good costs the cluster a question at most as often. */
const cacheMs = 60_000;
const refusedMs = 10_000;
const mostCached = 10_000;

/** The attempt and the installation of the worker that shows a token, by its pod's name and namespace. */
export function identifyWorkers(kube: Pick<Kube, 'api'>): (token: string) => Promise<Worker | null> {
  const review = createReview(kube, audience.egress);
  return async (token) => {
    const holder = await review(token);
    const [, namespace = ''] = /^system:serviceaccount:([^:]+):worker$/.exec(holder?.username ?? '') ?? [];
    const place = parseNamespace(namespace);
    const attempt = attemptOfPod(holder?.pod ?? '');
    if (!place || !attempt || taskOfAttempt(attempt) !== place.task) return null;
    return { attempt, instance: place.instance };
  };
}

/** Whether a token is that of the broker of the installation in `namespace`. */
export function authenticateBroker(kube: Pick<Kube, 'api'>, namespace: string): (token: string) => Promise<boolean> {
  const review = createReview(kube, audience.door);
  const broker = `system:serviceaccount:${namespace}:${account.broker}`;
  return async (token) => (await review(token))?.username === broker;
}

/** Asks the cluster by TokenReview, for tokens of one audience. */
function createReview(kube: Pick<Kube, 'api'>, wanted: string): Review {
  const api = kube.api(AuthenticationV1Api);
  const known = new Map<string, { until: number; holder: Promise<Holder | null> }>();

  async function ask(token: string): Promise<Holder | null> {
    const spec = { token, audiences: [wanted] };
    const { status } = await api.createTokenReview({ body: { spec } }).catch((cause: unknown) => {
      throw new Failure('The cluster can’t say just now whose token this is.', {
        ...{ code: 'unavailable', remedy: 'retry', cause },
      });
    });
    const { username, extra } = status?.user ?? {};
    if (!status?.authenticated || !status.audiences?.includes(wanted) || !username) return null;
    return { username, pod: extra?.[podName]?.[0] ?? '' };
  }

  return async (token) => {
    const now = Date.now();
    const expires = expiryOf(token, wanted);
    // What is no token of this audience at all, or is over by its own word, is nothing to ask the cluster.
    if (expires === null || expires <= now) return null;
    const key = createHash('sha256').update(token).digest('base64');
    const cached = known.get(key);
    if (cached && cached.until > now) return cached.holder;
    const holder = ask(token);
    const entry = { until: Math.min(now + cacheMs, expires), holder };
    known.delete(key);
    known.set(key, entry);
    const [oldest] = known.keys();
    if (known.size > mostCached && oldest !== undefined) known.delete(oldest);
    holder.then(
      (found) => {
        if (!found) entry.until = Math.min(entry.until, now + refusedMs);
      },
      () => known.delete(key),
    );
    return holder;
  };
}

/** When a token ends, by what it says itself (milliseconds since the epoch); null when it is none for this audience. */
function expiryOf(token: string, wanted: string): number | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { aud, exp } = claims as { aud?: unknown; exp?: unknown };
    return [aud].flat().includes(wanted) && typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null; // no JWT: the cluster would say the same
  }
}
