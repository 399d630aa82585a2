import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { heardThumb } from './thumb.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore();
  await house.admit('ana', 'owner');
  await house.admit('vic', 'viewer');
  await house.core.start();
  await house.core.catchUp();
});
afterAll(() => house.close());

/** A proposal with its card in the chat. */
async function shown(): Promise<{ id: number; card: (typeof house.chat.messages)[number] }> {
  const place = house.newPlace();
  const asked = { repo: 'acme/web', title: 'Fix it', brief: 'As said.' };
  let rounds = 0;
  house.state.answer = () => {
    rounds += 1;
    return rounds === 1 ? { use: [{ name: 'spawn_task', input: asked }] } : { text: 'Here.' };
  };
  await house.say('ana', place, 'fix it');
  const card = await eventually('the card', async () =>
    house.chat.messages.find(({ key, ref }) => key.startsWith('proposal:') && ref.place.channel === place.channel),
  );
  await eventually('its note', async () => house.store.posts.subjectOf(card.ref));
  return { id: Number(card.key.split(':')[1]), card };
}

const stateOf = async (id: number) => (await house.store.proposals.find(id))?.state;

test('a thumb that was refused stays refused when its person may more later, and a gap shows it again', async () => {
  const { id, card } = await shown();
  const vic = house.account('vic');
  card.reactions.push({ account: vic, emoji: 'yes' });
  await house.react('vic', card.ref, 'yes');
  await eventually('the thumb', () => house.store.history.cursor(heardThumb(card.ref, vic, 'yes')));
  const handling = "select 1 from dbos.workflow_status where name = 'interaction' and status = 'PENDING'";
  await eventually('the refusal', async () => (await house.db.execute(handling)).rows.length === 0);
  await house.admit('vic', 'member');
  const missed = await shown();
  missed.card.reactions.push({ account: house.account('ana'), emoji: 'yes' });
  house.chat.gap();
  await eventually('the thumb that nobody heard', async () => (await stateOf(missed.id)) === 'confirmed');
  expect(await stateOf(id)).toBe('open');
});

test('a platform that cannot tell of other places now keeps nobody from reading the known ones', async () => {
  const place = house.newPlace();
  await house.say('ana', place, 'first');
  await eventually('an answer', async () => house.chat.messages.some(({ ref }) => ref.place.channel === place.channel));
  const ref = { place, id: 'missed' };
  const missed = { dedupe: 'fake:missed', at: Date.now(), account: house.account('ana'), place, ref, files: [] };
  house.chat.said.push({ ...missed, kind: 'message', text: 'second', mentionsBot: true });
  const limited = new Failure('Slow down.', { code: 'rate_limited', remedy: 'retry' });
  Object.assign(house.chat, { places: () => Promise.reject(limited) });
  house.chat.gap();
  await eventually('the answer', async () =>
    house.model.requests.some((request) => JSON.stringify(request).includes('second')),
  );
  Object.assign(house.chat, { places: undefined });
});
