import type { CodeHost } from '../../core/code-host.ts';
import type { CheckItem } from '../../core/domain/ci.ts';
import { Failure } from '../../core/errors.ts';
import { type Api, orNull, type Target } from './api.ts';
import { statusOf } from './errors.ts';
import { Excerpt } from './excerpt.ts';
import { fetchStream } from './fetch.ts';
import { failedPart, type StepTime } from './job-log.ts';

const DOWNLOAD_MS = 120_000;
const MAX_ANNOTATIONS = 50;

/** Why a check failed: the failed step's log for GitHub Actions, else what the check says of itself. */
export function logs(api: Api): Pick<CodeHost, 'failureLog'> {
  return {
    failureLog: (repo, item, maxCharacters) =>
      api.call(repo, async (target) => {
        const [, kind, number] = /^(job|check_run):(\d+)$/.exec(item.id) ?? [];
        if (kind === 'job') return jobLog(target, Number(number), item, maxCharacters);
        if (kind === 'check_run') return checkRunText(target, Number(number), maxCharacters);
        const [, sha, context] = /^status:([0-9a-f]{40}):(.*)$/s.exec(item.id) ?? [];
        return sha && context !== undefined ? statusText(target, sha, context, maxCharacters) : '';
      }),
  };
}

async function checkRunText(target: Target, id: number, max: number): Promise<string> {
  const run = await orNull(target, target.octokit.rest.checks.get({ ...target.at, check_run_id: id }));
  if (!run) return '';
  const { title, summary, text } = run.data.output;
  const said = [title, summary, text].filter(Boolean).join('\n\n');
  return excerpt([said, ...(await annotations(target, id))].filter(Boolean).join('\n'), max);
}

async function jobLog(target: Target, id: number, item: CheckItem, max: number): Promise<string> {
  const { octokit, at } = target;
  const job = await orNull(target, octokit.rest.actions.getJobForWorkflowRun({ ...at, job_id: id }));
  const step = job?.data.steps?.find(
    (each) => each.conclusion && !['success', 'skipped', 'neutral'].includes(each.conclusion),
  );
  const title = step ? `Step "${step.name}": ${step.conclusion}\n` : '';
  const log = await readLog(target, id, stepTime(step), Math.max(0, max - title.length));
  if (log !== null) return title + log;
  const why = `${item.name}: ${item.state}${step ? ` in step "${step.name}"` : ''}. Its log is no longer available.`;
  return excerpt(why, max);
}

/** Null when GitHub no longer has the log. A download that breaks is begun once more. */
async function readLog(target: Target, id: number, step: StepTime | null, max: number): Promise<string | null> {
  for (let again = true; ; again = false) {
    const stream = await openLog(target, id);
    if (!stream) return null;
    try {
      return await failedPart(stream, step, max);
    } catch (cause) {
      if (!again)
        throw new Failure('The download of a log broke off.', { code: 'unavailable', remedy: 'retry', cause });
    }
  }
}

async function openLog({ octokit, at }: Target, id: number): Promise<AsyncIterable<Uint8Array> | null> {
  const request = { fetch: fetchStream(DOWNLOAD_MS), parseSuccessResponseBody: false };
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...at,
      job_id: id,
      request,
    });
    return data as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 410) return null;
    throw error;
  }
}

async function annotations(target: Target, id: number): Promise<string[]> {
  const query = { ...target.at, check_run_id: id, per_page: MAX_ANNOTATIONS };
  const notes = await orNull(target, target.octokit.rest.checks.listAnnotations(query));
  return (notes?.data ?? []).map(
    (note) => `${note.path}:${note.start_line}: ${note.annotation_level ?? 'note'}: ${note.message ?? ''}`,
  );
}

async function statusText({ octokit, at }: Target, sha: string, context: string, max: number): Promise<string> {
  const statuses = await octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, {
    ...at,
    ref: sha,
    per_page: 100,
  });
  const status = statuses.find((each) => each.context === context);
  return excerpt([status?.description, status?.target_url].filter(Boolean).join('\n'), max);
}

function stepTime(step: { started_at?: string | null; completed_at?: string | null } | undefined): StepTime | null {
  const from = Date.parse(step?.started_at ?? '');
  const to = Date.parse(step?.completed_at ?? '');
  return Number.isNaN(from) || Number.isNaN(to) ? null : { from, to };
}

function excerpt(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = new Excerpt(max);
  for (const line of text.split('\n')) kept.push(line);
  return kept.toString();
}
