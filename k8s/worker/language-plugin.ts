import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FoundServer, liveServers } from './language-servers.ts';

export interface PluginOptions {
  /** Where it is written: outside of the repository. */
  readonly directory: string;
  readonly path: string;
  /** In a run that reads, nothing of the repository is run. */
  readonly reading: boolean;
  /** What the servers do not get of the environment in which Claude Code runs, and would inherit. */
  readonly withheld: readonly string[];
}

const nativeTypescript = join(import.meta.dirname, 'native-typescript.ts');
const startupMs = 60_000;

/**
 * Writes a plugin for Claude Code by which the language servers on PATH work for it: it learns of errors that an edit makes,
 * and can ask for definitions and uses. Answers its directory; null when there are no servers.
 */
export function writeLanguagePlugin({ directory, path, reading, withheld }: PluginOptions): string | null {
  const servers = liveServers(path, { reading });
  if (servers.length === 0) return null;
  // Claude Code has no way to leave a variable out.
  const env = Object.fromEntries(withheld.map((name) => [name, '']));
  const lspServers = Object.fromEntries(servers.map((server) => [server.name, { ...entry(server), env }]));
  mkdirSync(join(directory, '.claude-plugin'), { recursive: true, mode: 0o700 });
  const manifest = { name: 'language-servers', version: '1.0.0', lspServers };
  writeFileSync(join(directory, '.claude-plugin', 'plugin.json'), JSON.stringify(manifest));
  return directory;
}

function entry(server: FoundServer) {
  const { path, command, args, languages, initializationOptions, settings } = server;
  // The one that publishes no diagnostics by itself.
  const isNative = command === 'tsc';
  return {
    ...(isNative ? { command: process.execPath, args: [nativeTypescript, path] } : { command: path, args }),
    extensionToLanguage: languages,
    ...(initializationOptions && { initializationOptions }),
    ...(settings && { settings }),
    startupTimeout: startupMs,
  };
}
