import type { Repo } from '../model.ts';
import type { Step, WorkflowJob, WorkflowRun } from '../model-checks.ts';
import type { World } from '../world.ts';
import { pullsMinimal } from './check.ts';
import { minimalRepository, repoApi, repoHtml } from './repository.ts';
import { nodeId, simpleUser } from './user.ts';

/** `workflow-run` of GitHub's API description. */
export function workflowRunShape(world: World, repo: Repo, run: WorkflowRun, headCommit: unknown) {
  const url = `${repoApi(world, repo)}/actions/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WFR', repo.id, run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.title,
    run_number: run.number,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: run.suite.id,
    check_suite_node_id: nodeId('CS', repo.id, run.suite.id),
    url,
    html_url: `${repoHtml(world, repo)}/actions/runs/${run.id}`,
    pull_requests: pullsMinimal(world, repo, run.pulls),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor: simpleUser(world, run.actor),
    run_attempt: run.attempt,
    referenced_workflows: [],
    run_started_at: run.startedAt,
    triggering_actor: simpleUser(world, run.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repoApi(world, repo)}/check-suites/${run.suite.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${repoApi(world, repo)}/actions/workflows/${run.workflowId}`,
    head_commit: headCommit,
    repository: minimalRepository(world, repo),
    head_repository: minimalRepository(world, repo),
  };
}

function stepShape(step: Step) {
  return {
    name: step.name,
    status: step.status,
    conclusion: step.conclusion,
    number: step.number,
    started_at: step.startedAt,
    completed_at: step.completedAt,
  };
}

/** `job` of GitHub's API description. */
export function jobShape(world: World, repo: Repo, job: WorkflowJob) {
  const { run } = job;
  const runUrl = `${repoApi(world, repo)}/actions/runs/${run.id}`;
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.name,
    head_branch: run.headBranch,
    run_url: runUrl,
    run_attempt: job.attempt,
    node_id: nodeId('CR', repo.id, job.id),
    head_sha: run.headSha,
    url: `${repoApi(world, repo)}/actions/jobs/${job.id}`,
    html_url: `${repoHtml(world, repo)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.createdAt,
    started_at: job.startedAt ?? job.createdAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: job.steps.map(stepShape),
    check_run_url: `${repoApi(world, repo)}/check-runs/${job.check.id}`,
    labels: ['ubuntu-latest'],
    runner_id: job.startedAt ? 1 : null,
    runner_name: job.startedAt ? 'GitHub Actions 1' : null,
    runner_group_id: job.startedAt ? 0 : null,
    runner_group_name: job.startedAt ? 'GitHub Actions' : null,
  };
}
