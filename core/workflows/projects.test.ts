import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conversationKey, type Place } from '../domain/chat.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { createMembership } from './membership.ts';

/** ana: owner. ben: member of acme/web only. cleo: member of acme/secret only. dora: member of everything. */
let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 30 });
  await house.store.projects.put({ repo: 'acme/secret', defaultBranch: 'main', url: 'https://host.example/s' }, 1);
  await house.admit('ana', 'owner');
  await house.admit('ben', 'member', ['acme/web']);
  await house.admit('cleo', 'member', ['Acme/Secret']);
  await house.admit('dora', 'member');
  await house.core.start();
});
afterAll(() => house.close());

const settle = () => eventually('idle', async () => (await house.store.conversations.activeTurns()).length === 0);
const texts = (place: Place) =>
  house.chat.messages.filter((item) => item.ref.place.channel === place.channel).map((item) => item.doc.text);

async function answerTo(by: string, act: () => Promise<unknown>): Promise<string> {
  const before = house.chat.replies.length;
  await act();
  const doc = await eventually(`an answer to ${by}`, async () => house.chat.replies.slice(before).at(-1));
  return `${doc.title ?? ''}\n${doc.text}`;
}
const command = (by: string, text: string, place = house.newPlace()) =>
  answerTo(by, () => house.command(by, place, text));

async function secretTask(place = house.newPlace()): Promise<number> {
  const id = await house.propose(place, { repo: 'acme/secret' });
  await house.press('ana', place, `confirm:${id}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
  await house.worker(task);
  return task;
}

const planAsk = (task: number) =>
  house.store.asks.open({
    ...{ origin: `${task}.test.${Math.random()}`, task, kind: 'plan', at: Date.now() },
    body: { kind: 'plan', summary: 'Secretly.', version: 1 },
  });

describe('a person without the project', () => {
  test('neither starts nor declines its proposals, by button, reaction, words or form', async () => {
    const place = house.newPlace();
    const id = await house.propose(place, { repo: 'acme/secret' });
    for (const verb of ['confirm', 'decline']) {
      const said = await answerTo('ben', () => house.press('ben', place, `${verb}:${id}`));
      expect(said).toContain("a project that you can't use");
      expect(said).not.toContain('secret');
    }
    expect(await answerTo('ben', () => house.press('ben', place, `change:${id}`, 'Publish it.'))).toContain(
      "can't use",
    );
    await house.say('ben', place, 'yes');
    await eventually('a refusal', async () => texts(place).some((text) => text.includes("can't use")));
    const card = { place, id: 'card' };
    await house.store.posts.announce(`proposal:${id}`, place, `proposal:${id}`, 1);
    await house.store.posts.sent(`proposal:${id}`, card, 'hash', false);
    await house.react('ben', card, 'yes');
    await settle();
    expect(await house.store.proposals.find(id)).toMatchObject({ state: 'open', task: null });
    await house.react('cleo', card, 'yes');
    await eventually('the task', async () => (await house.store.proposals.find(id))?.task);
  });

  test('sees none of its tasks and asks in lists, and hears that there are none', async () => {
    const place = house.newPlace();
    const task = await secretTask(place);
    await planAsk(task);
    for (const text of ['tasks', 'tasks all', 'inbox', 'project']) {
      expect(await command('ben', text)).not.toMatch(new RegExp(`#${task}\\b|secret`));
      expect(await command('cleo', text)).toMatch(new RegExp(`#${task}\\b|secret`));
    }
    for (const text of ['why', 'logs', 'log', 'cancel', 'retry']) {
      expect(await command('ben', `${text} #${task}`)).toContain(`There is no task #${task} in your projects`);
      expect(await command('ben', `${text} #9999`)).toContain('There is no task #9999 in your projects');
      expect(await command('ben', text, place)).toContain('Which task?');
    }
    expect(await command('ben', `steer #${task} Leak it.`)).toContain('no task');
    expect(await house.store.worker.pendingSteers(task)).toEqual([]);
    expect((await house.status(task)).phase).not.toBe('cancelled');
  });

  test('answers none of its asks, by button or by words under the card', async () => {
    const ask = await planAsk(await secretTask());
    const place = { ...house.dmOf('ben'), thread: 'ask-card' };
    await house.store.posts.announce(`ask:${ask.id}:x`, place, `ask:${ask.id}`, 1);
    await house.store.posts.sent(`ask:${ask.id}:x`, { place, id: 'ask-card' }, 'hash', false);
    expect(await answerTo('ben', () => house.press('ben', place, `answer:${ask.id}:approve`))).toContain("can't use");
    await house.say('ben', place, 'approved');
    await eventually('a refusal', async () => texts(place).some((text) => text.includes("can't use")));
    expect((await house.store.asks.find(ask.id))?.state).toBe('open');
  });

  test('has an assistant that knows nothing of it, and neither has who speaks with them', async () => {
    const place = house.newPlace();
    const task = await secretTask(place);
    const asked = () => JSON.stringify(house.model.requests.at(-1) ?? {});
    await house.say('ben', place, 'how is it going?');
    await settle();
    expect(asked()).not.toMatch(/secret/);
    await house.say('cleo', place, 'how is it going?');
    await settle();
    expect(asked()).toContain(`#${task} acme/secret`);
    expect(asked()).not.toContain('acme/web');
    await house.say('dora', place, 'and now?');
    await settle();
    expect(asked()).toContain('acme/web');
    expect(asked()).toContain('acme/secret');
  });

  test('gets nothing proposed in it, also in a channel that is linked to it', async () => {
    const place = house.newPlace();
    await house.store.projects.link(place, 'acme/secret');
    const wish = { repo: 'acme/secret', title: 'Publish', brief: 'All of it.', plan: false };
    house.state.answer = () => {
      house.state.answer = () => ({ text: 'Done.' });
      return { use: [{ name: 'spawn_task', input: wish }] };
    };
    await house.say('ben', place, 'publish acme/secret');
    await settle();
    expect(await house.store.proposals.openIn(conversationKey(place))).toEqual([]);
    expect(JSON.stringify(house.model.requests.at(-1)?.messages.slice(-2))).toContain("I don't know acme/secret");
  });
});

test('projects that are taken away are gone at once, on cards that are open and for work in their name', async () => {
  const place = house.newPlace();
  await house.admit('eva', 'member');
  const eva = await house.store.people.of(house.account('eva'));
  if (!eva) throw new Error('not admitted');
  const id = await house.propose(place, { repo: 'acme/secret' });
  await createMembership(house.store, 'test').setProjects(eva, ['acme/web']);
  expect(await answerTo('eva', () => house.press('eva', place, `confirm:${id}`))).toContain("can't use");
  await createMembership(house.store, 'test').setRole({ ...eva, projects: ['acme/web'] }, 'viewer');
  expect(await answerTo('eva', () => house.press('eva', place, `confirm:${id}`))).toContain("can't start tasks");
  expect((await house.store.proposals.find(id))?.state).toBe('open');
});
