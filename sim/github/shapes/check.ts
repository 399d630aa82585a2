import type { Repo } from '../model.ts';
import type { Annotation, CheckRun, CheckSuite, CommitStatus } from '../model-checks.ts';
import type { World } from '../world.ts';
import { appShape, otherApp } from './app.ts';
import { minimalRepository, repoApi, repoHtml } from './repository.ts';
import { nodeId, simpleUser } from './user.ts';

/** `pull-request-minimal`, as listed beside checks and runs. */
export function pullsMinimal(world: World, repo: Repo, numbers: number[]) {
  const inner = { id: repo.id, url: repoApi(world, repo), name: repo.name };
  return numbers.flatMap((number) => {
    const pull = repo.issues.get(number)?.pull;
    if (!pull) return [];
    const { head, base } = pull;
    return [
      {
        url: `${repoApi(world, repo)}/pulls/${number}`,
        id: pull.id,
        number,
        head: { ref: head.ref, sha: head.sha, repo: inner },
        base: { ref: base.ref, sha: base.sha, repo: inner },
      },
    ];
  });
}

/** `check-run` of GitHub's API description. */
export function checkRunShape(world: World, repo: Repo, check: CheckRun) {
  const job = repo.jobs.find((known) => known.check === check);
  const html = job
    ? `${repoHtml(world, repo)}/actions/runs/${job.run.id}/job/${job.id}`
    : `${repoHtml(world, repo)}/runs/${check.id}`;
  const url = `${repoApi(world, repo)}/check-runs/${check.id}`;
  return {
    id: check.id,
    name: check.name,
    node_id: nodeId('CR', repo.id, check.id),
    head_sha: check.headSha,
    external_id: '',
    url,
    html_url: html,
    details_url: html,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: { ...check.output, annotations_count: check.annotations.length, annotations_url: `${url}/annotations` },
    check_suite: { id: check.suite.id },
    app: check.app.id === world.app.id ? appShape(world) : otherApp(world, check.app),
    pull_requests: pullsMinimal(world, repo, check.suite.pulls),
  };
}

/** `check-annotation` of GitHub's API description. */
export function annotationShape(world: World, repo: Repo, check: CheckRun, annotation: Annotation) {
  const { path, line, level, title, message } = annotation;
  return {
    path,
    start_line: line,
    end_line: line,
    start_column: null,
    end_column: null,
    annotation_level: level,
    title,
    message,
    raw_details: null,
    blob_href: `${repoHtml(world, repo)}/blob/${check.headSha}/${path}`,
  };
}

export function checkSuiteSummary(world: World, repo: Repo, suite: CheckSuite) {
  const url = `${repoApi(world, repo)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId('CS', repo.id, suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsMinimal(world, repo, suite.pulls),
    app: suite.app.id === world.app.id ? appShape(world) : otherApp(world, suite.app),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    latest_check_runs_count: latestChecks(repo.checks.filter((check) => check.suite === suite)).length,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
}

/** `check-suite` of GitHub's API description. */
export function checkSuiteShape(world: World, repo: Repo, suite: CheckSuite, headCommit: unknown) {
  return {
    ...checkSuiteSummary(world, repo, suite),
    head_commit: headCommit,
    repository: minimalRepository(world, repo),
  };
}

/** Of runs with one name in one suite only the newest counts. */
export function latestChecks(checks: CheckRun[]): CheckRun[] {
  const byName = new Map<string, CheckRun>();
  for (const check of checks) byName.set(`${check.suite.id}\0${check.name}`, check);
  return [...byName.values()];
}

/** `status` of GitHub's API description. */
export function statusShape(world: World, repo: Repo, status: CommitStatus) {
  return {
    url: `${repoApi(world, repo)}/statuses/${status.sha}`,
    avatar_url: `${world.url}/avatars/u/${status.creator.id}?v=4`,
    id: status.id,
    node_id: nodeId('SC', repo.id, status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: simpleUser(world, status.creator),
  };
}
