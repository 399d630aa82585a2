import { git, runGit } from './command.ts';

export const ZERO = '0'.repeat(40);

/** All refs of a repository: full name → object id. */
export async function listRefs(directory: string, prefix = ''): Promise<Map<string, string>> {
  const lines = await git(directory, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    ...(prefix ? [prefix] : []),
  ]);
  return new Map(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(41), line.slice(0, 40)]),
  );
}

/** The commit a ref or SHA names, or undefined. */
export async function resolveCommit(directory: string, name: string): Promise<string | undefined> {
  if (name.startsWith('-')) return undefined;
  for (const candidate of [name, `refs/heads/${name}`]) {
    const { code, stdout } = await runGit(directory, ['rev-parse', '-q', '--verify', `${candidate}^{commit}`], {
      accept: [0, 1, 128],
    });
    if (code === 0) return stdout.toString().trim();
  }
  return undefined;
}

/** The object a full ref points to, or undefined. */
export async function readRef(directory: string, ref: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(directory, ['rev-parse', '-q', '--verify', ref], { accept: [0, 1, 128] });
  return code === 0 ? stdout.toString().trim() : undefined;
}

export async function writeRef(directory: string, ref: string, sha: string): Promise<void> {
  await git(directory, ['update-ref', ref, sha]);
}

export async function deleteRef(directory: string, ref: string): Promise<void> {
  await git(directory, ['update-ref', '-d', ref]);
}

export async function isAncestor(directory: string, ancestor: string, descendant: string): Promise<boolean> {
  const { code } = await runGit(directory, ['merge-base', '--is-ancestor', ancestor, descendant], {
    accept: [0, 1, 128],
  });
  return code === 0;
}

export async function mergeBase(directory: string, a: string, b: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(directory, ['merge-base', a, b], { accept: [0, 1, 128] });
  return code === 0 ? stdout.toString().trim() : undefined;
}
