import type { Hono } from 'hono';
import { requireRead, requireWrite } from '../access.ts';
import { applyRefChange } from '../domain/pushes.ts';
import { GitHubApiError, notFound, unprocessable, validationFailed } from '../errors.ts';
import { readCommit } from '../git/history.ts';
import { deleteRef, isAncestor, listRefs, readRef, resolveCommit, writeRef, ZERO } from '../git/refs.ts';
import { listDirectory, resolveTree } from '../git/tree.ts';
import { exclusively } from '../lock.ts';
import type { Repo } from '../model.ts';
import { gitCommitShape } from '../shapes/commit.ts';
import { repoApi } from '../shapes/repository.ts';
import { nodeId } from '../shapes/user.ts';
import type { World } from '../world.ts';
import { bodyOf, type Ctx, type Env, repoOf, text } from './context.ts';

const REF_NAME = /^refs\/[^/]+\/(?!.*(\.\.|\/\/|@\{|[\s~^:?*[\\]))[^/].*(?<!\/|\.lock|\.)$/;

/** The git database: refs and commits. */
export function gitRoutes(api: Hono<Env>, world: World): void {
  const shape = (repo: Repo, ref: string, sha: string) => ({
    ref,
    node_id: nodeId('REF', repo.id, ref),
    url: `${repoApi(world, repo)}/git/${ref}`,
    object: { sha, type: 'commit', url: `${repoApi(world, repo)}/git/commits/${sha}` },
  });
  const readable = (c: Ctx) => {
    const repo = repoOf(world, c);
    requireRead(repo, c.var.actor, 'contents');
    return repo;
  };
  api.get('/repos/:owner/:repo/git/ref/:ref{.+}', async (c) => {
    const repo = readable(c);
    const ref = `refs/${c.req.param('ref')}`;
    const sha = await readRef(repo.directory, ref);
    if (!sha) throw notFound();
    return c.json(shape(repo, ref, sha));
  });
  api.get('/repos/:owner/:repo/git/matching-refs/:ref{.+}', async (c) => {
    const repo = readable(c);
    const prefix = `refs/${c.req.param('ref')}`;
    const refs = [...(await listRefs(repo.directory))].filter(([ref]) => ref.startsWith(prefix));
    return c.json(refs.map(([ref, sha]) => shape(repo, ref, sha)));
  });
  api.post('/repos/:owner/:repo/git/refs', async (c) => {
    const repo = repoOf(world, c);
    const user = requireWrite(repo, c.var.actor, 'contents');
    const body = await bodyOf(c);
    const ref = text(body.ref) ?? '';
    const sha = text(body.sha) ?? '';
    return exclusively(repo, async () => {
      if ((await listRefs(repo.directory)).size === 0) throw new GitHubApiError(409, 'Git Repository is empty.');
      if (!REF_NAME.test(ref)) throw unprocessable(`${ref} is not a valid ref name.`);
      if (!/^[0-9a-f]{40}$/.test(sha)) throw validationFailed({ resource: 'Reference', code: 'invalid', field: 'sha' });
      if (!(await resolveCommit(repo.directory, sha))) throw unprocessable('Object does not exist');
      if (await readRef(repo.directory, ref)) throw unprocessable('Reference already exists');
      await writeRef(repo.directory, ref, sha);
      await applyRefChange(world, repo, user, { ref, before: ZERO, after: sha });
      return c.json(shape(repo, ref, sha), 201);
    });
  });
  api.patch('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
    const repo = repoOf(world, c);
    const user = requireWrite(repo, c.var.actor, 'contents');
    const body = await bodyOf(c);
    const ref = `refs/${c.req.param('ref')}`;
    const sha = text(body.sha) ?? '';
    return exclusively(repo, async () => {
      const before = await readRef(repo.directory, ref);
      if (!before) throw unprocessable('Reference does not exist');
      if (!(await resolveCommit(repo.directory, sha))) throw unprocessable('Object does not exist');
      if (body.force !== true && !(await isAncestor(repo.directory, before, sha)))
        throw unprocessable('Update is not a fast forward');
      await writeRef(repo.directory, ref, sha);
      if (before !== sha) await applyRefChange(world, repo, user, { ref, before, after: sha });
      return c.json(shape(repo, ref, sha));
    });
  });
  api.delete('/repos/:owner/:repo/git/refs/:ref{.+}', async (c) => {
    const repo = repoOf(world, c);
    const user = requireWrite(repo, c.var.actor, 'contents');
    const ref = `refs/${c.req.param('ref')}`;
    return exclusively(repo, async () => {
      const before = await readRef(repo.directory, ref);
      if (!before) throw unprocessable('Reference does not exist');
      await deleteRef(repo.directory, ref);
      await applyRefChange(world, repo, user, { ref, before, after: ZERO });
      return c.body(null, 204);
    });
  });
  api.get('/repos/:owner/:repo/git/trees/:sha', async (c) => {
    const repo = readable(c);
    const sha = await resolveTree(repo.directory, c.req.param('sha') ?? '');
    if (!sha) throw notFound();
    const url = (kind: string, id: string) => `${repoApi(world, repo)}/git/${kind}s/${id}`;
    const tree = (await listDirectory(repo.directory, sha, '')).map(({ mode, type, sha: id, size, path }) => ({
      ...{ path, mode, type, sha: id },
      ...(type === 'commit' ? {} : { url: url(type, id) }),
      ...(type === 'blob' ? { size } : {}),
    }));
    return c.json({ sha, url: url('tree', sha), tree, truncated: false });
  });
  api.get('/repos/:owner/:repo/git/commits/:sha', async (c) => {
    const repo = readable(c);
    const sha = await resolveCommit(repo.directory, c.req.param('sha') ?? '');
    if (!sha) throw notFound();
    return c.json(gitCommitShape(world, repo, await readCommit(repo.directory, sha)));
  });
}
