import type { Hono } from 'hono';
import { requireRead } from '../access.ts';
import { GitHubApiError, notFound } from '../errors.ts';
import { resolveCommit } from '../git/refs.ts';
import { listDirectory, readBlob, readEntry, type TreeEntry } from '../git/tree.ts';
import type { Repo } from '../model.ts';
import { repoApi, repoHtml } from '../shapes/repository.ts';
import type { World } from '../world.ts';
import { type Ctx, type Env, repoOf } from './context.ts';

/** Files and directories of a commit. */
export function contentRoutes(api: Hono<Env>, world: World): void {
  const shape = (repo: Repo, ref: string, entry: TreeEntry) => {
    const path = entry.path.split('/').map(encodeURIComponent).join('/');
    const url = `${repoApi(world, repo)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
    const kind = entry.type === 'tree' ? 'tree' : 'blob';
    const html = `${repoHtml(world, repo)}/${kind}/${ref}/${path}`;
    const gitUrl = `${repoApi(world, repo)}/git/${kind}s/${entry.sha}`;
    return {
      name: entry.path.split('/').at(-1) ?? '',
      path: entry.path,
      sha: entry.sha,
      size: entry.size,
      url,
      html_url: html,
      git_url: gitUrl,
      download_url: kind === 'blob' ? `${repoHtml(world, repo)}/raw/${ref}/${path}` : null,
      type: kind === 'tree' ? 'dir' : 'file',
      _links: { self: url, git: gitUrl, html },
    };
  };
  const answer = async (c: Ctx, path: string) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'contents');
    const ref = c.req.query('ref') ?? repo.defaultBranch;
    const commit = await resolveCommit(repo.directory, ref);
    if (!commit)
      throw c.req.query('ref')
        ? new GitHubApiError(404, `No commit found for the ref ${ref}`)
        : new GitHubApiError(404, 'This repository is empty.');
    const entry = await readEntry(repo.directory, commit, path);
    if (!entry) throw notFound();
    if (entry.type === 'tree')
      return c.json((await listDirectory(repo.directory, commit, path)).map((item) => shape(repo, ref, item)));
    const bytes = await readBlob(repo.directory, entry.sha);
    if (c.req.header('accept')?.includes('raw')) return c.body(new Uint8Array(bytes));
    // GitHub breaks base64 into lines of 60 characters.
    const content = bytes.toString('base64').replace(/.{60}/g, '$&\n');
    return c.json({ ...shape(repo, ref, entry), content: `${content}\n`, encoding: 'base64' });
  };
  api.get('/repos/:owner/:repo/contents', (c) => answer(c, ''));
  api.get('/repos/:owner/:repo/contents/', (c) => answer(c, ''));
  api.get('/repos/:owner/:repo/contents/:path{.+}', (c) => answer(c, (c.req.param('path') ?? '').replace(/\/$/, '')));
}
