import type { SandboxCause } from '../core/domain/run.ts';
import type { SandboxStatus } from '../core/ports.ts';

/** Details are clauses for people, in small letters, about the worker: `it`. */
export const starting = (detail: string): SandboxStatus => ({ state: 'starting', detail });
export const running = (detail: string): SandboxStatus => ({ state: 'running', detail });
export const unknown: SandboxStatus = { state: 'unknown', detail: 'nothing of it is in the cluster' };
export const exited = (detail: string, cause?: SandboxCause): SandboxStatus => ({
  state: 'exited',
  detail,
  ...(cause && { cause }),
});

/** Milliseconds from `time` until `now`; 0 when nobody knows, or clocks differ. */
export const since = (time: Date | undefined, now: number): number =>
  time ? Math.max(now - new Date(time).getTime(), 0) : 0;

/** `waiting for 20 s`, `waiting for 3 min`. */
export const waiting = (ms: number): string => `waiting for ${duration(ms)}`;

export const duration = (ms: number): string =>
  ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.floor(ms / 60_000)} min`;
