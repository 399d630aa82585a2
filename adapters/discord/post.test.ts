import { expect, onTestFinished, test } from 'vitest';
import type { Place } from '../../core/domain/chat.ts';
import { type Connected, until } from '../../core/testing/listener.ts';
import {
  createDiscordSim,
  type DiscordMessage,
  type DiscordSim,
  type DiscordSimOptions,
} from '../../sim/discord/index.ts';
import type { DiscordChat } from './index.ts';
import { channelIn, connect } from './testing.ts';

interface Scene extends Connected<DiscordChat> {
  sim: DiscordSim;
  channel: string;
  place: Place;
  ours(): DiscordMessage[];
}

const HOUR = 3_600_000;

async function scene(options: DiscordSimOptions = {}): Promise<Scene> {
  const sim = await createDiscordSim(options);
  onTestFinished(() => sim.close());
  const connected = await connect(sim);
  const channel = sim.createChannel('web');
  sim.person('Ana').say(channel, 'hello', { mention: true });
  const { place } = await connected.inbound('message');
  const shown = () => (sim.channels().some(({ id }) => id === channelIn(place)) ? sim.messages(channelIn(place)) : []);
  const ours = () => shown().filter(({ author, deleted }) => author.id === sim.botUserId && !deleted);
  return { ...connected, sim, channel, place, ours };
}

const since = () => Date.now() - 24 * HOUR;
const card = { text: 'Start it?', buttons: [[{ label: 'Start', token: 'confirm:7' }]] };
const progress = (text: string) => ({
  title: '#41',
  text,
  steps: [{ id: 'p', title: 'Plan', state: 'running' as const }],
});

test('posts of one key, however often, are one message that says the latest', async () => {
  const { chat, place, ours } = await scene();
  const ref = await chat.post(place, { text: 'for 1 min' }, 'k');
  expect(await chat.post(place, { text: 'for 2 min' }, 'k')).toEqual(ref);
  expect(ours().map(({ content }) => content)).toEqual(['for 2 min']);
});

test('a card is found by its key after a restart, long after its nonce is forgotten', async () => {
  let lateMs = 0;
  const { sim, chat, place } = await scene({ clock: () => Date.now() + lateMs });
  const ref = await chat.post(place, card, 'card');
  await chat.post(place, { ...card, text: 'Start that?' }, 'other');
  await chat.stop();
  lateMs = HOUR;
  const next = await connect(sim);
  expect(await next.chat.find(place, 'card', since(), 'post')).toEqual(ref);
  expect(await next.chat.find(place, 'none', since(), 'post')).toBeNull();
});

test('a card keeps its mark through an edit', async () => {
  const { chat, place, ours } = await scene();
  const ref = await chat.post(place, card, 'card');
  const [mark] = ours()[0]?.components ?? [];
  await chat.edit(ref, { ...card, text: 'Changed' });
  expect(ours()[0]).toMatchObject({ content: 'Changed', components: [{ id: mark?.id }] });
});

test('words without buttons are found by what they say, but not those of another key', async () => {
  let lateMs = 0;
  const { sim, chat, place } = await scene({ clock: () => Date.now() + lateMs });
  const doc = { title: 'Done', text: 'Merged.' };
  const ref = await chat.post(place, doc, 'notice');
  expect(await chat.find(place, 'other', since(), 'post', doc)).toBeNull();
  await chat.stop();
  lateMs = HOUR;
  const next = await connect(sim);
  expect(await next.chat.find(place, 'notice', since(), 'post')).toBeNull();
  expect(await next.chat.find(place, 'notice', since(), 'post', doc)).toEqual(ref);
});

test('a reply that a kill cut off is found by its cursor and becomes the one reply', async () => {
  let lateMs = 0;
  const { sim, chat, place, ours } = await scene({ clock: () => Date.now() + lateMs });
  const person = { platform: 'discord', space: '', id: '1', bot: false };
  await chat.post(place, { text: 'An earlier answer.' }, 'turn:1');
  chat.stream(place, person, 'turn:2', null).append('The parser trusts');
  await until(() => (ours().length === 2 ? true : undefined));
  expect(ours()[1]?.content).toBe('The parser trusts ▍');
  await chat.stop();
  lateMs = HOUR;
  const next = await connect(sim);
  expect(await next.chat.find(place, 'card', since(), 'post')).toBeNull();
  const left = await next.chat.find(place, 'turn:2', since(), 'reply');
  expect(left?.id).toBe(ours()[1]?.id);
  await next.chat.stream(place, person, 'turn:2', left).finish({ text: 'The parser trusts Date.' });
  expect(ours().map(({ content }) => content)).toEqual(['An earlier answer.', 'The parser trusts Date.']);
});

test('a reply longer than one message goes on in the next ones, code fences closed and opened', async () => {
  const { chat, place, ours } = await scene();
  const person = { platform: 'discord', space: '', id: '1', bot: false };
  const text = `Look:\n\n\`\`\`ts\n${Array(70).fill('const answer = 42; // the answer').join('\n')}\n\`\`\`\n\nThat is all.`;
  const stream = chat.stream(place, person, 'turn', null);
  stream.append(text.slice(0, 500));
  stream.append(text.slice(500));
  const ref = await stream.finish({ text });
  expect(ours().map(({ id }) => id)[0]).toBe(ref.id);
  expect(ours().length).toBe(2);
  for (const { content } of ours()) expect(content.match(/^```/gm)?.length).toBe(2);
  expect(ours().at(-1)?.content).toContain('That is all.');
});

test.each(['error500_after', 'drop_after', 'drop_before', 'error502', 'ratelimited'] as const)(
  'a reply whose beginning meets %s ends as one message with all of its text',
  async (kind) => {
    const { sim, chat, place, ours } = await scene();
    const person = { platform: 'discord', space: '', id: '1', bot: false };
    sim.faults.add({ kind, route: 'POST /channels/:channel/messages' });
    const stream = chat.stream(place, person, 'turn', null);
    stream.append('The parser');
    await until(() => (ours().length === 1 ? true : undefined));
    await stream.finish({ text: 'The parser trusts Date.' });
    expect(ours().map(({ content }) => content)).toEqual(['The parser trusts Date.']);
  },
);

test('a hundred edits are as many as the channel allows, the last one always, and Discord never complains', async () => {
  const { sim, chat, place, ours } = await scene();
  const ref = await chat.post(place, { text: '0' }, 'k');
  await Promise.all(Array.from({ length: 100 }, (_, n) => chat.edit(ref, { text: `${n + 1}` })));
  expect(ours()[0]?.content).toBe('100');
  expect(sim.calls.filter(({ route }) => route.startsWith('PATCH')).length).toBeLessThan(6);
  expect(sim.limits.violations).toBe(0);
});

test('a burst of posts and reactions waits its turn instead of being refused', async () => {
  const { sim, chat, place, ours } = await scene();
  const refs = await Promise.all(Array.from({ length: 8 }, (_, n) => chat.post(place, { text: `${n}` }, `k${n}`)));
  await Promise.all(refs.slice(0, 4).map((ref) => chat.react(ref, 'yes', true)));
  expect(ours()).toHaveLength(8);
  expect(sim.limits.violations).toBe(0);
}, 20_000);

test('progress older than an hour goes on in a new, silent message, and the old one goes', async () => {
  let earlyMs = 2 * HOUR;
  const { sim, chat, place, ours } = await scene({ clock: () => Date.now() - earlyMs });
  const ref = await chat.post(place, progress('Nothing needed from you.'), 'k');
  earlyMs = 0;
  const moved = await chat.edit(ref, progress('Still nothing.'));
  expect(moved.id).not.toBe(ref.id);
  expect(ours()).toMatchObject([{ id: moved.id, flags: 4 | 4096 }]);
  // The note of where it went was lost in a crash: the same one is found.
  expect(await chat.edit(ref, progress('Done.'))).toEqual(moved);
  expect(ours().map(({ content }) => content)).toEqual(['**#41**\n▶ Plan\nDone.']);
  expect(await chat.edit(moved, progress('Merged.'))).toEqual(moved);
  expect(sim.limits.violations).toBe(0);
});

test('an old card that only says how it was decided stays where it is', async () => {
  let earlyMs = 2 * HOUR;
  const { sim, chat, place, ours } = await scene({ clock: () => Date.now() - earlyMs });
  const ref = await chat.post(place, card, 'k');
  earlyMs = 0;
  expect(await chat.edit(ref, { text: 'Approved by Ben.' })).toEqual(ref);
  expect(ours()).toMatchObject([{ content: 'Approved by Ben.', components: [] }]);
  sim.faults.add({ kind: 'ratelimited', route: 'PATCH /channels/:channel/messages/:message' });
  expect((await chat.edit(ref, { text: 'Started.' })).id).not.toBe(ref.id);
  expect(ours().map(({ content }) => content)).toEqual(['Started.']);
});

test('an archived thread is opened again by what is said and edited in it; a locked one is said to be', async () => {
  const { sim, chat, place, ours } = await scene();
  const ref = await chat.post(place, { text: 'one' }, 'k1');
  const thread = channelIn(place);
  sim.person('Ana').closeThread(thread);
  await chat.edit(ref, { text: 'two' });
  expect(sim.channel(thread).thread?.archived).toBe(false);
  sim.person('Ana').closeThread(thread);
  await chat.post(place, { text: 'three' }, 'k2');
  expect(ours().map(({ content }) => content)).toEqual(['two', 'three']);
  sim.permitBot([]);
  sim.person('Ana').closeThread(thread, { lock: true });
  await expect(chat.post(place, { text: 'four' }, 'k3')).rejects.toMatchObject({
    ...{ code: 'forbidden', remedy: 'never', advice: expect.stringContaining('Manage Threads') },
  });
});

test('a thread that somebody else opened meanwhile is used', async () => {
  const { sim, chat, place, ours } = await scene();
  const root = sim.messages(place.channel)[0];
  if (root) sim.person('Ben').openThread(root, 'mine');
  await chat.post(place, { text: 'here' }, 'k');
  expect(ours().map(({ content }) => content)).toEqual(['here']);
});

test('a conversation whose message is gone cannot be answered, and that is said', async () => {
  const { sim, chat, place } = await scene();
  const root = sim.messages(place.channel)[0];
  if (root) sim.person('Ana').delete(root);
  await expect(chat.post(place, { text: 'x' }, 'k')).rejects.toMatchObject({ code: 'gone', remedy: 'never' });
});

test('what the bot may not do is named by the right it lacks', async () => {
  const { sim, chat, place, channel } = await scene();
  sim.permit(channel, { deny: ['CreatePublicThreads'] });
  await expect(chat.post(place, { text: 'x' }, 'k')).rejects.toMatchObject({
    ...{ code: 'forbidden', advice: expect.stringContaining('Create Public Threads') },
  });
  sim.permit(channel, { deny: ['ViewChannel'] });
  await expect(chat.post({ ...place, thread: undefined }, { text: 'x' }, 'k')).rejects.toMatchObject({
    ...{ code: 'forbidden', advice: expect.stringContaining('View Channel') },
  });
  await expect(chat.openChannel?.({ space: sim.guildId, name: 'x', about: '' })).resolves.toBeDefined();
  sim.permitBot([]);
  await expect(chat.openChannel?.({ space: sim.guildId, name: 'y', about: '' })).rejects.toMatchObject({
    ...{ code: 'forbidden', advice: expect.stringContaining('Manage Channels') },
  });
});

test('a channel is made once, under one category', async () => {
  const { sim, chat } = await scene();
  const wish = { space: sim.guildId, name: 'Acme/Web', about: 'Mainloop works on acme/web' };
  const place = await chat.openChannel?.(wish);
  expect(await chat.openChannel?.(wish)).toEqual(place);
  const made = sim.channel(place?.channel ?? '');
  expect(made).toMatchObject({ name: 'acme-web', topic: wish.about });
  expect(sim.channel(made.parentId ?? '').name).toBe('Mainloop');
});

test('typing is shown in the thread while it thinks', async () => {
  const { sim, chat, place } = await scene();
  await chat.working(place, true);
  await chat.working(place, false);
  const typed = sim.calls.filter(({ route }) => route === 'POST /channels/:channel/typing');
  expect(typed.map(({ path }) => path)).toEqual([`/channels/${channelIn(place)}/typing`]);
});
