import type { CodeHost, Issue } from '../../core/code-host.ts';
import type { Api, Target } from './api.ts';
import { REPEATABLE } from './client.ts';
import { ensure } from './ensure.ts';
import { createLabels } from './labels.ts';
import { fitBody, fitTitle, markerOf, withMarker } from './marker.ts';

/** How far back an issue that we created is looked for, and in how many pages of a hundred at most. */
const LOOK_BACK_MS = 90 * 24 * 3_600_000;
const LOOK_BACK_PAGES = 20;

export function issues(api: Api): Pick<CodeHost, 'ensureIssue' | 'updateIssue'> {
  const labels = createLabels();
  return {
    ensureIssue: (repo, { marker, title, body, labels: names }) =>
      api.inTurn(`${repo} issue ${marker}`, () =>
        api.call(repo, async (target) => {
          const creator = await api.login();
          return ensure(
            () => findIssue(target, creator, marker),
            async () => {
              await labels.ensure(target, names);
              const text = { title: fitTitle(title), body: withMarker(body, marker), labels: [...names] };
              const { data } = await target.octokit.rest.issues.create({ ...target.at, ...text });
              return { number: data.number, url: data.html_url };
            },
          );
        }),
      ),

    updateIssue: (repo, issue, { body, state, addLabels = [], removeLabels = [] }) =>
      api.call(repo, async (target) => {
        const here = { ...target.at, issue_number: issue };
        if (body !== undefined || state !== undefined) {
          const text = body === undefined ? {} : { body: await keepMarker(target, issue, body) };
          await target.octokit.rest.issues.update({ ...here, ...text, ...(state ? { state } : {}), ...REPEATABLE });
        }
        if (addLabels.length > 0) {
          await labels.ensure(target, addLabels);
          await target.octokit.rest.issues.addLabels({ ...here, labels: [...addLabels], ...REPEATABLE });
        }
        for (const name of removeLabels) await labels.remove(target, issue, name);
      }),
  };
}

/**
 * The issue that we created under a marker. The list is read, not the search index, which lags behind; newest first, so
 * that the common case is one request.
 */
async function findIssue({ octokit, at }: Target, creator: string, marker: string): Promise<Issue | null> {
  const since = new Date(Date.now() - LOOK_BACK_MS).toISOString();
  const query = { ...at, creator, since, state: 'all', sort: 'created', direction: 'desc', per_page: 100 } as const;
  let pages = 0;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listForRepo, query)) {
    const found = data.find((issue) => !issue.pull_request && markerOf(issue.body) === marker);
    if (found) return { number: found.number, url: found.html_url };
    if (++pages === LOOK_BACK_PAGES) break;
  }
  return null;
}

/** A new body under its own marker, or the one that the issue has already. */
async function keepMarker({ octokit, at }: Target, issue: number, body: string): Promise<string> {
  const { data } = await octokit.rest.issues.get({ ...at, issue_number: issue });
  const marker = markerOf(body) ?? markerOf(data.body);
  return marker ? withMarker(body, marker) : fitBody(body);
}
