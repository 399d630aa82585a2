/** The program in the image of test-worker.Dockerfile: asks its broker what to do, ten times a second, and does it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order } from './test-broker.ts';

const { MAINLOOP_BROKER: broker, MAINLOOP_TOKEN_FILE: tokenFile = '' } = process.env;
const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
const hoard: Buffer[] = [];

process.on('SIGTERM', () => process.exit(143));
process.stdout.write('test worker: begins\n');
for (;;) {
  const order = (await (await fetch(`${broker}/order`, { headers })).json()) as Order;
  if (order.do === 'exit') {
    process.stdout.write(`test worker: ends with ${order.code}\n`);
    process.exit(order.code);
  }
  if (order.do === 'ignore SIGTERM') process.removeAllListeners('SIGTERM').on('SIGTERM', () => undefined);
  if (order.do === 'fill the memory') hoard.push(Buffer.alloc(2 ** 24, 1));
  else if (order.do === 'fill the disk') writeFileSync('/workspace/full', Buffer.alloc(2 ** 20, 1), { flag: 'a' });
  else await sleep(100);
}
