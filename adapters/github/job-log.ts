import { Excerpt } from './excerpt.ts';
import { lines } from './lines.ts';

/** When the failed step ran, milliseconds since the epoch; GitHub gives whole seconds. */
export interface StepTime {
  readonly from: number;
  readonly to: number;
}

/**
 * The failed step's part of a job's log. The log is one text for all steps: the step's times narrow it down, then the
 * section (`##[group]Run …`) that holds the error is taken. Without a step, or when nothing of its times tells an error (a
 * runner's clock and its step times need not agree), it is the whole log. Memory is bounded by `max`, however long the log is.
 */
export async function failedPart(log: AsyncIterable<Uint8Array>, step: StepTime | null, max: number): Promise<string> {
  const whole = new Excerpt(max);
  let section = new Excerpt(max);
  let within = false;
  let done = step === null;
  for await (const batch of lines(log))
    for (const line of batch) {
      whole.push(line);
      if (done || !step) continue;
      const at = timeOf(line);
      if (at !== null) within = at >= step.from && at < step.to + 1_000;
      if (!within) continue;
      if (startsSection(line)) {
        if (section.hasError) done = true;
        else section = new Excerpt(max);
      }
      if (!done) section.push(line);
    }
  return (section.empty || (whole.hasError && !section.hasError) ? whole : section).toString();
}

function timeOf(line: string): number | null {
  const stamp = /^\uFEFF?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[\d.]*Z /.exec(line)?.[1];
  return stamp ? Date.parse(`${stamp}Z`) : null;
}

function startsSection(line: string): boolean {
  return line.includes('Z ##[group]Run ') || line.includes('Z Post job cleanup.');
}
