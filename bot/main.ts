import { runCli } from './cli.ts';
import { broker } from './commands/broker.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { people } from './commands/people.ts';
import { setup } from './commands/setup.ts';
import { start } from './commands/start.ts';
import { terminalPrompt } from './prompt.ts';

const code = await runCli(process.argv.slice(2), [start, broker, demo, setup(terminalPrompt()), doctor, people()], {
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
});

// Workflows that wait hold timers for weeks; when a command has ended, nothing is left to wait for.
process.exit(code);
