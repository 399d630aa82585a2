import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { listen } from './listen.ts';
import { apiOf, botOf, serveWebhook, startSim } from './testing.ts';

const SECRET = 'a-secret_1';

test('updates are posted with the secret, in order, and polling is refused meanwhile', async () => {
  const sim = await startSim();
  const bot = botOf(sim);
  bot.on('message:text', (ctx) => ctx.reply(`heard ${ctx.msg.text}`));
  await bot.init();
  const url = await serveWebhook(bot, SECRET);
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'before');
  await bot.api.setWebhook(url, { secret_token: SECRET, allowed_updates: ['message'] });
  await ana.say(ana.id, 'after');
  await ana.waitFor(ana.id, 'heard after');
  expect(ana.sees(ana.id).filter((text) => text.startsWith('heard'))).toEqual(['heard before', 'heard after']);
  await expect(bot.api.getUpdates()).rejects.toMatchObject({
    error_code: 409,
    description:
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  });
  await sim.waitFor(() => (sim.pending() === 0 ? true : undefined));
  expect(await bot.api.getWebhookInfo()).toMatchObject({ url, pending_update_count: 0, allowed_updates: ['message'] });
  expect(sim.deliveries).toMatchObject([
    { via: 'webhook', attempt: 1, acked: true },
    { via: 'webhook', attempt: 1, acked: true },
  ]);
  await bot.api.deleteWebhook();
  expect(await bot.api.getUpdates()).toEqual([]);
});

test('a delivery that fails is repeated until the bot takes it', async () => {
  const sim = await startSim({ webhook: { retryDelaysMs: [5] } });
  const bot = botOf(sim);
  let failures = 2;
  bot.on('message', () => {
    failures -= 1;
    if (failures >= 0) throw new Error('not yet');
  });
  await bot.init();
  await bot.api.setWebhook(await serveWebhook(bot, SECRET), { secret_token: SECRET });
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'hello');
  await sim.waitFor(() => (sim.pending() === 0 ? true : undefined));
  expect(sim.deliveries.map(({ attempt, acked }) => [attempt, acked])).toEqual([
    [1, false],
    [2, false],
    [3, true],
  ]);
  expect(sim.deliveries[0]?.reason).toBe('Wrong response from the webhook: 500 Internal Server Error');
});

test('a bot that answers too late gets the update again', async () => {
  const sim = await startSim({ webhook: { answerTimeoutMs: 200, retryDelaysMs: [5] } });
  const bot = botOf(sim);
  const slow = Promise.withResolvers<void>();
  let calls = 0;
  bot.on('message', () => {
    calls += 1;
    return calls === 1 ? slow.promise : undefined;
  });
  await bot.init();
  await bot.api.setWebhook(await serveWebhook(bot, SECRET), { secret_token: SECRET });
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'hello');
  await sim.waitFor(() => (sim.pending() === 0 ? true : undefined));
  slow.resolve();
  expect(sim.deliveries[0]).toMatchObject({ reason: 'Read timeout expired', acked: false });
  expect(sim.deliveries.at(-1)).toMatchObject({ updateId: sim.deliveries[0]?.updateId, acked: true });
  expect(calls).toBeGreaterThan(1);
});

test('an outage holds deliveries back, and they come after it', async () => {
  const sim = await startSim();
  const bot = botOf(sim);
  const heard: string[] = [];
  bot.on('message:text', (ctx) => void heard.push(ctx.msg.text));
  await bot.init();
  await bot.api.setWebhook(await serveWebhook(bot, SECRET), { secret_token: SECRET });
  const ana = sim.person('Ana');
  sim.faults.outage(true);
  await ana.say(ana.id, 'meanwhile');
  expect(sim.deliveries).toEqual([]);
  sim.faults.outage(false);
  await sim.waitFor(() => (sim.pending() === 0 ? true : undefined));
  expect(heard).toEqual(['meanwhile']);
});

test('a wrong secret is refused by grammY, and Telegram says so in getWebhookInfo', async () => {
  const sim = await startSim({ webhook: { retryDelaysMs: [60_000] } });
  const bot = botOf(sim);
  await bot.init();
  await bot.api.setWebhook(await serveWebhook(bot, SECRET), { secret_token: 'other' });
  const ana = sim.person('Ana');
  await ana.say(ana.id, 'hello');
  const info = await sim.waitFor(() => (sim.deliveries[0]?.reason ? bot.api.getWebhookInfo() : undefined));
  expect(info).toMatchObject({
    pending_update_count: 1,
    last_error_message: 'Wrong response from the webhook: 401 Unauthorized',
  });
});

test('a bot may write a call into its answer', async () => {
  const sim = await startSim();
  const bot = botOf(sim);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ method: 'sendMessage', chat_id: sim.person('Ana').id, text: 'in the answer' }));
  });
  const ana = sim.person('Ana');
  await ana.start();
  const port = await listen(server, 0);
  try {
    await bot.api.setWebhook(`http://127.0.0.1:${port}/`);
    await ana.waitFor(ana.id, 'in the answer');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('webhooks elsewhere and odd secrets are refused, and setting one ends an open poll', async () => {
  const sim = await startSim();
  const api = apiOf(sim);
  const https = 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook';
  await expect(api.setWebhook('http://example.com/')).rejects.toMatchObject({ description: https });
  const unallowed = 'Bad Request: secret token contains unallowed characters';
  const odd = api.setWebhook('http://127.0.0.1:1/', { secret_token: 'no spaces' });
  await expect(odd).rejects.toMatchObject({ description: unallowed });
  const open = api.getUpdates({ timeout: 30 });
  const refused = expect(open).rejects.toMatchObject({
    error_code: 409,
    description: 'Conflict: terminated by setWebhook request',
  });
  await sim.waitFor(() => sim.calls.find(({ method }) => method === 'getUpdates'));
  await api.setWebhook('http://127.0.0.1:1/');
  await refused;
});
