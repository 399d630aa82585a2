import { checks } from './checks.ts';
import { runCli } from './cli.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { start } from './commands/start.ts';

process.exitCode = await runCli(process.argv.slice(2), [start, demo, doctor(checks)], {
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
});
