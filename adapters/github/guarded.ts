import type { Guarded } from '../../core/code-host.ts';
import { Failure } from '../../core/errors.ts';
import type { Target } from './api.ts';

/** What a commit has of the guarded files, by the ids of their blobs and trees: one to three requests. */
export async function guardedOf(target: Target, sha: string): Promise<Guarded> {
  const root = await entriesOf(target, sha);
  const [github, docs] = await Promise.all(
    ['.github', 'docs'].map(async (name) => {
      const entry = root.get(name);
      return entry?.type === 'tree' ? entriesOf(target, entry.sha) : new Map<string, Entry>();
    }),
  );
  return {
    '.github/workflows': github?.get('workflows')?.sha ?? null,
    '.github/CODEOWNERS': github?.get('CODEOWNERS')?.sha ?? null,
    CODEOWNERS: root.get('CODEOWNERS')?.sha ?? null,
    'docs/CODEOWNERS': docs?.get('CODEOWNERS')?.sha ?? null,
  };
}

interface Entry {
  readonly type: string;
  readonly sha: string;
}

async function entriesOf({ octokit, at }: Target, sha: string): Promise<Map<string, Entry>> {
  const { data } = await octokit.rest.git.getTree({ ...at, tree_sha: sha });
  if (data.truncated)
    throw new Failure(`GitHub does not show all files of ${sha}.`, { code: 'too_large', remedy: 'never' });
  return new Map(data.tree.map(({ path, type, sha: id }) => [path, { type, sha: id }]));
}
