import type { AttemptId } from '../../core/domain/ids.ts';
import { Refusal } from './http.ts';

/** Lets so many in at once; the others wait for their turn. */
export interface Gate {
  readonly inside: number;
  /** Whether who comes now has to wait. */
  readonly full: boolean;
  /** Resolves with the way out, to be called once. Throws Refusal 429 after `waitMs`, and the signal's reason when it aborts. */
  enter(waitMs: number, signal?: AbortSignal): Promise<() => void>;
}

export function createGate(most: number, what: string): Gate {
  const waiting = new Set<() => void>();
  let inside = 0;
  const leave = () => {
    inside -= 1;
    const [next] = waiting;
    next?.();
  };
  const enter = () => {
    inside += 1;
    return once(leave);
  };

  return {
    get inside() {
      return inside;
    },
    get full() {
      return inside >= most;
    },
    async enter(waitMs, signal) {
      signal?.throwIfAborted();
      if (inside < most) return enter();
      const turn = Promise.withResolvers<() => void>();
      const admit = () => {
        waiting.delete(admit);
        turn.resolve(enter());
      };
      const late = setTimeout(() => turn.reject(new Refusal(429, 'busy', `Too many ${what} at once.`, 5)), waitMs);
      const gone = () => turn.reject(signal?.reason);
      signal?.addEventListener('abort', gone, { once: true });
      waiting.add(admit);
      try {
        return await turn.promise;
      } finally {
        clearTimeout(late);
        waiting.delete(admit);
        signal?.removeEventListener('abort', gone);
      }
    },
  };
}

/** What one attempt may do at once, and what it has been refused for good. */
export interface Share {
  /** Requests of any kind, long polls included. */
  readonly requests: Gate;
  /** Model calls. Claude Code and its subagents make a few; the rest wait. */
  readonly models: Gate;
  /** Bodies and sessions, which are held in memory. */
  readonly bulk: Gate;
  readonly tunnels: Gate;
  /** Bytes through its tunnels so far, to the outside and back. */
  readonly carried: { up: number; down: number };
  /** Memory that its bodies take just now, bytes. */
  held: number;
  /** The door keeps no more of its events: they are not even read. */
  full: boolean;
}

/** Attempts that are remembered while nothing of theirs is under way. */
const mostIdle = 1_000;

/** The share of each attempt. */
export function createShares(): (attempt: AttemptId) => Share {
  const shares = new Map<AttemptId, Share>();
  return (attempt) => {
    const share = shares.get(attempt) ?? newShare();
    shares.delete(attempt);
    shares.set(attempt, share);
    if (shares.size > mostIdle) {
      for (const [id, { requests, tunnels }] of shares) {
        if (shares.size <= mostIdle) break;
        if (requests.inside + tunnels.inside === 0 && id !== attempt) shares.delete(id);
      }
    }
    return share;
  };
}

const newShare = (): Share => ({
  requests: createGate(64, 'requests'),
  models: createGate(8, 'model calls'),
  bulk: createGate(2, 'large requests'),
  tunnels: createGate(64, 'connections to the outside'),
  carried: { up: 0, down: 0 },
  held: 0,
  full: false,
});

function once(effect: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    effect();
  };
}
