import { expect, onTestFinished, test } from 'vitest';
import { png } from '../../core/testing/image.ts';
import { createDiscordSim } from '../../sim/discord/index.ts';
import { channelIn, connect } from './testing.ts';

const shot = { name: 'login.png', mimeType: 'image/png', bytes: png(30, 20), caption: '**#41** made `login.png`' };
const HOUR = 3_600_000;

async function scene() {
  let lateMs = 0;
  const sim = await createDiscordSim({ clock: () => Date.now() + lateMs });
  onTestFinished(() => sim.close());
  const { chat, inbound } = await connect(sim, { timeoutMs: 500 });
  const channel = sim.createChannel('web');
  sim.person('Ana').say(channel, 'hello', { mention: true });
  const { place } = await inbound('message');
  const ours = () => sim.messages(channelIn(place)).filter(({ author }) => author.id === sim.botUserId);
  const later = () => {
    lateMs = HOUR;
  };
  return { sim, chat, channel, place, ours, later };
}

test('a file is one message in the thread, with its bytes, name and caption, however often it is sent', async () => {
  const { chat, place, ours } = await scene();
  const ref = await chat.upload(place, shot, 'file:1');
  expect(await chat.upload(place, shot, 'file:1')).toEqual(ref);
  const [message, ...more] = ours();
  expect(more).toEqual([]);
  expect(message).toMatchObject({ id: ref.id, content: shot.caption });
  expect(message?.attachments).toMatchObject([{ filename: 'login.png', contentType: 'image/png' }]);
  expect(message?.attachments[0]?.content).toEqual(shot.bytes);
});

test('an upload whose answer is lost says look, and is found by its key, or after a restart by its caption', async () => {
  const { sim, chat, place, ours, later } = await scene();
  const since = Date.now();
  sim.faults.add({ kind: 'drop_after', route: 'POST /channels/:channel/messages' });
  await expect(chat.upload(place, shot, 'file:1')).rejects.toMatchObject({ remedy: 'look' });
  const found = { place, id: ours()[0]?.id };
  expect(await chat.find(place, 'file:1', since, 'post')).toEqual(found);
  expect(await chat.find(place, 'file:2', since, 'post')).toBeNull();
  await chat.stop();
  later();
  const next = await connect(sim);
  expect(await next.chat.find(place, 'file:1', since, 'post', { text: shot.caption })).toEqual(found);
});

test('without the right to attach files the refusal names it', async () => {
  const { sim, chat, channel, place } = await scene();
  sim.permit(channel, { deny: ['AttachFiles'] });
  await expect(chat.upload(place, shot, 'file:1')).rejects.toMatchObject({
    code: 'forbidden',
    advice: expect.stringContaining('Attach Files'),
  });
});
