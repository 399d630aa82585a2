import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Place } from '../domain/chat.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { createMembership } from './membership.ts';

/** ana: owner. ben and cleo: members. */
let house: CoreHouse;
let place: Place;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 30 }, [{ platform: 'other' }]);
  await house.admit('ana', 'owner');
  await house.admit('ben', 'member');
  await house.admit('cleo', 'member');
  await house.core.start();
});
afterAll(() => house.close());
beforeEach(() => {
  place = house.newPlace();
});

const idOf = async (name: string) => (await house.store.people.of(house.account(name)))?.id ?? 0;

async function command(by: string, text: string, where = place) {
  const { replies } = house.chatOf(where);
  const before = replies.length;
  await house.command(by, where, text);
  return eventually(`an answer to ${text}`, async () => replies.slice(before).at(-1));
}

async function pressed(by: string, token: string): Promise<string> {
  const before = house.chat.replies.length;
  await house.press(by, place, token);
  return eventually('a private answer', async () => house.chat.replies.slice(before).at(-1)?.text);
}

/** A task that ben asked for and cleo started, waiting for its plan to be approved; its ask. */
async function planned(): Promise<{ task: number; ask: number }> {
  const proposal = await house.propose(place, { planFirst: true, proposer: await idOf('ben') });
  await house.press('cleo', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  const worker = await house.worker(task);
  await house.core.door.result(worker, { type: 'plan', plan: '1. Do it.', summary: 'Do it.', session: 's' });
  const ask = await eventually('the ask', async () => (await house.store.asks.openOf(task))[0]);
  return { task, ask: ask.id };
}

describe('where self-approval is off', () => {
  beforeAll(async () => {
    place = house.newPlace();
    expect((await command('ben', 'project set acme/web self-approval off')).text).toContain("can't manage");
    expect((await command('ana', 'project set acme/none self-approval off')).text).toContain('no project here');
    expect((await command('ana', 'project set Acme/Web self-approval off')).text).toContain('somebody else');
    expect((await command('ben', 'project')).text).toContain('self-approval off');
  });

  test('who asked for it starts it neither by button, reaction nor words, and is told why once each way', async () => {
    house.state.answer = () => {
      house.state.answer = () => ({ text: 'Done.' });
      return { use: [{ name: 'spawn_task', input: { title: 'Fix the picker', brief: 'As said.', plan: false } }] };
    };
    await house.say('ben', place, 'fix the picker');
    const said = () => house.chat.messages.filter((item) => item.ref.place.channel === place.channel);
    const card = await eventually('the card', async () => said().find((item) => item.doc.title === 'Fix the picker'));
    const id = Number(card.key.split(':')[1]);
    expect(await house.store.proposals.find(id)).toMatchObject({ proposer: await idOf('ben') });
    expect(await pressed('ben', `confirm:${id}`)).toContain('wants somebody else to start it');
    await house.say('ben', place, 'yes');
    await eventually('a refusal', async () => said().some(({ doc }) => doc.text.includes('somebody else')));
    await house.react('ben', card.ref, 'yes');
    const refusals = () => said().filter(({ doc }) => doc.text.startsWith('ben: You asked for this yourself'));
    await eventually('a refusal', async () => refusals().length > 0);
    await house.react('ben', card.ref, 'yes');
    await house.react('cleo', card.ref, 'yes');
    const task = await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
    expect(refusals()).toHaveLength(1);
    expect((await house.store.tasks.get(task)).person).toBe(await idOf('cleo'));
  });

  test('who asked for it cannot approve the plan on another account either, but may ask for changes', async () => {
    const { ask } = await planned();
    await house.store.people.addAccount(await idOf('ben'), house.account('ben', 'other'), 1);
    const elsewhere = house.dmOf('ben', 'other');
    await house.press('ben', elsewhere, `answer:${ask}:approve`);
    await eventually('a refusal', async () => house.chatOf(elsewhere).replies.at(-1)?.text.includes('approve it'));
    expect((await house.store.asks.find(ask))?.state).toBe('open');
    await house.press('ben', elsewhere, `answer:${ask}:revise`, 'Smaller.');
    await eventually('the answer', async () => (await house.store.asks.find(ask))?.state === 'answered');
  });

  test('on the code host only a person who is known there and is another approves', async () => {
    const { task, ask } = await planned();
    const { issue } = await house.store.tasks.get(task);
    const members = createMembership(house.store, 'test');
    const [ben, cleo] = [
      await house.store.people.of(house.account('ben')),
      await house.store.people.of(house.account('cleo')),
    ];
    if (!ben || !cleo || !issue) throw new Error('not there');
    await members.addLogin(ben, 'Benjamin');
    await members.addLogin(cleo, 'cleopatra');
    for (const login of ['benjamin', 'Cleopatra', 'octocat']) house.host.permissions.set(login, 'write');
    let id = 90_000 + task * 10;
    const comment = async (author: string) => {
      id += 1;
      house.host.written.push({ issue: issue.number, id, author, body: 'approved', at: Date.now() + id, url: '' });
      await house.core.hint({ delivery: `d${id}`, repo: 'acme/web', issue: issue.number });
      return id;
    };
    for (const login of ['octocat', 'benjamin']) {
      const refused = await comment(login);
      await eventually(`a word to ${login}`, async () =>
        house.host.ours.some(({ marker, body }) => marker === `refused:${refused}` && body.includes('approve it')),
      );
    }
    expect((await house.store.asks.find(ask))?.state).toBe('open');
    await comment('Cleopatra');
    await eventually('the answer', async () => (await house.store.asks.find(ask))?.state === 'answered');
  });
});

test('a person of the code host who may not direct tasks here is not heard there', async () => {
  await house.store.projects.set('acme/web', { selfApproval: true });
  const { task, ask } = await planned();
  const { issue } = await house.store.tasks.get(task);
  const vic = await house.admit('vic', 'viewer');
  await createMembership(house.store, 'test').addLogin(vic, 'victor');
  house.host.permissions.set('victor', 'write').set('writer', 'write');
  const written = { issue: issue?.number ?? 0, url: '' };
  house.host.written.push({ ...written, id: 99_001, author: 'victor', body: 'approved', at: Date.now() + 200_000 });
  house.host.written.push({ ...written, id: 99_002, author: 'writer', body: 'no, smaller', at: Date.now() + 200_001 });
  await house.core.hint({ delivery: 'd99', repo: 'acme/web', issue: written.issue });
  await eventually('the answer', async () => (await house.store.asks.find(ask))?.state === 'answered');
  expect(await house.store.asks.find(ask)).toMatchObject({ answeredBy: 'writer', answer: { type: 'revise' } });
});

test('the log tells who decided what about a task, with which account, where and exactly when', async () => {
  await house.store.projects.set('acme/web', { selfApproval: true });
  await house.store.people.addAccount(await idOf('cleo'), house.account('cleo', 'other'), 1);
  const { task, ask } = await planned();
  await house.press('cleo', house.dmOf('cleo', 'other'), `answer:${ask}:approve`);
  await eventually('the answer', async () => (await house.store.asks.find(ask))?.state === 'answered');
  await house.worker(task, `${task}.2.1`);
  expect((await command('ben', `steer #${task} Use zod.`)).text).toContain('Told');
  expect((await command('ana', `cancel #${task}`)).text).toContain('Stopping');
  const { title, text } = await command('ben', `log #${task}`);
  expect(title).toBe(`#${task} Fix it`);
  const time = String.raw`\d+ \w+ \d{4}, \d\d:\d\d:\d\d \S+`;
  const channel = `\`${place.channel}\``;
  const lines = [
    `- ${time} · \\*\\*cleo\\*\\* started it · fake, ${channel} · \`fake:T1:cleo\``,
    `- ${time} · \\*\\*cleo\\*\\* approved the plan · other, direct message · \`other:T1:cleo\``,
    `- ${time} · \\*\\*ben\\*\\* said: "Use zod\\." · fake, ${channel} · \`fake:T1:ben\``,
    `- ${time} · \\*\\*ana\\*\\* cancelled it · fake, ${channel} · \`fake:T1:ana\``,
  ];
  expect(text).toMatch(new RegExp(`^${lines.join('\n')}$`));
});

describe('an ask goes to who may answer it:', () => {
  const askedOf = (ask: number) =>
    eventually(
      'a card',
      async () =>
        [...house.chats.values()]
          .flatMap(({ messages }) => messages)
          .find(({ key }) => key.startsWith(`ask:${ask}:`) && !key.includes(':line:'))?.key,
    );

  test('to the person who started the task', async () => {
    expect(await askedOf((await planned()).ask)).toMatch(/cleo$/);
  });

  test('to an owner, once that person may no longer', async () => {
    const cleo = await house.store.people.of(house.account('cleo'));
    if (!cleo) throw new Error('not there');
    const proposal = await house.propose(place, { planFirst: true });
    await house.press('cleo', place, `confirm:${proposal}`);
    const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
    const worker = await house.worker(task);
    await createMembership(house.store, 'test').setRole(cleo, 'viewer');
    await house.core.door.result(worker, { type: 'plan', plan: '1. Do it.', summary: 'Do it.', session: 's' });
    const ask = await eventually('the ask', async () => (await house.store.asks.openOf(task))[0]);
    expect(await askedOf(ask.id)).toMatch(/ana$/);
    expect(await pressed('cleo', `answer:${ask.id}:approve`)).toContain("can't approve plans");
  });
});
