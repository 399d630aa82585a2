import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git, runGit } from './command.ts';
import { log } from './history.ts';

export interface Author {
  name: string;
  email: string;
}

export interface NewCommit {
  ref: string;
  parent: string | undefined;
  message: string;
  author: Author;
  /** Path → content; null removes the file. A content that starts with `#!` is made executable. */
  files: Record<string, string | Buffer | null>;
}

export async function createBare(directory: string, defaultBranch: string): Promise<void> {
  await git(tmpdir(), ['init', '-q', '--bare', directory]);
  await git(directory, ['symbolic-ref', 'HEAD', `refs/heads/${defaultBranch}`]);
  await git(directory, ['config', 'http.receivepack', 'true']);
  await git(directory, ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  await git(directory, ['config', 'gc.auto', '0']);
  // Nobody pushes to a pull request's own refs.
  await git(directory, ['config', 'receive.hideRefs', 'refs/pull']);
}

/** Writes a commit and points the ref at it, whatever the ref held. Returns the SHA. */
export async function writeCommit(directory: string, commit: NewCommit): Promise<string> {
  const when = `${Math.floor(Date.now() / 1000)} +0000`;
  const who = `${commit.author.name} <${commit.author.email}> ${when}`;
  const parts: (string | Buffer)[] = [
    `commit ${commit.ref}\nauthor ${who}\ncommitter ${who}\n`,
    ...data(commit.message),
  ];
  if (commit.parent) parts.push(`from ${commit.parent}\n`);
  for (const [path, content] of Object.entries(commit.files)) {
    if (content === null) parts.push(`D ${quote(path)}\n`);
    else
      parts.push(
        `M ${content.toString('utf8').startsWith('#!') ? '100755' : '100644'} inline ${quote(path)}\n`,
        ...data(content),
      );
  }
  if (!commit.parent) await git(directory, ['update-ref', '-d', commit.ref]);
  await git(directory, ['fast-import', '--quiet', '--force'], {
    input: Buffer.concat(parts.map((part) => Buffer.from(part))),
  });
  return git(directory, ['rev-parse', commit.ref]);
}

function data(content: string | Buffer): (string | Buffer)[] {
  const bytes = Buffer.from(content);
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

export interface MergeRequest {
  base: string;
  head: string;
  method: 'merge' | 'squash' | 'rebase';
  message: string;
  author: Author;
}

/** Merges two commits in a temporary worktree; gives the new commit, or undefined on a conflict. No ref moves. */
export async function mergeCommits(directory: string, merge: MergeRequest): Promise<string | undefined> {
  const parent = await mkdtemp(join(tmpdir(), 'github-sim-merge-'));
  const tree = join(parent, 'tree');
  const env = { GIT_AUTHOR_NAME: merge.author.name, GIT_AUTHOR_EMAIL: merge.author.email };
  try {
    await git(directory, ['worktree', 'add', '-q', '--detach', tree, merge.base]);
    const ran = await apply(tree, merge, env);
    return ran ? await git(tree, ['rev-parse', 'HEAD']) : undefined;
  } finally {
    await rm(parent, { recursive: true, force: true });
    await git(directory, ['worktree', 'prune']);
  }
}

async function apply(tree: string, merge: MergeRequest, env: Record<string, string>): Promise<boolean> {
  const accept = [0, 1, 2, 128];
  if (merge.method === 'rebase') {
    const commits = (await log(tree, ['--no-merges', `${merge.base}..${merge.head}`])).reverse();
    const { code } = await runGit(tree, ['cherry-pick', '--allow-empty', ...commits.map((c) => c.sha)], { accept });
    return code === 0;
  }
  const flag = merge.method === 'squash' ? '--squash' : '--no-ff';
  const { code } = await runGit(tree, ['merge', '-q', flag, '--no-commit', merge.head], { env, accept });
  if (code !== 0) return false;
  const { code: committed } = await runGit(tree, ['commit', '-q', '--allow-empty', '-m', merge.message], {
    env,
    accept,
  });
  return committed === 0;
}
