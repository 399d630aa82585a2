import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Task } from '../core/domain/task.ts';
import { mostSaid } from '../core/door.ts';
import { graceSeconds } from '../k8s/job.ts';
import { renderMessage } from '../sim/slack/index.ts';
import { asked, begin, command, model, reaches } from './faults/testing.ts';
import { askCommand, attack, noted, refused } from './testing/attack.ts';
import { type ClusterHouse, openClusterHouse } from './testing/cluster-house.ts';
import { createPuppet } from './testing/puppet.ts';

/** Workers that take more than their share, each of a task of its own, and one that only works. */
const spender = createPuppet();
const talker = createPuppet();
const forker = createPuppet();
const hoarder = createPuppet();
const sleeper = createPuppet();
const bystander = createPuppet();
let house: ClusterHouse;
let hoarding: Task;
let working: Task;

/** What a call with these words costs is more than any task has. */
const dear = 'spend it all';

beforeAll(async () => {
  const tasks = model([
    [/buy too much/, { implement: spender.brain }],
    [/talk too much/, { implement: talker.brain }],
    [/fork too much/, { implement: forker.brain }],
    [/hoard too much/, { implement: hoarder.brain }],
    [/sleep too well/, { implement: sleeper.brain }],
    [/mind its business/, { implement: bystander.brain }],
  ]);
  house = await openClusterHouse(
    (request) => (request.lastUserText === dear ? { say: 'ok', usage: { output_tokens: 1_000_000 } } : tasks(request)),
    () => ({ MAX_WORKERS: '6' }),
  );
  hoarding = await started('hoard too much');
  // What it takes the node to notice passes while the others are at it.
  hoarder.doom('fallocate -l 1200M /tmp/hoard; sleep 300');
  working = await started('mind its business');
});
afterAll(() => house?.close());

async function started(wish: string): Promise<Task> {
  const { task } = await begin(house, wish);
  return reaches(house, task, 'implementing', 120_000);
}

test('a worker that starts processes without end meets the limit of its pod, and nobody else does', async () => {
  const task = await started('fork too much');
  // Claude Code may not live through it for want of threads; then the task goes on with another attempt.
  forker.doom('python3 attacks/forks.py');
  const told = await house.until(
    'how many there were',
    async () => (await noted(house, task.number)).find((text) => /^forks/.test(text)),
    60_000,
  );
  expect(await bystander.run('echo fine')).toBe('fine');
  expect((await house.kube.core.listNode()).items.map(({ status }) => ready(status?.conditions))).not.toContain(false);
  const [, most, why] = /^forks (\d+): (.*)$/.exec(told) ?? [];
  expect(why).toBe('Resource temporarily unavailable');
  expect(Number(most)).toBeLessThan(4_000);
  expect(await forker.run('echo on')).toBe('on');
  await command(house, `cancel #${task.number}`);
});

const ready = (conditions: readonly { type: string; status: string }[] = []) =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

test('no call is paid for beyond the budget, and a person is asked', async () => {
  const task = await started('buy too much');
  const body = { model: task.model, max_tokens: 9, messages: [{ role: 'user', content: dear }] };
  const call = { method: 'POST', path: '/anthropic/v1/messages', body };
  spender.doom(`setsid ${askCommand([call, call, call], 'tell')}`);
  const told = await house.until(
    'the statuses',
    async () => (await noted(house, task.number)).find((text) => text.startsWith('statuses')),
    60_000,
  );
  expect(told).toBe('statuses 200 402 402');
  await asked(house, task.number, /has spent its \$/);
  const paid = house.world.anthropic.requests.filter(({ view }) => view?.lastUserText === dear);
  expect(paid).toHaveLength(1);
  await command(house, `cancel #${task.number}`);
});

test('a worker that talks without end is not heard beyond its share, which is said once; it may go on', async () => {
  const task = await started('talk too much');
  const before = memory('VmRSS');
  const { taken, refusals } = await attack<{ taken: number; refusals: Record<string, number> }>(
    talker,
    'node attacks/flood.ts 120',
  );
  const share = mostSaid.eventBytes / 2 ** 20;
  expect(taken).toBeGreaterThan(share / 2);
  expect(taken).toBeLessThanOrEqual(share);
  expect(Object.keys(refusals)).toEqual(expect.arrayContaining(['413']));
  expect(memory('VmHWM') - before).toBeLessThan(400);
  expect((await refused(house, task.number)).match(/more events/g)).toHaveLength(1);
  expect(await talker.run('echo on')).toBe('on');
  await command(house, `cancel #${task.number}`);
}, 300_000);

/** Of the program, mebibytes. */
function memory(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${house.bot.pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
}

test('a worker that fills its disk is ended, and a person reads why', async () => {
  const card = await asked(house, hoarding.number, /filled its disk/, 120_000);
  expect(renderMessage(card)).toMatch(/Write how to need less of it/);
  expect(await house.log()).toContain('disk_full');
  expect(await bystander.run('echo fine')).toBe('fine');
  await command(house, `cancel #${hoarding.number}`);
});

test('a worker that hears no signal is gone soon after its task was cancelled', async () => {
  const task = await started('sleep too well');
  const events = [{ seq: 900_000, at: Date.now(), event: { type: 'log', text: 'deaf' } }];
  const stops = `import os, signal
for pid in filter(str.isdigit, os.listdir('/proc')):
    if open(f'/proc/{pid}/cmdline').read().startswith('node\\0/app/k8s/worker/main.ts'):
        os.kill(int(pid), signal.SIGSTOP)`;
  const tells = askCommand([{ method: 'POST', path: '/v1/events', body: { events } }]);
  sleeper.doom(`trap '' TERM INT HUP\n${tells}\npython3 <<'END'\n${stops}\nEND\nwhile :; do sleep 1; done`);
  await house.until('its word', async () => (await noted(house, task.number)).includes('deaf') || undefined);
  await sleep(2_000);
  const from = Date.now();
  await command(house, `cancel #${task.number}`);
  await house.gone(task.number);
  expect((Date.now() - from) / 1000).toBeLessThan(graceSeconds + 30);
});

test('the others went on all the time, and nothing is left in the cluster', async () => {
  expect(await bystander.run('echo "still here"')).toBe('still here');
  expect((await house.store.runs.of(working.number)).map(({ attempts }) => attempts)).toEqual([1]);
  await command(house, `cancel #${working.number}`);
  await house.gone();
});
