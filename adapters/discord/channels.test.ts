import { expect, onTestFinished, test } from 'vitest';
import type { Inbound, Place } from '../../core/domain/chat.ts';
import { type ChannelOptions, createDiscordSim } from '../../sim/discord/index.ts';
import { connect } from './testing.ts';

async function scene(kind: ChannelOptions['kind'] & string) {
  const sim = await createDiscordSim();
  onTestFinished(() => sim.close());
  const connected = await connect(sim);
  const channel = sim.createChannel('ideas', { kind });
  const place: Place = { platform: 'discord', space: sim.guildId, channel, dm: false };
  return { ...connected, sim, channel, place, ana: sim.person('Ana') };
}

const since = () => Date.now() - 60_000;
const card = { title: '#41 Fix it', text: 'Working.', steps: [{ id: 'p', title: 'Plan', state: 'running' as const }] };

test('a card in a forum is a post of its own, found after its answer was lost, edited in place, and talked about below', async () => {
  const { sim, chat, channel, place, ana, inbound } = await scene('forum');
  sim.faults.add({ kind: 'drop_after', route: 'POST /channels/:channel/threads' });
  await expect(chat.post(place, card, 'card')).rejects.toMatchObject({ remedy: 'look' });
  const ref = await chat.find(place, 'card', since(), 'post', card);
  if (!ref) throw new Error('not found');
  expect(ref.place).toEqual({ ...place, thread: ref.id });
  expect(await chat.edit(ref, { ...card, text: 'Done.' })).toEqual(ref);
  const [post, ...others] = sim.channels().filter(({ parentId }) => parentId === channel);
  expect(others).toEqual([]);
  expect(post?.name).toBe('#41 Fix it');
  expect(sim.messages(post?.id ?? '').map(({ content }) => content)).toEqual(['**#41 Fix it**\n▶ Plan\nDone.']);
  ana.say(post?.id ?? '', 'how is it going?');
  expect((await inbound('message')).place).toEqual(ref.place);
});

test('a long text in a forum is one post, and a forum that wants tags is said to', async () => {
  const { sim, chat, channel, place } = await scene('forum');
  await chat.post(place, { text: 'word '.repeat(900) }, 'long');
  const posts = sim.channels().filter(({ parentId }) => parentId === channel);
  expect(posts.map(({ id }) => sim.messages(id).length)).toEqual([3]);
  const strict = sim.createChannel('strict', { kind: 'forum', tags: ['bug'], requireTag: true });
  await expect(chat.post({ ...place, channel: strict }, card, 'k')).rejects.toMatchObject({
    ...{ code: 'forbidden', message: expect.stringContaining('tag on every post') },
  });
});

test.each(['voice', 'stage'] as const)(
  'in the chat of a %s channel the answer is a reply, and replying to it goes on with the conversation',
  async (kind) => {
    const { sim, chat, channel, ana, inbound } = await scene(kind);
    const root = ana.say(channel, 'is it fixed?', { mention: true });
    const { place } = await inbound('message');
    await chat.working(place, true);
    const stream = chat.stream(place, { platform: 'discord', space: '', id: ana.id, bot: false }, 'turn', null);
    stream.append('It ');
    const ref = await stream.finish({ text: 'It is.' });
    const [, answer] = sim.messages(channel);
    expect(answer).toMatchObject({ id: ref.id, content: 'It is.', reference: { messageId: root.id }, mentions: [] });
    expect(await chat.find(place, 'other', since(), 'post', { text: 'It is.' })).toBeNull();
    ana.say(channel, 'since when?', { ...(answer ? { replyTo: answer } : {}) });
    const next = await inbound('message', ({ text }) => text === 'since when?');
    expect(next.place).toEqual(place);
    ana.say(channel, 'something else', { mention: true });
    const other = await inbound('message', ({ text }) => text === 'something else');
    expect(await chat.find(other.place, 'turn', since(), 'reply')).toBeNull();
    const read: Inbound[] = [];
    for await (const one of chat.history({ ...place, thread: undefined }, since())) read.push(one);
    expect(read.map((one) => one.place.thread)).toEqual([root.id, root.id, other.ref.id]);
    expect(sim.calls.filter(({ code }) => code === 50_024)).toEqual([]);
  },
);
