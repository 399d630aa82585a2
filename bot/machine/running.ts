import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { worksOn } from '../postgres/postmaster.ts';

const readiness = z.object({
  ok: z.boolean(),
  parts: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});
export type Readiness = z.infer<typeof readiness>;

/** What answers at an address: a Mainloop with the state of its parts, something else, or nothing. */
export async function whoAnswers(url: string): Promise<Readiness | 'other' | 'nobody'> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
    const parsed = readiness.safeParse(await response.json().catch(() => null));
    return parsed.success ? parsed.data : 'other';
  } catch (error) {
    return isSilence(error) ? 'nobody' : 'other';
  }
}

const silences = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function isSilence(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'TimeoutError') return true;
  return ('code' in error && silences.has(String(error.code))) || isSilence(error.cause);
}

/** The process that runs on a data directory by its own note, when it is alive. Takes no lock. */
export function holderOf(dataDir: string): number | null {
  const note = join(dataDir, 'lock.pid');
  const pid = existsSync(note) ? Number(readFileSync(note, 'utf8')) : 0;
  return pid > 0 && worksOn(pid, 'main.ts') ? pid : null;
}
