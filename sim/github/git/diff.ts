import { git } from './command.ts';

export interface FileDiff {
  filename: string;
  previous?: string;
  status: 'added' | 'removed' | 'modified' | 'renamed';
  blob: string | null;
  additions: number;
  deletions: number;
  /** Absent for binary files, as on GitHub. */
  patch?: string;
}

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
/** GitHub lists at most 300 files in a comparison. */
const MAX_FILES = 300;

/** Files that differ between two commits; a missing `from` means the empty tree. */
export async function diff(directory: string, from: string | undefined, to: string): Promise<FileDiff[]> {
  const text = await git(directory, [
    'diff',
    '--no-color',
    '--no-ext-diff',
    '-M',
    '--full-index',
    from ?? EMPTY_TREE,
    to,
  ]);
  return text
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .slice(0, MAX_FILES)
    .map(parseFile);
}

function parseFile(part: string): FileDiff {
  const at = part.search(/^@@ /m);
  const header = at < 0 ? part : part.slice(0, at);
  const patch = at < 0 ? undefined : part.slice(at).replace(/\n$/, '');
  const lines = patch?.split('\n') ?? [];
  const blob = header.match(/^index [0-9a-f]+\.\.([0-9a-f]+)/m)?.[1] ?? null;
  const previous = header.match(/^rename from (.*)$/m)?.[1];
  const status = /^new file mode/m.test(header)
    ? 'added'
    : /^deleted file mode/m.test(header)
      ? 'removed'
      : previous
        ? 'renamed'
        : 'modified';
  return {
    filename: filename(header),
    status,
    blob: status === 'removed' ? (header.match(/^index ([0-9a-f]+)/m)?.[1] ?? null) : blob,
    additions: lines.filter((line) => line.startsWith('+')).length,
    deletions: lines.filter((line) => line.startsWith('-')).length,
    ...(previous ? { previous } : {}),
    ...(patch === undefined ? {} : { patch }),
  };
}

function filename(header: string): string {
  const named =
    header.match(/^rename to (.*)$/m)?.[1] ??
    header.match(/^\+\+\+ b\/(.*?)\t?$/m)?.[1] ??
    header.match(/^--- a\/(.*?)\t?$/m)?.[1];
  if (named) return named;
  // Binary and mode-only changes name the file only in the first line, twice: "diff --git a/X b/X".
  const both = header.slice('diff --git '.length, header.indexOf('\n'));
  return both.slice((both.length - 1) / 2 + 3);
}
