import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, extname, join } from 'node:path';

/** A language server, how it is started and what it is for. */
export interface LanguageServer {
  /** What people read; servers that stand in for each other share it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File name extension → language id of LSP. */
  readonly languages: Readonly<Record<string, string>>;
  readonly initializationOptions?: Readonly<Record<string, unknown>>;
  /** Answers to what the server asks of its settings, by section. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How it is asked for all errors of a file, where it has something better than waiting for what it publishes. */
  readonly asking?: 'tsserver';
  /** Errors that speak of the machine and not of the work, matched against `code message`. */
  readonly machine?: RegExp;
  /** Files whose text shows that they are another language's templates, in which everything would be an error. */
  readonly templates?: RegExp;
  /** Why it would only see errors that there are none in the directory; undefined: nothing is amiss. */
  lacks?(directory: string): string | undefined;
  /** False: it helps while Claude works, but its errors depend on a build that is not there, or nothing is an error to it. */
  readonly checks: boolean;
}

export interface FoundServer extends LanguageServer {
  readonly path: string;
}

const typescript = {
  ...{ '.ts': 'typescript', '.mts': 'typescript', '.cts': 'typescript', '.tsx': 'typescriptreact' },
  ...{ '.js': 'javascript', '.mjs': 'javascript', '.cjs': 'javascript', '.jsx': 'javascriptreact' },
};
const c = { '.c': 'c', '.h': 'c' };
const cpp = { '.cc': 'cpp', '.cpp': 'cpp', '.cxx': 'cpp', '.hpp': 'cpp', '.hh': 'cpp' };
const templates = /(?<!\$)\{\{|\{%/;

/** TypeScript 7's own server; earlier compilers have none. It answers when it is asked and publishes nothing. */
const nativeTypescript: LanguageServer = {
  ...{ name: 'typescript', command: 'tsc', args: ['--lsp', '--stdio'], languages: typescript, checks: true },
  lacks,
};

/** Uses the tsserver of the repository, where that has one (TypeScript 7 has none), else the one that lies beside it. */
const tsserver: LanguageServer = {
  ...{ name: 'typescript', command: 'typescript-language-server', args: ['--stdio'], languages: typescript },
  // No plugins either: it starts tsserver without leave to load what a tsconfig.json names.
  initializationOptions: { disableAutomaticTypingAcquisition: true },
  asking: 'tsserver',
  checks: true,
  lacks,
};

const others: readonly LanguageServer[] = [
  {
    ...{ name: 'pyright', command: 'pyright-langserver', args: ['--stdio'], checks: true },
    languages: { '.py': 'python', '.pyi': 'python' },
    machine: /^reportMissing(Imports|ModuleSource)/,
  },
  {
    ...{ name: 'gopls', command: 'gopls', args: [], languages: { '.go': 'go' }, checks: true },
    machine: /^BrokenImport/,
  },
  {
    ...{ name: 'yaml', command: 'yaml-language-server', args: ['--stdio'], checks: true },
    languages: { '.yaml': 'yaml', '.yml': 'yaml' },
    settings: { yaml: { validate: true, schemaStore: { enable: false } } },
    machine: /Unresolved tag/,
    templates,
  },
  {
    // As JSON with comments: many a tool reads its settings so, and nothing tells which.
    ...{ name: 'json', command: 'vscode-json-language-server', args: ['--stdio'], checks: true },
    languages: { '.json': 'jsonc', '.jsonc': 'jsonc' },
    initializationOptions: { handledSchemaProtocols: ['file'] },
    templates,
  },
  {
    ...{ name: 'css', command: 'vscode-css-language-server', args: ['--stdio'], checks: true },
    languages: { '.css': 'css', '.scss': 'scss', '.less': 'less' },
    templates,
  },
  {
    ...{ name: 'bash', command: 'bash-language-server', args: ['start'], checks: true },
    languages: { '.sh': 'shellscript', '.bash': 'shellscript' },
  },
  {
    ...{ name: 'html', command: 'vscode-html-language-server', args: ['--stdio'], checks: false },
    languages: { '.html': 'html', '.htm': 'html' },
  },
  {
    ...{ name: 'rust-analyzer', command: 'rust-analyzer', args: [], languages: { '.rs': 'rust' }, checks: false },
    // Without running code of the crates.
    initializationOptions: {
      ...{ cargo: { buildScripts: { enable: false } }, procMacro: { enable: false }, checkOnSave: false },
    },
  },
  { ...{ name: 'clangd', command: 'clangd', args: [], languages: { ...c, ...cpp }, checks: false } },
];

/**
 * Servers to help while Claude works: those on PATH, before there is a repository. One for each language; for TypeScript
 * first the one that takes up the repository's own compiler as that comes; not in a run that reads, which runs nothing of
 * the repository.
 */
export function liveServers(path: string, { reading }: { reading: boolean }): FoundServer[] {
  const directories = path.split(delimiter);
  const own = find(tsserver, directories).flatMap((server) => (reading ? withOwnCompiler(server) : [server]));
  return onePerName([...own, ...[nativeTypescript, ...others].flatMap((server) => find(server, directories))]);
}

/**
 * Servers that can say what is wrong with the files: the repository's own tools first, as its tests have them too. Each with
 * its files.
 */
export function checkingServers(
  path: string,
  directory: string,
  files: readonly string[],
): { readonly server: FoundServer; readonly files: readonly string[] }[] {
  const directories = [join(directory, 'node_modules', '.bin'), ...path.split(delimiter)];
  const wanted = [nativeTypescript, tsserver, ...others].filter(({ checks }) => checks);
  return onePerName(wanted.flatMap((server) => find(server, directories)))
    .map((server) => ({ server, files: files.filter((file) => languageOf(server, file) !== undefined) }))
    .filter(({ files }) => files.length > 0);
}

export const languageOf = (server: LanguageServer, file: string): string | undefined =>
  server.languages[extname(file).toLowerCase()];

function withOwnCompiler(server: FoundServer): FoundServer[] {
  try {
    const path = createRequire(realpathSync(server.path)).resolve('typescript/lib/tsserver.js');
    return [{ ...server, initializationOptions: { ...server.initializationOptions, tsserver: { path } } }];
  } catch {
    return []; // none lies beside it
  }
}

const onePerName = (servers: readonly FoundServer[]): FoundServer[] =>
  servers.filter((server, index) => servers.findIndex(({ name }) => name === server.name) === index);

function find(server: LanguageServer, directories: readonly string[]): FoundServer[] {
  const path = directories
    .filter((directory) => directory.startsWith('/'))
    .map((directory) => join(directory, server.command))
    .find(isExecutable);
  if (path === undefined || (server === nativeTypescript && !isNative(path))) return [];
  return [{ ...server, path }];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or nothing to be run
  }
}

function lacks(directory: string): string | undefined {
  const has = (name: string) => existsSync(join(directory, name));
  if (has('deno.json') || has('deno.jsonc')) return 'Deno has a language of its own';
  const wants =
    has('package.json') && /ependencies"\s*:\s*\{\s*"/.test(readFileSync(join(directory, 'package.json'), 'utf8'));
  return wants && !has('node_modules') ? 'the packages are not installed' : undefined;
}

/** Whether a `tsc` is of TypeScript 7 or later, by the package that it lies in. */
function isNative(tsc: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(realpathSync(tsc), '../../package.json'), 'utf8'));
    return manifest.name === 'typescript' && Number.parseInt(manifest.version, 10) >= 7;
  } catch {
    return false; // a wrapper of somebody's, which may do anything
  }
}
