import { git } from './command.ts';
import { ZERO } from './refs.ts';

export interface Signature {
  name: string;
  email: string;
  date: string;
}

export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
}

const FORMAT = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');

/** Commits of a range, newest first. `range` is what `git log` takes; `limit` bounds the number. */
export async function log(directory: string, range: string[], limit = 1000): Promise<Commit[]> {
  const text = await git(directory, ['log', `--format=${FORMAT}%x1e`, `-n${limit}`, ...range, '--']);
  return text
    .split('\x1e')
    .map((record) => record.replace(/^\n/, ''))
    .filter(Boolean)
    .map(parseCommit);
}

function parseCommit(record: string): Commit {
  const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] =
    record.split('\0');
  return {
    sha,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.trimEnd(),
  };
}

function utc(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`;
}

/** One commit. @throws GitError when it does not exist. */
export async function readCommit(directory: string, sha: string): Promise<Commit> {
  const [commit] = await log(directory, [sha], 1);
  if (!commit) throw new Error(`no commit ${sha}`);
  return commit;
}

/** Commits that `head` has and `base` has not, oldest first as GitHub lists them. */
export async function commitsBetween(directory: string, base: string, head: string): Promise<Commit[]> {
  return (await log(directory, base === ZERO ? [head] : [`${base}..${head}`])).reverse();
}

export async function countBetween(directory: string, base: string, head: string): Promise<number> {
  return Number(await git(directory, ['rev-list', '--count', `${base}..${head}`]));
}
