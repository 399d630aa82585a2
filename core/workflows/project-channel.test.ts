import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 20 });
  await house.admit('ana', 'owner');
  await house.core.start();
  await house.core.catchUp();
});
afterAll(() => house.close());

const channel = (name: string) => ({ platform: 'fake', space: 'T1', channel: name, dm: false });
const cards = (name: string) => house.chat.messages.filter(({ ref }) => ref.place.channel === name);

async function started(): Promise<number> {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  await eventually('its card', async () => cards(place.channel).some(({ doc }) => doc.title?.startsWith(`#${task}`)));
  return task;
}

test('a channel is made for a project and linked to it, but not in private', async () => {
  await house.command('ana', channel('general'), 'project new acme/web');
  await eventually('the link', () => house.store.projects.linkedTo(channel('acme-web')));
  const replies = () => house.chat.replies.map(({ text }) => text);
  await eventually('the answer', async () => replies().some((text) => text.startsWith('**#acme-web** is the channel')));
  await house.command('ana', { ...channel('D1'), dm: true }, 'project new acme/web');
  await eventually('the refusal', async () => replies().some((text) => text.includes('can’t make a channel here')));
  await house.command('ana', channel('linked'), 'project link acme/web');
  await eventually('the other link', () => house.store.projects.linkedTo(channel('linked')));
});

test('a task from elsewhere shows its progress in each linked channel, and one that fails stops nothing', async () => {
  for (const name of ['a1', 'a2']) await house.store.projects.link(channel(name), 'acme/web');
  await house.store.projects.link({ ...channel('x'), platform: 'unknown' }, 'acme/web');
  const forbidden = new Failure('No.', { code: 'forbidden', remedy: 'never' });
  const { post } = house.chat;
  Object.assign(house.chat, {
    post: (...args: Parameters<typeof post>) => (args[0].channel === 'a1' ? Promise.reject(forbidden) : post(...args)),
  });
  const task = await started();
  const [card] = await eventually('the card', async () => cards('a2').length > 0 && cards('a2'));
  expect(card?.doc.title).toContain(`#${task}`);
  expect(cards('a1')).toEqual([]);
  await house.worker(task);
  await eventually('the card to change', async () => (card?.edits ?? 0) > 0);
});

test('a channel that can’t be written to for a while gets the card when it can', async () => {
  await house.store.projects.link(channel('a3'), 'acme/web');
  const away = new Failure('Away.', { code: 'unavailable', remedy: 'retry' });
  const { post } = house.chat;
  let refused = 0;
  Object.assign(house.chat, {
    post: (...args: Parameters<typeof post>) => {
      if (args[0].channel !== 'a3' || refused === 2) return post(...args);
      refused += 1;
      return Promise.reject(away);
    },
  });
  const task = await started();
  await eventually('the card', async () => cards('a3').some(({ doc }) => doc.title?.startsWith(`#${task}`)));
  expect(refused).toBe(2);
});

test('what is said under a card needs no mention, and is about its task', async () => {
  const task = await started();
  const card = await eventually('the card', async () =>
    cards('a2').find(({ doc }) => doc.title?.startsWith(`#${task}`)),
  );
  const place = { ...channel('a2'), thread: card.ref.id };
  await house.say('ana', place, 'how far is it?', { mentionsBot: false });
  await eventually('an answer', async () => house.chat.messages.some(({ ref }) => ref.place.thread === card.ref.id));
  await house.command('ana', place, 'why');
  await eventually('why', async () =>
    house.chat.replies.some(({ title = '', text }) => `${title} ${text}`.includes(`#${task}`)),
  );
  const before = house.chat.messages.length;
  await house.say('ana', { ...place, thread: 'of others' }, 'lunch?', { mentionsBot: false });
  expect(house.chat.messages).toHaveLength(before);
});

test('what was said between two connections is read and answered', async () => {
  const place = house.newPlace();
  await house.say('ana', place, 'first');
  await eventually('an answer', async () => cards(place.channel).length === 1);
  const ref = { place, id: 'missed' };
  const missed = { dedupe: 'fake:missed', at: Date.now(), account: house.account('ana'), place, ref, files: [] };
  house.chat.said.push({ ...missed, kind: 'message', text: 'second', mentionsBot: true });
  house.chat.gap();
  await eventually('the other answer', async () => cards(place.channel).length === 2);
});

test('a person who types a command is offered what they may see, a stranger nothing', async () => {
  const task = await started();
  const { suggest } = house.core;
  expect(await suggest('project', 'WEB', house.account('ana'))).toEqual([{ label: 'acme/web', value: 'acme/web' }]);
  const [offered] = await suggest('task', `#${task} `, house.account('ana'));
  expect(offered).toEqual({ label: `#${task} Fix it · acme/web`, value: String(task) });
  expect(await suggest('person', '', house.account('ana'))).toMatchObject([{ label: 'ana' }]);
  expect(await suggest('ask', 'nothing', house.account('ana'))).toEqual([]);
  expect(await suggest('task', '', house.account('eve'))).toEqual([]);
});

test('a wish given as a command is answered at once where its person sees that an answer is on its way', async () => {
  const place = channel('wishes');
  const command = { dedupe: 'fake:wish', at: Date.now(), account: house.account('ana'), place };
  await house.chat.inbound({ ...command, kind: 'command', text: 'task mend it', reply: { waits: 'yes' } });
  await eventually('the line', async () => house.chat.replies.some(({ text }) => text.startsWith('I answer [here]')));
});
