/** What a canary's report means. Pure. */
import { z } from 'zod';
import { Failure } from '../core/errors.ts';
import type { CanaryReport } from './worker/canary-report.ts';

const schema = z.object({
  reached: z.array(z.string()),
  brokerError: z.string().nullable(),
  uid: z.number(),
  uidMap: z.string(),
  noNewPrivs: z.string(),
  capEff: z.string(),
  seccomp: z.string(),
  rootWritable: z.boolean(),
  apiToken: z.boolean(),
}) satisfies z.ZodType<CanaryReport>;

/** Reads the canary's termination message. */
export function parseReport(text: string): CanaryReport {
  const parsed = schema.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new Failure(`A worker's pod ended without a report: ${text.trim().slice(-300) || 'it wrote nothing'}.`, {
    ...{ code: 'canary_report', remedy: 'never' },
    advice: 'Is the worker image of the same version as the program?',
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether the pod's users are others than the host's, by /proc/self/uid_map. */
export const hasOwnUsers = ({ uidMap }: CanaryReport): boolean => !/^0 0 /.test(uidMap);

/**
 * How the pod is less confined than it should be, a few words each. A runtime of its own (gVisor, Kata) has its own
 * kernel, which tells nothing about seccomp.
 */
export function unconfined(report: CanaryReport, hasRuntimeClass: boolean): string[] {
  return [
    report.uid === 10_001 ? [] : `it runs as user ${report.uid}`,
    /^0+$/.test(report.capEff) ? [] : `it has capabilities (${report.capEff})`,
    report.noNewPrivs === '1' ? [] : 'it can gain privileges',
    report.seccomp === '2' || hasRuntimeClass ? [] : 'it has no seccomp filter',
    report.rootWritable ? 'its root file system can be written' : [],
    report.apiToken ? 'a token of the API server is mounted' : [],
  ].flat();
}
