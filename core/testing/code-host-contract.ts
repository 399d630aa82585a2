import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CodeHost } from '../code-host.ts';

/** A code host with the repository `acme/web`, whose branch `main` has a commit, and the people at its other end: `ana`, who may write, and `eve`, who may not. */
export interface CodeHostBench {
  readonly host: CodeHost;
  /** Pushes a commit to a branch. */
  push(branch: string): Promise<void>;
  /** `ana` comments. */
  comment(issue: number, body: string): Promise<void>;
  merge(pull: number): Promise<void>;
  close(): Promise<void>;
}

const repo = 'acme/web';
const branch = 'mainloop/1-fix';

/** What every {@link CodeHost} promises, shown through a real one. */
export function codeHostContract(name: string, make: () => Promise<CodeHostBench>): void {
  describe(`${name} code host`, () => {
    let bench: CodeHostBench;
    let host: CodeHost;
    beforeEach(async () => {
      bench = await make();
      host = bench.host;
    });
    afterEach(() => bench.close());

    const issue = (marker = 'task:1') => host.ensureIssue(repo, { marker, title: 'Fix it', body: 'Plan.', labels: [] });
    const pull = () => host.ensurePullRequest(repo, { branch, base: 'main', title: 'Fix', body: 'It is fixed.' });

    test('a repository is known by its name, and an unknown one is a failure that cannot pass', async () => {
      expect(await host.repository(repo)).toMatchObject({ name: repo, defaultBranch: 'main', empty: false });
      await expect(host.repository('acme/none')).rejects.toMatchObject({
        code: 'repository_not_found',
        remedy: 'never',
      });
    });

    test('an issue is one per marker', async () => {
      const [one, again] = [await issue(), await issue()];
      expect(again).toEqual(one);
      expect((await issue('task:2')).number).not.toBe(one.number);
    });

    test('a comment is one per marker, brought up to date, and never read as a person', async () => {
      const { number } = await issue();
      const one = await host.ensureComment(repo, number, { marker: 'ask:1', body: 'Which?' });
      expect((await host.ensureComment(repo, number, { marker: 'ask:1', body: 'Which one?' })).id).toBe(one.id);
      expect(await host.comments(repo, number, 0)).toEqual([]);
    });

    test("people's comments come oldest first, each with its author, and not before a time", async () => {
      const { number } = await issue();
      await bench.comment(number, 'first');
      await bench.comment(number, 'second');
      const comments = await host.comments(repo, number, Date.now() - 60_000);
      expect(comments.map(({ author, body }) => [author, body])).toEqual([
        ['ana', 'first'],
        ['ana', 'second'],
      ]);
      expect(new Set(comments.map(({ id }) => id)).size).toBe(2);
      expect(await host.comments(repo, number, Date.now() + 60_000)).toEqual([]);
    });

    test('who may write is told, and strangers may not', async () => {
      expect(await host.permission(repo, 'ana')).toBe('write');
      expect(['none', 'read']).toContain(await host.permission(repo, 'eve'));
    });

    test('a branch is created once at its base, and its head is what was pushed', async () => {
      expect(await host.head(repo, branch)).toBeNull();
      const base = await host.head(repo, 'main');
      expect(await host.ensureBranch(repo, branch, 'main')).toBe(base);
      await bench.push(branch);
      const head = await host.head(repo, branch);
      expect(head).not.toBe(base);
      expect(await host.ensureBranch(repo, branch, 'main')).toBe(head);
    });

    test('what a branch changes is counted since it left its base, whatever came there since', async () => {
      if (!host.diffStat) return;
      await host.ensureBranch(repo, branch, 'main');
      expect(await host.diffStat(repo, 'main', branch)).toEqual({ files: 0, additions: 0, deletions: 0, more: false });
      await bench.push(branch);
      await bench.push('main');
      const changes = { files: 1, additions: 1, deletions: 0, more: false };
      expect(await host.diffStat(repo, 'main', branch)).toEqual(changes);
      expect(await host.diffStat(repo, 'main', (await host.head(repo, branch)) ?? '')).toEqual(changes);
      await expect(host.diffStat(repo, 'main', 'none')).rejects.toMatchObject({ code: 'gone' });
    });

    test('a pull request is a draft, one per branch, and says so when there is nothing in it', async () => {
      await host.ensureBranch(repo, branch, 'main');
      await expect(pull()).rejects.toMatchObject({ code: 'no_commits' });
      await bench.push(branch);
      const one = await pull();
      expect(one).toMatchObject({ state: 'open', draft: true, headBranch: branch, base: 'main' });
      expect((await pull()).number).toBe(one.number);
      await host.markReady(repo, one.number);
      await host.markReady(repo, one.number);
      expect((await host.pullRequest(repo, one.number)).draft).toBe(false);
      await bench.merge(one.number);
      expect((await host.pullRequest(repo, one.number)).state).toBe('merged');
    });

    test('a commit that nothing was checked on has no checks', async () => {
      const head = await host.head(repo, 'main');
      expect(await host.checks(repo, head ?? '')).toEqual([]);
    });

    test('git is told an address and a credential', async () => {
      const { url, username, password } = await host.gitAccess(repo);
      expect(url).toContain(repo);
      expect(username && password).toBeTruthy();
      expect(url).not.toContain(password);
    });
  });
}
