import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChangedFile, changedFiles, createTreeOf } from './changes.ts';
import type { CheckRun } from './checks.ts';
import type { Git } from './git.ts';
import { errorsOf, type Problem } from './language-client.ts';
import type { Limits } from './language-connection.ts';
import { checkingServers, type FoundServer } from './language-servers.ts';

export interface DiagnosticsOptions {
  readonly git: Git;
  readonly directory: string;
  /** The base branch, as a revision. */
  readonly base: string;
  /** For the servers, which run what the repository configures: no token. Its PATH is where they are looked for. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  onLog(text: string): void;
  readonly limits?: Limits & { readonly allMs: number };
}

const limits = { startMs: 60_000, allMs: 120_000, settleMs: 2_000, silenceMs: 10_000 };
/** Asked about, most; larger files are nobody's own words. */
const max = { files: 200, bytes: 1_000_000, characters: 4_000 };

/**
 * Compares what language servers say of the files that HEAD changed with what they say of them at the base; new errors make
 * the check red. Null: no server has a say in these files, or none could be asked, which is logged and no fault of the work.
 */
export async function checkDiagnostics(options: DiagnosticsOptions): Promise<CheckRun | null> {
  const { git, directory, env, signal, onLog } = options;
  const commit = (await git.maybe(['merge-base', options.base, 'HEAD'])) ?? options.base;
  const changed = await changedFiles(git, commit);
  const plain = changed.map(({ file }) => file).filter((file) => isPlain(join(directory, file)));
  const groups = checkingServers(env.PATH ?? '', directory, plain);
  if (groups.length === 0) return null;
  const within = { ...limits, ...options.limits };
  const time = AbortSignal.any([signal, AbortSignal.timeout(within.allMs)]);
  const tree = createTreeOf(git, directory, commit);
  const found: Problem[] = [];
  const asked: string[] = [];
  const of = { asked: new Set<string>(), all: new Set<string>() };
  try {
    for (const { server, files } of groups) {
      const own = files.filter((file) => !server.templates?.test(readFileSync(join(directory, file), 'utf8')));
      const some = own.slice(0, max.files);
      if (some.length === 0) continue;
      try {
        const why = server.lacks?.(directory);
        if (why !== undefined) throw new Error(why);
        const question = { server, env, limits: within, signal: time };
        const now = await errorsOf({ ...question, directory, files: some });
        found.push(...(await newOf(now, changed, tree, question)).filter(isOfTheWork(server)));
        asked.push(server.name);
        for (const file of some) of.asked.add(file);
        for (const file of own) of.all.add(file);
      } catch (cause) {
        signal.throwIfAborted();
        onLog(`${server.name} could not be asked for errors: ${cause instanceof Error ? cause.message : cause}`);
      }
    }
  } finally {
    await tree.remove();
  }
  if (asked.length === 0) return null;
  const count = of.all.size === of.asked.size ? `${of.asked.size}` : `${of.asked.size} of ${of.all.size}`;
  const command = `${asked.join(', ')}: ${count} ${of.all.size === 1 ? 'file' : 'files'}`;
  return { name: 'language servers', command, ok: found.length === 0, output: told(found) };
}

type Question = Omit<Parameters<typeof errorsOf>[0], 'directory' | 'files'>;

/** Those of the errors that were not there at the base, however the lines have moved and files were renamed. */
async function newOf(
  now: readonly Problem[],
  changed: readonly ChangedFile[],
  tree: ReturnType<typeof createTreeOf>,
  question: Question,
): Promise<Problem[]> {
  const erroneous = new Set(now.map(({ file }) => file));
  const names = new Map(
    changed.flatMap(({ file, before }) => (before !== null && erroneous.has(file) ? [[before, file] as const] : [])),
  );
  if (names.size === 0) return [...now];
  const directory = await tree.path();
  const files = [...names.keys()].filter((file) => isPlain(join(directory, file)));
  const before = await errorsOf({ ...question, directory, files });
  const known = new Map<string, number>();
  for (const problem of before) {
    const key = keyOf({ ...problem, file: names.get(problem.file) ?? problem.file });
    known.set(key, (known.get(key) ?? 0) + 1);
  }
  return now.filter((problem) => {
    const left = known.get(keyOf(problem)) ?? 0;
    known.set(keyOf(problem), left - 1);
    return left <= 0;
  });
}

const keyOf = ({ file, message, code }: Problem): string => JSON.stringify([file, message, code]);

const isOfTheWork =
  (server: FoundServer) =>
  ({ code, message }: Problem): boolean =>
    !server.machine?.test(`${code} ${message}`);

/** A link could lead anywhere. */
function isPlain(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= max.bytes;
}

function told(problems: readonly Problem[]): string {
  if (problems.length === 0) return '';
  const sorted = problems.toSorted((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
  const lines = sorted.map(({ file, line, column, message, code }) => {
    const words = message.replace(/\s+/g, ' ').slice(0, 500);
    return `${file}:${line}:${column} ${words}${code === '' ? '' : ` [${code}]`}`;
  });
  const text = ['New errors in the changed files, which the base has not:', ...lines].join('\n');
  return text.length <= max.characters ? text : `${text.slice(0, max.characters - 2)}\n…`;
}
