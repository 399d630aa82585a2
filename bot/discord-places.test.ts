import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { execute, repo } from './faults/testing.ts';
import { type DiscordHouse, openDiscordHouse } from './testing/discord-house.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let house: DiscordHouse;
let dm: string;
beforeAll(async () => {
  house = await openDiscordHouse();
  dm = house.ana.dmChannel().id;
});
afterAll(() => house.close());

test('a first mention in a channel, in a thread and in private, said while the program was away, are answered', async () => {
  const { sim, ana, web, showing } = house;
  const known = ana.say(web, 'hello', { mention: true });
  await showing(known.id, /You said: hello/);
  await house.bot.stop();
  const hidden = sim.createChannel('hidden');
  ana.say(hidden, 'not for you', { mention: true });
  sim.permit(hidden, { deny: ['ViewChannel'] });
  const first = ana.say(sim.createChannel('other'), 'first here', { mention: true });
  const thread = ana.openThread(ana.say(sim.createChannel('third'), 'between us'), 'talk');
  ana.say(thread.id, 'in a thread', { mention: true });
  const inForum = ana.post(sim.createChannel('ideas', { kind: 'forum' }), 'Idea', '@mainloop in a forum');
  ana.dm('first private word');
  await house.bot.start();
  await showing(first.id, /You said: first here/);
  await showing(thread.id, /You said: in a thread/);
  await showing(inForum.id, /You said: in a forum/);
  await showing(dm, /You said: first private word/);
  expect(sim.calls.filter(({ path }) => path.startsWith(`/channels/${hidden}/messages`))).toEqual([]);
});

test('`/mainloop task` in private is answered there, in the one conversation', async () => {
  const said = await house.command(house.ana, dm, 'task', { text: 'what is new?' });
  expect(said).toMatch(/^I answer \[here\]/);
  await house.showing(dm, /You said: what is new\?/);
  expect((await house.store.conversations.places(0)).filter((place) => place.dm && place.thread)).toEqual([]);
});

test('a proposer whose thumb decides nothing is told so in private too', async () => {
  await execute(house, `update mainloop.projects set self_approval = false`);
  house.ana.dm('please note a thumb');
  const card = await house.showing(dm, /Start it\?/);
  house.ana.react(card, '👍');
  await house.showing(dm, /Ana: .*somebody else/i);
  await house.ana.press(card, 'No');
  await execute(house, `update mainloop.projects set self_approval = true`);
});

test('a forum that is linked to a project shows each of its tasks as a post, where one can talk about it', async () => {
  const { sim, ana, web } = house;
  const forum = sim.createChannel('plans', { kind: 'forum' });
  const post = ana.post(forum, 'Here', 'Our forum.');
  expect(await house.command(ana, post.id, 'project link', { repository: repo })).toContain('is linked to it');
  const said = ana.say(web, 'please note a forum', { mention: true });
  await ana.press(await house.showing(said.id, /Start it\?/), 'Start');
  const card = await house.until('the post', () =>
    sim.channels().find(({ parentId, id }) => parentId === forum && id !== post.id),
  );
  expect(card.name).toContain('note a forum');
  await house.showing(card.id, /ready for review/);
  ana.say(card.id, 'well done');
  await house.showing(card.id, /You said: well done/);
  expect(sim.channels().filter(({ parentId }) => parentId === forum)).toHaveLength(2);
});

test.each(['voice', 'stage'] as const)('a mention in the chat of a %s channel is answered in it', async (kind) => {
  const { sim, ana } = house;
  const channel = sim.createChannel(kind, { kind });
  ana.say(channel, 'please note it', { mention: true });
  const card = await house.showing(channel, /Start it\?/);
  ana.say(channel, 'no', { replyTo: card });
  await house.showing(channel, /Declined by Ana/);
  ana.say(channel, 'hello there', { mention: true });
  await house.showing(channel, /You said: hello there/);
});
