/** The program in the sandbox: one attempt of one run, then it ends. Exit codes in worker.ts. */
import { readConfig } from './config.ts';
import { runWorker } from './worker.ts';

const terminate = new AbortController();
process.once('SIGTERM', () => terminate.abort());
process.once('SIGINT', () => terminate.abort());

try {
  process.exitCode = await runWorker(readConfig(process.env, process.cwd()), terminate.signal);
} catch (error) {
  process.stderr.write(`worker: ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
}
process.stdout.write(`worker: ends with ${process.exitCode}\n`);
// Something Claude Code left open must not keep a finished attempt alive.
process.exit();
