import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import {
  type Connection,
  connect,
  type Diagnostic,
  diagnostic,
  type Limits,
  type Start,
} from './language-connection.ts';
import { type FoundServer, languageOf } from './language-servers.ts';

/** An error in a file, as a language server sees it. */
export interface Problem {
  /** Relative to the directory that was asked about. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** Empty when the server gives none. */
  readonly code: string;
}

export interface Question extends Start {
  /** Relative to the directory. */
  readonly files: readonly string[];
  readonly limits: Limits;
}

const initialized = z.object({ capabilities: z.looseObject({ diagnosticProvider: z.unknown().optional() }) });
const pulled = z.object({ items: z.array(diagnostic).default([]) });

/** What `typescript.tsserverRequest` hands through of a tsserver's answer. */
const ofTsserver = z.object({
  body: z.array(
    z.object({
      message: z.string(),
      category: z.string(),
      code: z.number(),
      startLocation: z.object({ line: z.number(), offset: z.number() }),
    }),
  ),
});

/**
 * Starts a server on a directory, asks it for the errors of files, and ends it with all its processes. Throws when it can't
 * be started, ends, breaks the protocol or takes too long; `signal` ends it at any time.
 */
export async function errorsOf(question: Question): Promise<Problem[]> {
  const connection = connect(question);
  try {
    return await ask(connection, question);
  } finally {
    connection.end();
  }
}

async function ask(connection: Connection, { server, directory, files, limits }: Question): Promise<Problem[]> {
  const { capabilities } = initialized.parse(
    await connection.request('initialize', initialization(server, directory), limits.startMs),
  );
  connection.notify('initialized', {});
  if (server.settings) connection.notify('workspace/didChangeConfiguration', { settings: server.settings });
  const uris = files.map((file) => pathToFileURL(join(directory, file)).href);
  for (const [index, file] of files.entries()) {
    const text = readFileSync(join(directory, file), 'utf8');
    const textDocument = { uri: uris[index], languageId: languageOf(server, file), version: 1, text };
    connection.notify('textDocument/didOpen', { textDocument });
  }
  const found = new Map<string, readonly Diagnostic[]>();
  if (server.asking === 'tsserver') {
    for (const uri of uris) found.set(uri, await askTsserver(connection, uri));
  } else if (capabilities.diagnosticProvider) {
    for (const uri of uris) {
      const answer = await connection.request('textDocument/diagnostic', { textDocument: { uri } });
      found.set(uri, pulled.parse(answer).items);
    }
  } else {
    for (const [uri, diagnostics] of await connection.settled(uris, limits)) found.set(uri, diagnostics);
  }
  return uris.flatMap((uri) => (found.get(uri) ?? []).flatMap((each) => problemOf(each, uri, directory)));
}

function initialization(server: FoundServer, directory: string) {
  const rootUri = pathToFileURL(directory).href;
  return {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'work' }],
    initializationOptions: server.initializationOptions ?? {},
    capabilities: {
      general: { positionEncodings: ['utf-16'] },
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: { synchronization: {}, publishDiagnostics: {}, diagnostic: {} },
    },
  };
}

/** Its syntactic and semantic errors are published one after the other, with nothing that tells which was the last. */
async function askTsserver(connection: Connection, uri: string): Promise<Diagnostic[]> {
  const answers: Diagnostic[] = [];
  for (const command of ['syntacticDiagnosticsSync', 'semanticDiagnosticsSync']) {
    const answer = await connection.request('workspace/executeCommand', {
      command: 'typescript.tsserverRequest',
      arguments: [command, { file: uri, includeLinePosition: true }],
    });
    for (const { message, category, code, startLocation } of ofTsserver.parse(answer).body) {
      const start = { line: startLocation.line - 1, character: startLocation.offset - 1 };
      answers.push({ message, code, severity: category === 'error' ? 1 : 2, range: { start } });
    }
  }
  return answers;
}

function problemOf({ range, severity, code, message }: Diagnostic, uri: string, directory: string): Problem[] {
  if (severity !== 1) return [];
  const file = relative(directory, fileURLToPath(uri));
  const { line, character } = range.start;
  // The directory is another one for the base.
  const words = message.replaceAll(`${directory}/`, '');
  return [{ file, line: line + 1, column: character + 1, message: words, code: String(code ?? '') }];
}
