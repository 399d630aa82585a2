import { parse } from 'yaml';
import { listDirectory, readBlob } from '../git/tree.ts';
import type { Repo } from '../model.ts';

export interface WorkflowStep {
  name: string;
  run?: string;
  uses?: string;
  if?: string;
  env: Record<string, string>;
  workingDirectory?: string;
  continueOnError: boolean;
}

export interface WorkflowJobFile {
  key: string;
  name: string;
  needs: string[];
  env: Record<string, string>;
  steps: WorkflowStep[];
}

export interface Trigger {
  branches: string[] | null;
  branchesIgnore: string[];
  types: string[];
}

export interface Workflow {
  path: string;
  name: string;
  push: Trigger | null;
  pullRequest: Trigger | null;
  env: Record<string, string>;
  jobs: WorkflowJobFile[];
}

type Yaml = Record<string, unknown>;

/** The workflows of a commit that parse; a file that is not valid YAML has no jobs, as on GitHub. */
export async function readWorkflows(repo: Repo, sha: string): Promise<Workflow[]> {
  const entries = await listDirectory(repo.directory, sha, '.github/workflows');
  const files = entries.filter((entry) => entry.type === 'blob' && /\.ya?ml$/.test(entry.path));
  return Promise.all(
    files.map(async (file) => parseWorkflow(file.path, (await readBlob(repo.directory, file.sha)).toString())),
  );
}

export function parseWorkflow(path: string, text: string): Workflow {
  const yaml = record(parseYaml(text));
  const on = triggers(yaml.on);
  return {
    path,
    name: string(yaml.name) ?? path,
    push: on.get('push') ?? null,
    pullRequest: on.get('pull_request') ?? null,
    env: strings(yaml.env),
    jobs: Object.entries(record(yaml.jobs)).map(([key, job]) => parseJob(key, record(job))),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // A broken file triggers nothing.
    return {};
  }
}

function triggers(on: unknown): Map<string, Trigger> {
  const entries: [string, unknown][] =
    typeof on === 'string'
      ? [[on, {}]]
      : Array.isArray(on)
        ? on.map((name) => [String(name), {}])
        : Object.entries(record(on));
  return new Map(entries.map(([name, value]) => [name, parseTrigger(record(value))]));
}

function parseTrigger(yaml: Yaml): Trigger {
  return {
    branches: yaml.branches === undefined ? (yaml.tags === undefined ? null : []) : list(yaml.branches),
    branchesIgnore: list(yaml['branches-ignore']),
    types: yaml.types === undefined ? ['opened', 'synchronize', 'reopened'] : list(yaml.types),
  };
}

function parseJob(key: string, yaml: Yaml): WorkflowJobFile {
  const steps = Array.isArray(yaml.steps) ? yaml.steps : [];
  return {
    key,
    name: string(yaml.name) ?? key,
    needs: list(yaml.needs),
    env: strings(yaml.env),
    steps: steps.map((step) => parseStep(record(step))),
  };
}

function parseStep(yaml: Yaml): WorkflowStep {
  const run = string(yaml.run);
  const uses = string(yaml.uses);
  const condition = string(yaml.if);
  const workingDirectory = string(yaml['working-directory']);
  return {
    name: string(yaml.name) ?? `Run ${(run ?? uses ?? '').split('\n')[0]}`,
    env: strings(yaml.env),
    continueOnError: yaml['continue-on-error'] === true,
    ...(run === undefined ? {} : { run }),
    ...(uses === undefined ? {} : { uses }),
    ...(condition === undefined ? {} : { if: condition }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  };
}

/** Whether a branch passes a trigger's filters; `*` stays within a path segment, `**` does not. */
export function branchMatches(trigger: Trigger, branch: string): boolean {
  const matches = (pattern: string) => branchPattern(pattern).test(branch);
  return (trigger.branches?.some(matches) ?? true) && !trigger.branchesIgnore.some(matches);
}

function branchPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

function record(value: unknown): Yaml {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Yaml) : {};
}

function string(value: unknown): string | undefined {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;
}

function list(value: unknown): string[] {
  return value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String);
}

function strings(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, item]) => [key, String(item)]));
}
