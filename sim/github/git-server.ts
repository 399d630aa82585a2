import type { IncomingMessage, ServerResponse } from 'node:http';
import { canRead, requireWrite } from './access.ts';
import { type Actor, authenticate } from './auth.ts';
import { applyRefChange, refChanges } from './domain/pushes.ts';
import { GitHubApiError } from './errors.ts';
import { serveGit } from './git/http-backend.ts';
import { listRefs } from './git/refs.ts';
import { exclusively } from './lock.ts';
import type { Repo } from './model.ts';
import { findRepo, type World } from './world.ts';

const PATH = /^\/([^/]+\/[^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/;

/** Whether a request belongs to git's smart HTTP rather than to the API. */
export function isGitPath(path: string): boolean {
  return PATH.test(path);
}

/** One git request: who, may they, and what followed from a push. */
export async function handleGit(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.url);
  const [, name = '', path = ''] = PATH.exec(decodeURIComponent(url.pathname)) ?? [];
  const writes = path === '/git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  let repo: Repo;
  let actor: Actor;
  try {
    actor = authenticate(world, request.headers.authorization);
    repo = allowed(world, actor, name, writes);
  } catch (error) {
    if (!(error instanceof GitHubApiError)) throw error;
    return refuse(response, error);
  }
  const call = {
    directory: repo.directory,
    path,
    query: url.search.slice(1),
    remoteUser: actor.user?.login ?? '',
    request,
    response,
    signal: world.closing.signal,
  };
  if (path !== '/git-receive-pack') return serveGit(call);
  const user = actor.user ?? world.app.bot;
  await exclusively(repo, async () => {
    const before = await listRefs(repo.directory);
    await serveGit({
      ...call,
      beforeEnd: async () => {
        for (const change of refChanges(before, await listRefs(repo.directory)))
          await applyRefChange(world, repo, user, change);
      },
    });
  });
}

function allowed(world: World, actor: Actor, name: string, writes: boolean): Repo {
  const repo = findRepo(world, name);
  const hidden = !repo || !canRead(repo, actor);
  // Without credentials GitHub asks for them, as it does not say whether a repository exists.
  if (!actor.user && (hidden || writes)) throw new GitHubApiError(401, 'Authentication required');
  if (hidden) throw new GitHubApiError(404, 'Repository not found.');
  if (writes) requireWrite(repo, actor, 'contents');
  return repo;
}

function refuse(response: ServerResponse, error: GitHubApiError): void {
  const challenge = error.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {};
  response.writeHead(error.status, { 'content-type': 'text/plain', ...challenge });
  response.end(error.status === 401 ? 'Invalid username or token.\n' : `${error.message}\n`);
}
