/**
 * Sends requests to the broker, one after the other, and prints what it answers as one line of JSON. Standard input: a JSON
 * array of `{ method, path, body?, token? }`; the token is the worker's own unless another or null is given. The method
 * CONNECT takes `host:port` as its path. With the argument `tell` the statuses are also told as an event, for those whose
 * worker will not live to hear them.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | null;
}

const own = readFileSync('/var/run/mainloop/token', 'utf8').trim();
const [, port = ''] = /:(\d+)/.exec(process.env.ANTHROPIC_BASE_URL?.replace('http:', '') ?? '') ?? [];

function ask({ method, path, body, token = own }: Asked): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const header = method === 'CONNECT' ? 'proxy-authorization' : 'authorization';
    const headers = {
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      ...(token !== null && { [header]: `Bearer ${token}` }),
    };
    const sent = request({ host: 'broker', port, method, path, headers });
    const answered = (status: number | undefined, text: string) => {
      resolve({ status: status ?? 0, text: text.slice(0, 8_000) });
      sent.destroy();
    };
    sent.once('connect', ({ statusCode }, socket, head) => {
      socket.destroy();
      answered(statusCode, head.toString());
    });
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => answered(response.statusCode, text));
    });
    sent.on('error', ({ message }) => answered(0, message));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const answers: { status: number; text: string }[] = [];
for (const asked of JSON.parse(readFileSync(0, 'utf8')) as Asked[]) answers.push(await ask(asked));
if (process.argv[2] === 'tell') {
  const text = `statuses ${answers.map(({ status }) => status).join(' ')}`;
  const events = [{ seq: 900_000, at: Date.now(), event: { type: 'log', text } }];
  await ask({ method: 'POST', path: '/v1/events', body: { events } });
}
process.stdout.write(`${JSON.stringify(answers)}\n`);
