/** The program in the sandbox: one attempt of one run, then it ends. Exit codes in worker.ts. */
import { readConfig } from './config.ts';
import { open } from './opening.ts';

try {
  const config = readConfig(process.env, process.cwd());
  const opening = open(config);
  await opening.asked;
  const { runWorker } = await import('./worker.ts');
  // Until here there is nothing to save: a signal simply ends the program.
  const terminate = new AbortController();
  process.once('SIGTERM', () => terminate.abort());
  process.once('SIGINT', () => terminate.abort());
  process.exitCode = await runWorker(config, opening, terminate.signal);
} catch (error) {
  process.stderr.write(`worker: ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
}
process.stdout.write(`worker: ends with ${process.exitCode}\n`);
// Something Claude Code left open must not keep a finished attempt alive.
process.exit();
