import type { Hono } from 'hono';
import { requireRead } from '../access.ts';
import { GitHubApiError, notFound } from '../errors.ts';
import { diff } from '../git/diff.ts';
import { commitsBetween, countBetween, log, readCommit } from '../git/history.ts';
import { mergeBase, resolveCommit } from '../git/refs.ts';
import type { Repo } from '../model.ts';
import { commitShape, fileShape } from '../shapes/commit.ts';
import { repoApi, repoHtml } from '../shapes/repository.ts';
import type { World } from '../world.ts';
import { type Ctx, type Env, page, repoOf } from './context.ts';

/** Commits and comparisons. */
export function commitRoutes(api: Hono<Env>, world: World): void {
  const readable = (c: Ctx) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'contents');
    return repo;
  };
  const found = async (repo: Repo, name: string) => {
    const sha = await resolveCommit(repo.directory, name.split(':').at(-1) ?? name);
    if (!sha) throw notFound();
    return sha;
  };
  api.get('/repos/:owner/:repo/commits', async (c) => {
    const repo = readable(c);
    const sha = await resolveCommit(repo.directory, c.req.query('sha') ?? repo.defaultBranch);
    if (!sha) throw c.req.query('sha') ? notFound() : new GitHubApiError(409, 'Git Repository is empty.');
    return c.json(page(world, c, await log(repo.directory, [sha])).map((commit) => commitShape(world, repo, commit)));
  });
  api.get('/repos/:owner/:repo/commits/:ref', async (c) => {
    const repo = readable(c);
    const sha = await resolveCommit(repo.directory, c.req.param('ref') ?? '');
    if (!sha) throw new GitHubApiError(422, `No commit found for SHA: ${c.req.param('ref')}`);
    const commit = await readCommit(repo.directory, sha);
    const files = await diff(repo.directory, commit.parents[0], sha);
    const additions = files.reduce((sum, file) => sum + file.additions, 0);
    const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
    return c.json({
      ...commitShape(world, repo, commit),
      stats: { total: additions + deletions, additions, deletions },
      files: files.map((file) => fileShape(world, repo, sha, file)),
    });
  });
  api.get('/repos/:owner/:repo/compare/:basehead{.+}', async (c) => {
    const repo = readable(c);
    const [baseName = '', headName = ''] = c.req.param('basehead').split('...');
    const [base, head] = [await found(repo, baseName), await found(repo, headName)];
    const common = await mergeBase(repo.directory, base, head);
    if (!common) throw notFound();
    const commits = await commitsBetween(repo.directory, base, head);
    const behind = await countBetween(repo.directory, head, base);
    const status = commits.length === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged';
    const files = commits.length === 0 ? [] : await diff(repo.directory, common, head);
    const html = `${repoHtml(world, repo)}/compare/${encodeURIComponent(baseName)}...${encodeURIComponent(headName)}`;
    return c.json({
      url: `${repoApi(world, repo)}/compare/${encodeURIComponent(baseName)}...${encodeURIComponent(headName)}`,
      html_url: html,
      permalink_url: `${repoHtml(world, repo)}/compare/${base}...${head}`,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: commitShape(world, repo, await readCommit(repo.directory, base)),
      merge_base_commit: commitShape(world, repo, await readCommit(repo.directory, common)),
      status,
      ahead_by: commits.length,
      behind_by: behind,
      total_commits: commits.length,
      commits: page(world, c, commits, 250).map((commit) => commitShape(world, repo, commit)),
      files: files.map((file) => fileShape(world, repo, head, file)),
    });
  });
}
