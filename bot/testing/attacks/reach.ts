/**
 * Tries to reach addresses, given as arguments like `tcp/203.0.113.10:80` and `udp/10.97.0.10:53`, all at once. Prints one
 * line of JSON: of each whether it `answers`, or why not.
 */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

const patienceMs = 4_000;

const tcp = (host: string, port: number) =>
  new Promise<string>((resolve) => {
    const socket = connect({ host, port });
    const done = (outcome: string) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => done('answers')).on('error', ({ message }) => done(message));
    setTimeout(() => done('silent'), patienceMs);
  });

/** Asks a name server for `kubernetes.default.svc.cluster.local`. */
const udp = (host: string, port: number) =>
  new Promise<string>((resolve) => {
    const socket = createSocket('udp4');
    const labels = ['kubernetes', 'default', 'svc', 'cluster', 'local'];
    const name = labels.map((label) => String.fromCharCode(label.length) + label).join('');
    const question = Buffer.concat([
      Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      Buffer.from(`${name}\0`, 'latin1'),
      Buffer.from([0, 1, 0, 1]),
    ]);
    const done = (outcome: string) => {
      clearTimeout(late);
      socket.close();
      resolve(outcome);
    };
    const late = setTimeout(() => done('silent'), patienceMs);
    socket.once('message', () => done('answers')).once('error', ({ message }) => done(message));
    socket.send(question, port, host);
  });

const tried = process.argv.slice(2).map(async (target) => {
  const [, kind = '', host = '', port = ''] = /^(tcp|udp)\/(.+):(\d+)$/.exec(target) ?? [];
  return [target, await (kind === 'udp' ? udp : tcp)(host, Number(port))] as const;
});
process.stdout.write(`${JSON.stringify(Object.fromEntries(await Promise.all(tried)))}\n`);
