import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Place } from '../domain/chat.ts';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { comesLate } from '../words/turn.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore();
  await house.admit('ana', 'owner');
  await house.core.start();
});
afterAll(() => house.close());

const textsIn = ({ channel }: Place) =>
  house.chat.messages.filter(({ ref, done }) => done && ref.place.channel === channel).map(({ doc }) => doc.text);
const proposing = { name: 'spawn_task', input: { repo: 'acme/web', title: 'Delete it', brief: 'Delete it.' } };

test('a yes that was said before the card stood there confirms nothing', async () => {
  const place = house.newPlace();
  let rounds = 0;
  house.state.answer = () => {
    rounds += 1;
    return rounds === 1 ? { use: [proposing] } : { text: 'As you see.' };
  };
  await house.say('ana', place, 'could you delete it?');
  const card = await eventually('the card', async () => {
    const found = house.chat.messages.find(
      ({ key, ref }) => /^proposal:/.test(key) && ref.place.channel === place.channel,
    );
    return found && (await house.store.posts.find(found.key));
  });
  const proposal = Number(card.key.split(':')[1]);
  await house.say('ana', place, 'yes', { at: card.createdAt - 10_000 });
  await eventually('an answer', async () => textsIn(place).filter((text) => text === 'As you see.').length === 2);
  expect(await house.store.proposals.find(proposal)).toMatchObject({ state: 'open' });
  await house.say('ana', place, 'yes');
  await eventually('the task', async () => (await house.store.proposals.find(proposal))?.task);
});

test('a tool whose service is away ends in an answer, not in silence', { timeout: 30_000 }, async () => {
  const place = house.newPlace();
  house.host.failing = {
    method: 'head',
    failure: new Failure('GitHub is away.', { code: 'unavailable', remedy: 'retry' }),
  };
  house.state.answer = () =>
    JSON.stringify(house.model.requests.at(-1)).includes('GitHub is away')
      ? { text: 'GitHub does not answer.' }
      : { use: [proposing] };
  await house.say('ana', place, 'delete it');
  await eventually('the answer', async () => textsIn(place).includes('GitHub does not answer.'));
  house.host.failing = null;
});

test('a person can stop the assistant while it speaks; what it had said stays', async () => {
  const place = house.newPlace();
  house.state.answer = () => ({ text: `begin ${'and '.repeat(500)}end`, everyMs: 20 });
  await house.say('ana', place, 'tell me everything');
  const growing = await eventually('the first words', async () =>
    house.chat.messages.find(({ ref, doc }) => ref.place.channel === place.channel && doc.text.startsWith('begin')),
  );
  const stop = { kind: 'stop', dedupe: 'fake:stop', at: Date.now(), account: house.account('ana'), place } as const;
  await house.chat.inbound({ ...stop, target: growing.ref });
  await eventually('the end', async () => growing.done);
  expect(growing.doc.text).toMatch(/^begin (?:and )*\s*_Stopped\._$/);
});

test('what was said while nobody was there is answered with a word about it', async () => {
  const place = house.newPlace();
  house.state.answer = () => ({ text: 'Here I am.' });
  await house.say('ana', place, 'anybody?', { at: Date.now() - 3 * 3_600_000 });
  await eventually('an answer', async () =>
    textsIn(place).some((text) => text === '_I was away when you wrote this, 3 h ago._\n\nHere I am.'),
  );
});

test('what waited long behind other things is answered with a word that blames nobody’s absence', async () => {
  expect(comesLate({ ms: 7 * 60_000, away: false })).toBe('_This comes late: you wrote it 7 min ago._');
  const place = house.newPlace();
  house.state.answer = () => ({ text: 'Here.' });
  await house.say('ana', place, 'now', { at: Date.now() - 60_000 });
  await eventually('an answer', async () => textsIn(place).includes('Here.'));
});
