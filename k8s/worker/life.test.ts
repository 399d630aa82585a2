import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  branch,
  checkpointRef,
  createWorkerHarness,
  repo,
  type WorkerHarness,
} from '../../bot/testing/worker-harness.ts';
import { ask, byPrompt, finish, script, use } from '../../sim/anthropic/script.ts';

let harness: WorkerHarness;
beforeEach(async () => {
  harness = await createWorkerHarness();
});
afterEach(() => harness.close());

const edit = (from: string, to: string) =>
  use('Edit', { file_path: `${harness.work}/greet.js`, old_string: from, new_string: to });
const read = () => use('Read', { file_path: `${harness.work}/greet.js` });
const done = finish({ title: 'Fix the greeting', summary: 'A letter was missing.' });
/** The project's tests among the checks of a result; language servers of this machine may have checked, too. */
const tests = (ok: boolean) => expect.arrayContaining([expect.objectContaining({ name: 'tests', ok })]);
/** A tool call that lasts until the file appears, or half a minute. */
const waitFor = (name: string) =>
  use('Bash', {
    command: `for i in $(seq 300); do [ -e ${harness.dir}/${name} ] && break; sleep 0.1; done`,
    timeout: 60000,
  });

test('a question parks the run; a later run resumes the session with the answer', async () => {
  const parked = await harness.run({ kind: 'plan' }, script([ask('Hello or hi?', ['hello', 'hi'])]));
  expect(parked).toMatchObject({
    type: 'question',
    questions: [{ question: 'Hello or hi?', options: [{ label: 'hello' }, { label: 'hi' }] }],
  });
  if (parked.type !== 'question') return;
  expect(await harness.exited('1.1.1')).toBe('exit code 0');

  const result = await harness.run(
    { kind: 'plan', session: parked.session, prompt: 'The person answered: hello' },
    script([finish({ summary: 'Say hello', plan: '1. hello' })]),
  );
  expect(result).toMatchObject({ type: 'plan', session: parked.session });
  const last = harness.anthropic.requests.findLast((request) => request.view?.kind === 'worker');
  expect(JSON.stringify(last?.view?.messages)).toContain('Fix the greeting.');
  expect(JSON.stringify(last?.view?.messages)).toContain('Hello or hi?');
  expect(last?.view?.prompt).toContain('The person answered: hello');
});

test('a session is resumed on another machine from the broker alone', async () => {
  const first = await harness.run({ kind: 'plan' }, script([finish({ summary: 'One', plan: 'first plan' })]));
  await harness.sandbox.remove(1);
  const session = first.type === 'plan' ? first.session : '';
  const result = await harness.run({ session, prompt: 'Go on.' }, script([read(), edit('helo', 'hello'), done]));
  expect(result).toMatchObject({ type: 'work', session });
  const last = harness.anthropic.requests.findLast((request) => request.view?.kind === 'worker');
  expect(JSON.stringify(last?.view?.messages)).toContain('first plan');
});

test('what a person says reaches the running turn and is acknowledged', async () => {
  await harness.start({}, script([waitFor('go'), read(), edit('helo', 'hello'), done]));
  await harness.until('the tool', () => harness.state.events.find((event) => event.type === 'tool'));
  harness.state.steering = { items: [{ id: 7, text: 'Keep it short.', by: 'Ana', files: [] }], stop: null };
  await sleep(2_000);
  execFileSync('touch', [join(harness.dir, 'go')]);
  await harness.until('steered', () =>
    harness.state.events.find((event) => event.type === 'steered' && event.id === 7),
  );
  expect((await harness.result()).type).toBe('work');
  const told = harness.anthropic.requests.filter((request) => JSON.stringify(request.body).includes('Keep it short.'));
  expect(told.length).toBeGreaterThan(0);
  expect(JSON.stringify(told[0]?.body)).toContain('Ana says');
});

test('what a person says while the checks run begins another turn', async () => {
  const checks = [{ name: 'slow', command: `touch ${harness.dir}/checking; sleep 2` }];
  await harness.start(
    { checks },
    byPrompt([
      [/Fix the greeting/, script([read(), edit('helo', 'hello'), done])],
      [/Say hi/, script([read(), edit('hello', 'hi'), finish({ title: 'Say hi', summary: 'As asked.' })])],
    ]),
  );
  await harness.until('the checks', () => (existsSync(join(harness.dir, 'checking')) ? true : undefined));
  harness.state.steering = { items: [{ id: 1, text: 'Say hi instead.', by: 'Ana', files: [] }], stop: null };
  expect(await harness.result()).toMatchObject({ type: 'work', title: 'Say hi' });
  expect(readFileSync(join(harness.work, 'greet.js'), 'utf8')).toContain("'hi'");
});

test('a red check goes back to Claude, and its repair is what is pushed', async () => {
  const result = await harness.run(
    {},
    byPrompt([
      [/The work is not done yet/, script([edit('bye', 'hello'), done])],
      [/Fix the greeting/, script([read(), edit('helo', 'bye'), done])],
    ]),
  );
  expect(result).toMatchObject({ type: 'work', checks: tests(true) });
  const events = harness.state.events.filter((event) => event.type === 'check' && event.name === 'tests');
  expect(events).toMatchObject([{ ok: false }, { ok: true }]);
});

test('a push that is refused goes back to Claude, and ends the run when it stays so', async () => {
  harness.state.mayPush = () => 'not allowed: it changes .github/workflows, which only a person may';
  const result = await harness.run({}, script([read(), edit('helo', 'hello'), done]));
  expect(result).toMatchObject({ type: 'failed', code: 'push_refused', retryable: false });
  if (result.type === 'failed') expect(result.reason).toBe('it changes .github/workflows, which only a person may');
  const last = harness.anthropic.requests.findLast((request) => request.view?.kind === 'worker');
  expect(last?.view?.prompt).toContain("Your work can't be pushed: it changes .github/workflows");
  expect(await harness.github.head(repo, branch)).toBeUndefined();
});

test('a check that stays red goes with the result after two repairs', async () => {
  const result = await harness.run({}, script([read(), edit('helo', 'bye'), done]));
  expect(result).toMatchObject({ type: 'work', checks: tests(false) });
  if (result.type === 'work') expect(result.checks[0]?.output).toContain('AssertionError');
  expect(harness.state.events.filter((event) => event.type === 'check' && event.name === 'tests')).toHaveLength(3);
});

test('a run that changes nothing says so', async () => {
  expect(await harness.run({}, script([finish({ title: 'Nothing', summary: 'All is well.' })]))).toMatchObject({
    type: 'nothing',
    summary: 'All is well.',
  });
});

test('after kill -9 of worker and directory, the next attempt goes on from the checkpoint', async () => {
  const { id } = await harness.start(
    {},
    script([
      read(),
      edit('helo', 'hello'),
      use('Bash', { command: 'echo new > untracked.txt' }),
      ask('Go on?', ['yes', 'no']),
    ]),
  );
  const parked = await harness.result();
  expect(parked.type).toBe('question');
  await harness.exited(id);
  expect(await harness.github.head(repo, branch)).toBeUndefined();
  await harness.sandbox.remove(1);

  const result = await harness.run(
    { session: parked.type === 'question' ? parked.session : null, prompt: 'The answer: yes' },
    script([done]),
  );
  expect(result).toMatchObject({ type: 'work', head: await harness.github.head(repo, branch) });
  expect(readFileSync(join(harness.work, 'greet.js'), 'utf8')).toContain('hello');
  expect(readFileSync(join(harness.work, 'untracked.txt'), 'utf8')).toBe('new\n');
  expect(harness.state.events).toContainEqual({ type: 'log', text: 'Went on from unfinished work (checkpoint).' });
});

test('SIGTERM saves the work and ends with 75; the same directory is gone on from', async () => {
  const { id } = await harness.start({}, script([read(), edit('helo', 'hello'), waitFor('never')]));
  await harness.until('the edit', () => harness.state.events.filter((event) => event.type === 'tool').at(2));
  await sleep(300);
  await harness.sandbox.stop(id);
  expect(await harness.exited(id)).toBe('exit code 75');
  expect(harness.state.events.some((event) => event.type === 'checkpoint')).toBe(true);
  expect(harness.state.results).toEqual([]);
  const refs = execFileSync('git', ['for-each-ref', checkpointRef], {
    cwd: join(harness.dir, 'github/repositories/acme/web.git'),
  });
  expect(refs.toString()).toContain(checkpointRef);
  expect(await harness.run({}, script([done]))).toMatchObject({ type: 'work' });
});

test('a broker that is away for some seconds loses nothing', async () => {
  await harness.start({}, script([waitFor('go'), read(), edit('helo', 'hello'), done]));
  await harness.until('the tool', () => harness.state.events.find((event) => event.type === 'tool'));
  await harness.goAway();
  execFileSync('touch', [join(harness.dir, 'go')]);
  await sleep(3_000);
  await harness.comeBack();
  expect(await harness.result()).toMatchObject({ type: 'work', checks: tests(true) });
  const seqs = harness.state.batches.flatMap((batch) => batch.events.map((event) => event.seq));
  expect([...new Set(seqs)]).toEqual(Array.from({ length: Math.max(...seqs) }, (_, index) => index + 1));
});

test('a closed attempt ends at once', async () => {
  const { id, token } = await harness.start({}, script([waitFor('never')]));
  await harness.until('the tool', () => harness.state.events.find((event) => event.type === 'tool'));
  harness.state.attempts.delete(token);
  expect(await harness.exited(id)).toBe('exit code 77');
  expect(harness.state.results).toEqual([]);
});

test('cancelling stops the run with its work saved', async () => {
  const { id } = await harness.start({}, script([read(), edit('helo', 'hello'), waitFor('never')]));
  await harness.until('the edit', () => harness.state.events.filter((event) => event.type === 'tool').at(2));
  harness.state.steering = { items: [], stop: 'cancelled' };
  expect(await harness.result()).toEqual({ type: 'stopped', reason: 'cancelled' });
  expect(harness.state.events.some((event) => event.type === 'checkpoint')).toBe(true);
  expect(await harness.exited(id)).toBe('exit code 0');
});

test('a budget that runs out stops the run', async () => {
  harness.state.budget = 0.0001;
  expect(await harness.run({}, script([read(), edit('helo', 'hello'), done]))).toEqual({
    type: 'stopped',
    reason: 'budget',
  });
});

test('a refusal by the model is a failure of its own', async () => {
  harness.anthropic.faults.add({ kind: 'refusal', times: 9 });
  expect(await harness.run({}, script([done]))).toMatchObject({
    type: 'failed',
    code: 'model_refused',
    retryable: false,
  });
});

test('after kill -9 of the worker the next attempt resumes session and directory', async () => {
  const { id } = await harness.start({}, script([read(), edit('helo', 'hello'), waitFor('never')]));
  await harness.until('the edit', () => harness.state.events.filter((event) => event.type === 'tool').at(2));
  const started = harness.state.events.find((event) => event.type === 'started');
  const { detail } = await harness.sandbox.status(id);
  process.kill(-Number(detail.split(' ')[1]), 'SIGKILL');
  await harness.exited(id);
  await harness.sandbox.stop(id);
  const session = started?.type === 'started' ? started.session : null;
  const result = await harness.run({ session, prompt: 'Your machine was lost. Go on.' }, script([done]));
  expect(result).toMatchObject({ type: 'work', session, checks: tests(true) });
  expect(readFileSync(join(harness.work, 'greet.js'), 'utf8')).toContain('hello');
});

test('at the deadline the work is saved and the run fails as such, without another attempt', async () => {
  await harness.start({ deadline: Date.now() + 32_000 }, script([read(), edit('helo', 'hello'), waitFor('never')]));
  expect(await harness.result()).toMatchObject({ type: 'failed', code: 'worker_deadline', retryable: false });
  expect(harness.state.events.some((event) => event.type === 'checkpoint')).toBe(true);
});

test('a base branch that is not there is a failure that says so', async () => {
  expect(await harness.run({ base: 'develop' })).toMatchObject({
    type: 'failed',
    code: 'base_not_found',
    reason: 'acme/web has no branch develop.',
    retryable: false,
  });
});

describe('a branch that somebody resets to its base while a run works on it', () => {
  /** A second run, which waits until the branch has lost what the first one pushed. */
  async function runs(...second: Parameters<typeof script>[0]): Promise<string> {
    expect(await harness.run({}, script([read(), edit('helo', 'hello'), done]))).toMatchObject({ type: 'work' });
    await harness.start(
      {},
      byPrompt([
        [/Somebody has rewritten/, script([done])],
        [/./, script([waitFor('go'), ...second, done])],
      ]),
    );
    await harness.until('the wait', () =>
      harness.state.events.find((event) => event.type === 'tool' && event.name === 'Bash'),
    );
    const base = (await harness.github.head(repo, 'main')) ?? '';
    const cwd = join(harness.dir, 'github/repositories/acme/web.git');
    execFileSync('git', ['update-ref', `refs/heads/${branch}`, base], { cwd });
    execFileSync('touch', [join(harness.dir, 'go')]);
    return base;
  }
  const lost = () => readFileSync(join(harness.work, 'greet.js'), 'utf8').includes('helo');

  test('stays without what it lost, and gets what is new', async () => {
    const base = await runs(use('Bash', { command: 'echo new > new.txt' }));
    expect(await harness.result()).toMatchObject({ type: 'work', head: await harness.github.head(repo, branch) });
    expect(lost()).toBe(true);
    expect(await harness.github.head(repo, branch)).not.toBe(base);
  });

  test('is left as it is when what is new builds on what it lost, and the run says so', async () => {
    const base = await runs(read(), edit('hello', 'hi'));
    expect(await harness.result()).toMatchObject({ type: 'failed', code: 'force_pushed', retryable: false });
    expect(await harness.github.head(repo, branch)).toBe(base);
  });
});

test('answers to review comments come back with the result', async () => {
  const replies = [{ comment: 11, text: 'Done.' }];
  const result = await harness.run(
    { kind: 'address' },
    script([read(), edit('helo', 'hello'), finish({ title: 'T', summary: 'S', replies })]),
  );
  expect(result).toMatchObject({ type: 'work', replies });
});
