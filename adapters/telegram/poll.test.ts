import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../core/errors.ts';
import { quiet, until } from '../../core/testing/listener.ts';
import { createTelegramSim } from '../../sim/telegram/index.ts';
import { createTelegram } from './index.ts';
import { placeOf } from './place.ts';
import { connect } from './testing.ts';

async function startSim() {
  const sim = await createTelegramSim();
  onTestFinished(() => sim.close());
  return { sim, ana: sim.person('Ana') };
}

test('nothing is confirmed before it is stored', async () => {
  const { sim, ana } = await startSim();
  let store: () => void = () => undefined;
  const stored = new Promise<void>((resolve) => {
    store = resolve;
  });
  const { inbox } = await connect(sim, {}, () => stored);
  await ana.say(ana.id, 'one');
  await until(() => sim.deliveries[0]);
  expect({ waiting: sim.pending(), inbox: inbox.length }).toEqual({ waiting: 1, inbox: 0 });
  store();
  await until(() => (sim.pending() === 0 ? true : undefined));
  expect(inbox).toHaveLength(1);
});

test('what could not be stored comes again, and what was said in other chats does not wait for it', async () => {
  const { sim, ana } = await startSim();
  const ben = sim.person('Ben');
  await ana.say(ana.id, 'first');
  await ana.say(ana.id, 'second');
  await ben.say(ben.id, 'third');
  let refusals = 1;
  const { inbox } = await connect(sim, {}, async (inbound) => {
    if (inbound.kind === 'message' && inbound.text === 'first' && refusals-- > 0) throw new Error('not durable');
  });
  await until(() => (inbox.length >= 4 ? true : undefined));
  const texts = inbox.map((inbound) => inbound.kind === 'message' && inbound.text);
  expect(texts[0]).toBe('third');
  expect(texts.filter((text) => text !== 'third')).toEqual(['first', 'second']);
  expect(new Set(inbox.map(({ dedupe }) => dedupe)).size).toBe(3);
});

test('what was said while nobody listened is heard at the next start, and once', async () => {
  const { sim, ana } = await startSim();
  const first = await connect(sim);
  await ana.say(ana.id, 'one');
  await first.inbound('message');
  await first.chat.stop();
  expect(first.chat.health().connected).toBe(false);
  await ana.say(ana.id, 'two');
  const second = await connect(sim);
  await second.inbound('message', ({ text }) => text === 'two');
  expect(second.inbox).toHaveLength(1);
});

test('another program with the same token is told by health, and does not end ours', async () => {
  const { sim, ana } = await startSim();
  const { chat } = await connect(sim);
  expect(chat.health()).toEqual({ connected: true });
  sim.faults.add({ kind: 'conflict', method: 'getUpdates' });
  await ana.say(ana.id, 'wake');
  const detail = await until(() => chat.health().detail);
  expect(detail).toContain('Another program gets the updates');
  await until(() => (chat.health().connected ? true : undefined));
});

test('a token that is refused is told by health and does not end the program', async () => {
  const { sim, ana } = await startSim();
  const { chat } = await connect(sim);
  sim.faults.add({ kind: 'unauthorized', method: 'getUpdates', times: 100 });
  await ana.say(ana.id, 'wake');
  const detail = await until(() => chat.health().detail);
  expect(detail).toContain('Telegram refuses TELEGRAM_BOT_TOKEN');
  expect(detail).not.toContain(sim.token);
});

test('an outage is survived, and nothing of it is lost', async () => {
  const { sim, ana } = await startSim();
  const { chat, inbound } = await connect(sim);
  sim.faults.outage(true);
  await until(() => (chat.health().connected ? undefined : true));
  await expect(chat.post(placeOf(ana.id), { text: 'x' }, 'k')).rejects.toMatchObject({
    remedy: expect.stringMatching(/look|retry/),
  });
  await ana.say(ana.id, 'meanwhile');
  sim.faults.outage(false);
  await inbound('message', ({ text }) => text === 'meanwhile');
  await until(() => (chat.health().connected ? true : undefined));
});

test('an update of a form that nobody foresaw lets those behind it through', async () => {
  const { sim, ana } = await startSim();
  const errors: string[] = [];
  const log = { ...quiet, error: (_: object, message: string) => errors.push(message) };
  const odd = await ana.say(ana.id, 'odd');
  Object.assign(odd.wire, { entities: 7 });
  await ana.say(ana.id, 'even');
  const { inbound } = await connect(sim, { log });
  await inbound('message', ({ text }) => text === 'even');
  expect(errors).toEqual(['an update of Telegram could not be read']);
});

const cause = (code: string) => Object.assign(new Error('refused'), { code });

test.each([
  ['a final failure', new Failure('Nobody can be told.', { code: 'unreachable', remedy: 'never' })],
  ['a fault of ours', new TypeError('undefined is not a function')],
  ['text that the database refuses', new Error('Failed query', { cause: cause('22021') })],
])('an update that can never be stored is given up, and one that may be is not: %s', async (_, final) => {
  const { sim, ana } = await startSim();
  const errors: string[] = [];
  const log = { ...quiet, error: (_: object, message: string) => errors.push(message) };
  const tries = { never: 0, later: 0 };
  const { inbound, inbox } = await connect(sim, { log }, async (one) => {
    const text = one.kind === 'message' ? one.text : '';
    if (text === 'never') {
      tries.never += 1;
      throw final;
    }
    if (text !== 'later') return;
    tries.later += 1;
    if (tries.later < 6) throw new Error('Failed query', { cause: cause('57P01') });
  });
  await ana.say(ana.id, 'never');
  await ana.say(ana.id, 'later');
  await inbound('message', ({ text }) => text === 'later');
  expect(tries).toEqual({ never: 3, later: 6 });
  expect(errors).toEqual(['an update of Telegram was given up']);
  await until(() => (sim.pending() === 0 ? true : undefined));
  expect(inbox).toHaveLength(1);
});

test('a webhook that was set before is taken away', async () => {
  const { sim, ana } = await startSim();
  await fetch(`${sim.apiRoot}/bot${sim.token}/setWebhook?url=${encodeURIComponent('http://127.0.0.1:9/')}`);
  const { inbound } = await connect(sim);
  await ana.say(ana.id, 'hello');
  await inbound('message');
});

test('commands are registered once, and again only when they have changed', async () => {
  const { sim } = await startSim();
  await (await connect(sim)).chat.stop();
  await until(() => sim.calls.find(({ method }) => method === 'setMyCommands'));
  await connect(sim);
  await until(() => sim.calls.filter(({ method }) => method === 'getMyCommands')[1]);
  expect(sim.calls.filter(({ method }) => method === 'setMyCommands')).toHaveLength(1);
});

test('a wrong token is refused at the check, with the variable and without the token', async () => {
  const { sim } = await startSim();
  const check = (token: string, webhook?: { url: string; secret: string }) =>
    createTelegram({ token, apiUrl: webhook ? 'https://api.telegram.org' : sim.apiRoot, webhook, log: quiet }).check();
  await expect(check(sim.token)).resolves.toEqual({ username: sim.botUsername, privacy: true, topics: false });
  const refused = await check('42:wrong').catch((error: unknown) => String(error));
  expect(refused).toContain('TELEGRAM_BOT_TOKEN');
  expect(refused).not.toContain('42:wrong');
  await expect(check('xoxb-1')).rejects.toThrow(/TELEGRAM_BOT_TOKEN is no bot token/);
  await expect(check('42:x', { url: 'http://localhost:3000/x', secret: 's' })).rejects.toThrow(/^PUBLIC_URL/);
});
