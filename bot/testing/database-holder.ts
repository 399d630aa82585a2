/** A program that opens the database of a data directory and holds it until it is killed or its input ends. */
import { once } from 'node:events';
import { pino } from 'pino';
import { describe } from '../../core/errors.ts';
import { openDatabase } from '../database.ts';

try {
  const database = await openDatabase({ dataDir: process.argv[2] ?? '', log: pino({ level: 'silent' }) });
  process.stdout.write(`${database.url}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  await database.stop();
} catch (error) {
  process.stdout.write(`refused: ${describe(error)}\n`);
  process.exitCode = 1;
}
