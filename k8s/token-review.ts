import { createHash } from 'node:crypto';
import { AuthenticationV1Api } from '@kubernetes/client-node';
import { z } from 'zod';
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
const goodMs = 60_000;
const refusedMs = 10_000;
/** How long a cluster that can’t say is not asked again about a token that it has called good. */
const awayMs = 10_000;
const mostKept = 10_000;
/** Questions about strangers under way, and how long another waits for its turn: a flood here must not reach the cluster. */
const mostAsked = 8;
const turnMs = 3_000;

/** The attempt and the installation of the worker that shows a token, by its pod's name and namespace. */
export function identifyWorkers(kube: Pick<Kube, 'api'>): (token: string) => Promise<Worker | null> {
  const review = createReview(kube, audience.egress, (holder) => workerOf(holder) !== null);
  return async (token) => {
    const holder = await review(token);
    return holder && workerOf(holder);
  };
}

/** Whether a token is that of the broker of the installation in `namespace`. */
export function authenticateBroker(kube: Pick<Kube, 'api'>, namespace: string): (token: string) => Promise<boolean> {
  const broker = `system:serviceaccount:${namespace}:${account.broker}`;
  const review = createReview(kube, audience.door, ({ username }) => username === broker);
  return async (token) => (await review(token)) !== null;
}

function workerOf({ username, pod }: Holder): Worker | null {
  const [, namespace = ''] = /^system:serviceaccount:([^:]+):worker$/.exec(username) ?? [];
  const place = parseNamespace(namespace);
  const attempt = attemptOfPod(pod);
  if (!place || !attempt || taskOfAttempt(attempt) !== place.task) return null;
  return { attempt, instance: place.instance };
}

interface Good {
  readonly holder: Holder;
  /** When the cluster is asked again. */
  readonly until: number;
  /** The token's own end. */
  readonly expires: number;
  /** The cluster could not say it anew. */
  readonly away: boolean;
}

/**
 * Asks the cluster by TokenReview, for tokens of one audience whose holder is `wanted`. While the cluster can't say, what it
 * said last of a token holds until the token's end: a closed attempt is turned away at the door all the same.
 */
function createReview(kube: Pick<Kube, 'api'>, forAudience: string, wanted: (holder: Holder) => boolean): Review {
  const api = kube.api(AuthenticationV1Api);
  const turn = createTurns();
  // Apart, so that no number of bad ones drives a good one out.
  const good = new Map<string, Good>();
  const refused = new Map<string, number>();
  const asking = new Map<string, Promise<Holder | null>>();

  async function ask(token: string): Promise<Holder | null> {
    try {
      const { status } = await api.createTokenReview({ body: { spec: { token, audiences: [forAudience] } } });
      const { username, extra } = status?.user ?? {};
      if (!status?.authenticated || !status.audiences?.includes(forAudience) || !username) return null;
      const holder = { username, pod: extra?.[podName]?.[0] ?? '' };
      return wanted(holder) ? holder : null;
    } catch (cause) {
      throw unsaid(cause);
    }
  }

  async function learn(key: string, token: string, expires: number): Promise<Holder | null> {
    const before = good.get(key);
    try {
      // Who was good before does not queue behind strangers.
      const holder = before ? await ask(token) : await turn().then((leave) => ask(token).finally(leave));
      good.delete(key);
      if (holder) keep(good, key, { holder, until: Math.min(Date.now() + goodMs, expires), expires, away: false });
      else keep(refused, key, Date.now() + refusedMs);
      return holder;
    } catch (error) {
      if (!before || before.expires <= Date.now()) throw error;
      good.set(key, { ...before, until: Math.min(Date.now() + awayMs, before.expires), away: true });
      return before.holder;
    }
  }

  return async (token) => {
    const now = Date.now();
    const claimed = claimsOf(token, forAudience);
    // What is no token of a holder we want, or is over by its own word, is nothing to ask the cluster.
    if (!claimed || claimed.expires <= now || !wanted(claimed.holder)) return null;
    const key = createHash('sha256').update(token).digest('base64');
    const known = good.get(key);
    if (known && known.until > now) return known.holder;
    if ((refused.get(key) ?? 0) > now) return null;
    const asked = asking.get(key) ?? learn(key, token, claimed.expires).finally(() => asking.delete(key));
    asking.set(key, asked);
    if (!known?.away) return asked;
    // A cluster that is away may take its time to say so; nobody waits for that twice.
    asked.catch(() => undefined);
    return known.holder;
  };
}

const unsaid = (cause?: unknown): Failure =>
  new Failure('The cluster can’t say just now whose token this is.', { code: 'unavailable', remedy: 'retry', cause });

/** The oldest goes when there are too many. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest);
}

/** Lets so many in at once. Resolves with the way out, to be called once; throws Failure `unavailable` when that takes long. */
function createTurns(): () => Promise<() => void> {
  const waiting = new Set<() => void>();
  let inside = 0;
  /** Who waits takes the place of who leaves. */
  const leave = () => {
    const [next] = waiting;
    if (!next) inside -= 1;
    else next();
  };
  return async () => {
    if (inside < mostAsked) {
      inside += 1;
      return leave;
    }
    const turn = Promise.withResolvers<() => void>();
    const done = () => {
      clearTimeout(late);
      waiting.delete(enter);
    };
    const enter = () => {
      done();
      turn.resolve(leave);
    };
    const late = setTimeout(() => {
      done();
      turn.reject(unsaid());
    }, turnMs);
    waiting.add(enter);
    return turn.promise;
  };
}

/** Whose a token is and when it ends (milliseconds since the epoch), by its own word; null when it is none for this audience. */
function claimsOf(token: string, forAudience: string): { holder: Holder; expires: number } | null {
  const parsed = claims.safeParse(payloadOf(token));
  if (!parsed.success || ![parsed.data.aud].flat().includes(forAudience)) return null;
  const { sub, exp, 'kubernetes.io': bound } = parsed.data;
  return { holder: { username: sub, pod: bound?.pod?.name ?? '' }, expires: exp * 1000 };
}

const claims = z.object({
  ...{ aud: z.union([z.string(), z.array(z.string())]), exp: z.number(), sub: z.string() },
  'kubernetes.io': z.object({ pod: z.object({ name: z.string() }).optional() }).optional(),
});

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined; // no JWT: the cluster would say the same
  }
}
