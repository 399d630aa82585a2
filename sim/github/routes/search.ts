import type { Hono } from 'hono';
import { canRead } from '../access.ts';
import { validationFailed } from '../errors.ts';
import type { Issue, Repo } from '../model.ts';
import { issueShape } from '../shapes/issue.ts';
import type { World } from '../world.ts';
import { type Env, page } from './context.ts';

interface Query {
  words: string[];
  qualifiers: [string, string][];
}

/** Search of issues: words in quotes or not, `repo:`, `is:`, `state:`, `in:`, `author:`, `label:`, `head:`. */
export function searchRoutes(api: Hono<Env>, world: World): void {
  api.get('/search/issues', (c) => {
    const q = c.req.query('q');
    if (!q?.trim()) throw validationFailed({ resource: 'Search', code: 'missing', field: 'q' });
    const query = parseQuery(q);
    const found = [...world.repos.values()]
      .filter((repo) => canRead(repo, c.var.actor))
      .flatMap((repo) =>
        [...repo.issues.values()].filter((issue) => matches(repo, issue, query)).map((issue) => ({ repo, issue })),
      )
      .sort((a, b) => b.issue.createdAt.localeCompare(a.issue.createdAt) || b.issue.number - a.issue.number);
    const items = page(world, c, found).map(({ repo, issue }) => ({ ...issueShape(world, repo, issue), score: 1 }));
    return c.json({ total_count: found.length, incomplete_results: false, search_type: 'lexical', items });
  });
}

function parseQuery(q: string): Query {
  const query: Query = { words: [], qualifiers: [] };
  for (const [, key, quoted, plain] of q.matchAll(/(?:([a-z-]+):)?(?:"([^"]*)"|([^\s"]+))/g)) {
    const value = (quoted ?? plain ?? '').toLowerCase();
    if (key) query.qualifiers.push([key, value]);
    else query.words.push(value);
  }
  return query;
}

function matches(repo: Repo, issue: Issue, { words, qualifiers }: Query): boolean {
  const fields = qualifiers.filter(([key]) => key === 'in').flatMap(([, value]) => value.split(','));
  const texts = {
    title: issue.title,
    body: issue.body ?? '',
    comments: issue.comments.map((comment) => comment.body).join('\n'),
  };
  const searched = Object.entries(texts).filter(([name]) => fields.length === 0 || fields.includes(name));
  const haystack = searched.map(([, value]) => value.toLowerCase()).join('\n');
  return (
    words.every((word) => haystack.includes(word)) && qualifiers.every(([key, value]) => fits(repo, issue, key, value))
  );
}

function fits(repo: Repo, issue: Issue, key: string, value: string): boolean {
  switch (key) {
    case 'repo':
      return repo.fullName.toLowerCase() === value;
    case 'is':
    case 'type':
    case 'state':
      if (value === 'issue') return !issue.pull;
      if (value === 'pr' || value === 'pull-request') return Boolean(issue.pull);
      if (value === 'merged') return Boolean(issue.pull?.mergedAt);
      if (value === 'draft') return Boolean(issue.pull?.draft);
      return issue.state === value;
    case 'author':
      return issue.user.login.toLowerCase() === value;
    case 'label':
      return issue.labels.some((label) => label.name.toLowerCase() === value);
    case 'head':
      return issue.pull?.head.ref.toLowerCase() === value;
    default:
      return true;
  }
}
