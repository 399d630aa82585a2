import type { FileDiff } from '../git/diff.ts';
import type { Commit } from '../git/history.ts';
import type { Repo, User } from '../model.ts';
import type { World } from '../world.ts';
import { repoApi, repoHtml } from './repository.ts';
import { nodeId, simpleUser } from './user.ts';

const UNSIGNED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** The account behind a commit's e-mail address, when there is one. */
function account(world: World, email: string): User | undefined {
  return [...world.users.values()].find((user) => user.email.toLowerCase() === email.toLowerCase());
}

/** `commit` of GitHub's API description. */
export function commitShape(world: World, repo: Repo, commit: Commit) {
  const api = repoApi(world, repo);
  const html = repoHtml(world, repo);
  const author = account(world, commit.author.email);
  const committer = account(world, commit.committer.email);
  return {
    sha: commit.sha,
    node_id: nodeId('C', repo.id, commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: UNSIGNED,
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: author ? simpleUser(world, author) : null,
    committer: committer ? simpleUser(world, committer) : null,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${html}/commit/${sha}` })),
  };
}

/** `git-commit`: the git database's view. */
export function gitCommitShape(world: World, repo: Repo, commit: Commit) {
  const { sha, node_id, html_url, parents } = commitShape(world, repo, commit);
  return {
    sha,
    node_id,
    url: `${repoApi(world, repo)}/git/commits/${sha}`,
    html_url,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${repoApi(world, repo)}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: parents.map((parent) => ({ ...parent, url: `${repoApi(world, repo)}/git/commits/${parent.sha}` })),
    verification: UNSIGNED,
  };
}

/** `diff-entry`: one file of a comparison or a pull request. */
export function fileShape(world: World, repo: Repo, sha: string, file: FileDiff) {
  const path = file.filename.split('/').map(encodeURIComponent).join('/');
  const html = repoHtml(world, repo);
  return {
    sha: file.blob,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${sha}/${path}`,
    raw_url: `${html}/raw/${sha}/${path}`,
    contents_url: `${repoApi(world, repo)}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previous ? { previous_filename: file.previous } : {}),
  };
}

/** `simple-commit` and the commits of a push webhook. */
export function pushedCommit(world: World, repo: Repo, commit: Commit, files: FileDiff[] = []) {
  const person = (signature: Commit['author']) => {
    const user = account(world, signature.email);
    return { name: signature.name, email: signature.email, ...(user ? { username: user.login } : {}) };
  };
  const named = (status: string) => files.filter((file) => file.status === status).map((file) => file.filename);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repoHtml(world, repo)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: named('added'),
    removed: named('removed'),
    modified: [...named('modified'), ...named('renamed')],
  };
}
