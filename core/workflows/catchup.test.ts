import { afterAll, beforeAll, expect, test } from 'vitest';
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
  await eventually('the refusal', () => house.store.history.cursor(heardThumb(card.ref, vic, 'yes')));
  await house.admit('vic', 'member');
  const missed = await shown();
  missed.card.reactions.push({ account: house.account('ana'), emoji: 'yes' });
  house.chat.gap();
  await eventually('the thumb that nobody heard', async () => (await stateOf(missed.id)) === 'confirmed');
  expect(await stateOf(id)).toBe('open');
});
