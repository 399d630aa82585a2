/** What the tests of the workspace share: a remote where a broker would have it, and the directory of a task. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '../../core/protocol.ts';
import { createCheckpoint } from './checkpoint.ts';
import { push as deliver } from './delivery.ts';
import { createGit, type Git } from './git.ts';
import { initialise, prepare, type Workspace } from './workspace.ts';

export const job = {
  repo: 'acme/web',
  base: 'main',
  branch: 'mainloop/k3x9/1-greet',
  checkpointRef: 'refs/mainloop/k3x9/1/wip',
} as Job;

const names = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@x' };

export type Place = ReturnType<typeof createPlace>;

export function createPlace(path: string) {
  const dir = mkdtempSync(join(tmpdir(), 'mainloop-workspace-'));
  const work = join(dir, 'work');
  const remote = join(dir, 'broker/git/acme/web.git');
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', remote]);
  mkdirSync(work);
  const git = createGit(work, { PATH: path, HOME: dir, ...names });
  const file = (name: string) => join(work, name);
  const write = (name: string, text: string) => writeFileSync(file(name), text);
  const push = (...specs: string[]) => git(['push', '-q', '--force', 'origin', ...specs]);

  /** Begins an attempt; `through` is the git that brings the work back. */
  async function begin(through: Git = git): Promise<Workspace> {
    await initialise(git, work);
    return prepare(through, join(dir, 'broker'), job);
  }

  async function commit(name: string, text: string): Promise<string> {
    write(name, text);
    await git(['add', '-A']);
    await git(['commit', '-q', '-m', name]);
    return git(['rev-parse', 'HEAD']);
  }

  function newMachine(): void {
    rmSync(work, { recursive: true });
    mkdirSync(work);
  }

  /** What every attempt begins with: main has one commit, and the directory is as a new machine's. */
  async function withMain(): Promise<string> {
    await initialise(git, work);
    await git(['remote', 'add', 'origin', remote]);
    const sha = await commit('a.txt', 'one\n');
    await push('HEAD:refs/heads/main');
    return sha;
  }

  const checkpoint = (): Promise<void> => createCheckpoint(git, work, job, () => undefined).save();

  return {
    ...{ dir, work, remote, git, file, write, push, begin, commit, newMachine, withMain, checkpoint },
    /** Delivers what is committed. */
    deliver: () => deliver(git, job),
    commits: async (): Promise<string[]> => (await git(['log', '--format=%s', 'origin/main..HEAD'])).split('\n'),
    /** A first run: it has pushed two commits. Answers the first, to which somebody may reset the branch. */
    async firstRun(): Promise<string> {
      await withMain();
      newMachine();
      await begin();
      const good = await commit('good', 'good\n');
      await commit('leak', 'key\n');
      await deliver(git, job);
      return good;
    },
    /** What an interrupted run has not pushed: a commit, a change and a new file. */
    async goOn(): Promise<void> {
      await commit('new', 'new\n');
      write('good', 'better\n');
      write('note', 'note\n');
      await checkpoint();
    },
    /** Somebody makes a commit with one file on top of `onto`, and puts it in the branch's place. */
    async theyPush(onto: string, name: string, text: string): Promise<string> {
      const theirs = (...args: string[]) => git(args, { GIT_INDEX_FILE: join(dir, 'their-index') });
      writeFileSync(join(dir, 'their-file'), text);
      const blob = await theirs('hash-object', '-w', join(dir, 'their-file'));
      await theirs('read-tree', onto);
      await theirs('update-index', '--add', '--cacheinfo', `100644,${blob},${name}`);
      const sha = await theirs('commit-tree', await theirs('write-tree'), '-p', onto, '-m', `Their ${name}`);
      await push(`${sha}:refs/heads/${job.branch}`);
      return sha;
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Environments of all processes that have `mark` in theirs and `word` in their command line. */
export function environmentsOf(mark: string, word: string): string[] {
  const read = (pid: string, name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8');
    } catch {
      return ''; // the process has ended
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(name, 'cmdline').includes(word))
    .map((pid) => read(pid, 'environ'))
    .filter((environment) => environment.includes(mark));
}
