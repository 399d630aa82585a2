import type { RepoName } from '../domain/ids.ts';
import { storable } from './columns.ts';
import { inArray, type SQL, sql } from './drizzle.ts';
import type { tasks } from './schema.ts';

/** Names of repositories are the same in any case; null sets no bounds. */
export const within = (column: typeof tasks.repo, repos: readonly RepoName[] | null): SQL | undefined =>
  repos === null
    ? undefined
    : inArray(
        sql`lower(${column})`,
        repos.map((repo) => storable(repo.toLowerCase())),
      );
