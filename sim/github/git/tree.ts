import { git, runGit } from './command.ts';

export interface TreeEntry {
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  size: number;
  path: string;
}

/** The entry at a path of a commit, or undefined. The empty path is the root tree. */
export async function readEntry(directory: string, commit: string, path: string): Promise<TreeEntry | undefined> {
  if (path === '')
    return {
      mode: '040000',
      type: 'tree',
      sha: await git(directory, ['rev-parse', `${commit}^{tree}`]),
      size: 0,
      path,
    };
  return (await list(directory, commit, [path]))[0];
}

/** The tree that an id or a ref names, or undefined. */
export async function resolveTree(directory: string, name: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(
    directory,
    ['rev-parse', '-q', '--verify', '--end-of-options', `${name}^{tree}`],
    {
      accept: [0, 1, 128],
    },
  );
  return code === 0 ? stdout.toString().trim() : undefined;
}

/** What lies directly in a directory of a commit. */
export function listDirectory(directory: string, commit: string, path: string): Promise<TreeEntry[]> {
  return list(directory, commit, path === '' ? [] : [`${path}/`]);
}

export async function readBlob(directory: string, sha: string): Promise<Buffer> {
  return (await runGit(directory, ['cat-file', 'blob', sha])).stdout;
}

async function list(directory: string, commit: string, paths: string[]): Promise<TreeEntry[]> {
  const { stdout } = await runGit(directory, ['--literal-pathspecs', 'ls-tree', '-l', '-z', commit, '--', ...paths]);
  return stdout
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [meta = '', path = ''] = line.split('\t');
      const [mode = '', type = '', sha = '', size = '0'] = meta.split(/ +/);
      return { mode, type: type as TreeEntry['type'], sha, size: Number(size) || 0, path };
    });
}
