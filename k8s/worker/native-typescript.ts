/**
 * TypeScript 7's language server for a client that waits for diagnostics to be published (as Claude Code does), which that
 * server does not: it asks for them after each change and publishes the answers. Started with the path of `tsc`.
 */
import { spawn } from 'node:child_process';
import { type Message, readMessages, writeMessage } from './json-rpc.ts';

type Params = { textDocument?: { uri?: string }; capabilities?: { textDocument?: object } } | undefined;

const [tsc = 'tsc'] = process.argv.slice(2);
const child = spawn(tsc, ['--lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
child.once('error', () => process.exit(1));
child.once('exit', (code) => process.exit(code ?? 1));
child.stdin.on('error', () => process.exit(1));

const open = new Set<string>();
/** What was asked, by id; an answer that a later question overtakes is not published. */
const asked = new Map<string, string>();
let last = 0;

function fromClient(message: Message): void {
  const params = message.params as Params;
  const uri = params?.textDocument?.uri;
  if (message.method === 'initialize') {
    const textDocument = { ...params?.capabilities?.textDocument, diagnostic: {} };
    const capabilities = { ...params?.capabilities, textDocument };
    writeMessage(child.stdin, { ...message, params: { ...params, capabilities } });
    return;
  }
  writeMessage(child.stdin, message);
  if (uri === undefined) return;
  if (message.method === 'textDocument/didClose') open.delete(uri);
  else if (message.method === 'textDocument/didOpen') open.add(uri);
  else if (message.method !== 'textDocument/didChange') return;
  // A change in one file may break another.
  for (const each of open) ask(each);
}

function ask(uri: string): void {
  last += 1;
  const id = `diagnostic-${last}`;
  for (const [older, of] of asked) if (of === uri) asked.delete(older);
  asked.set(id, uri);
  writeMessage(child.stdin, { id, method: 'textDocument/diagnostic', params: { textDocument: { uri } } });
}

function fromServer(message: Message): void {
  if (message.method !== undefined || !String(message.id).startsWith('diagnostic-')) {
    writeMessage(process.stdout, message);
    return;
  }
  const uri = asked.get(String(message.id));
  asked.delete(String(message.id));
  const items = (message.result as { items?: unknown } | undefined)?.items;
  if (uri === undefined || !Array.isArray(items)) return;
  writeMessage(process.stdout, { method: 'textDocument/publishDiagnostics', params: { uri, diagnostics: items } });
}

async function listen(): Promise<void> {
  for await (const message of readMessages(process.stdin)) fromClient(message);
  child.kill();
}

async function answer(): Promise<void> {
  for await (const message of readMessages(child.stdout)) fromServer(message);
}

await Promise.all([listen(), answer()]);
