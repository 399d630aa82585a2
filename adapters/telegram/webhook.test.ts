import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Inbound } from '../../core/domain/chat.ts';
import { quiet, until } from '../../core/testing/listener.ts';
import { createTelegramSim, type TelegramSim } from '../../sim/telegram/index.ts';
import { createTelegram } from './index.ts';

const secret = 'a-long-random-text';

async function startSim(): Promise<TelegramSim> {
  const sim = await createTelegramSim();
  onTestFinished(() => sim.close());
  return sim;
}

/** The adapter behind a server of its own. */
async function serve(sim: TelegramSim, sink: (inbound: Inbound) => Promise<void>, own = secret, port = 0) {
  const server = createServer((request, response) => void chat.handler?.(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/telegram/webhook`;
  const chat = createTelegram({ token: sim.token, apiUrl: sim.apiRoot, webhook: { url, secret: own }, log: quiet });
  await chat.start(sink);
  const stop = async () => {
    await chat.stop();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  };
  onTestFinished(stop);
  return { chat, url, stop, port: Number(new URL(url).port) };
}

test('an update is answered only after it is stored, and comes again when it could not be', async () => {
  const sim = await startSim();
  const inbox: Inbound[] = [];
  let refusals = 1;
  const { chat } = await serve(sim, async (inbound) => {
    if (refusals-- > 0) throw new Error('not durable');
    inbox.push(inbound);
  });
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'hello');
  await until(() => (sim.pending() === 0 ? true : undefined));
  expect(inbox).toHaveLength(1);
  expect(sim.deliveries.map(({ via, reason }) => [via, reason])).toEqual([
    ['webhook', expect.stringContaining('500')],
    ['webhook', undefined],
  ]);
  expect(chat.health()).toEqual({ connected: true });
});

test('a call without the secret, or with another, is refused', async () => {
  const sim = await startSim();
  const inbox: Inbound[] = [];
  const { url } = await serve(sim, async (inbound) => void inbox.push(inbound));
  const body = JSON.stringify({ update_id: 1, message: { message_id: 1, date: 1, chat: { id: 1, type: 'private' } } });
  const header = 'x-telegram-bot-api-secret-token';
  const post = (headers: Record<string, string>, text = body) => fetch(url, { method: 'POST', headers, body: text });
  expect((await post({})).status).toBe(401);
  expect((await post({ [header]: `${secret}x` })).status).toBe(401);
  expect((await post({ [header]: secret }, '{')).status).toBe(400);
  expect((await fetch(url)).status).toBe(405);
  expect((await post({ [header]: secret })).status).toBe(200);
  expect(inbox).toEqual([]);
});

test('the address is told once, and again when the secret is another', async () => {
  const sim = await startSim();
  const told = () => sim.calls.filter(({ method }) => method === 'setWebhook').length;
  const first = await serve(sim, async () => undefined);
  await first.stop();
  const second = await serve(sim, async () => undefined, secret, first.port);
  expect(told()).toBe(1);
  await second.stop();
  await serve(sim, async () => undefined, 'another', first.port);
  expect(told()).toBe(2);
});
