import { expect, onTestFinished, test } from 'vitest';
import type { OutFile } from '../../core/domain/file.ts';
import { png } from '../../core/testing/image.ts';
import { createSlackSim } from '../../sim/slack/index.ts';
import { connect } from './testing.ts';

const shot: OutFile = {
  name: 'login.png',
  mimeType: 'image/png',
  bytes: png(30, 20),
  caption: '**#41** made `login.png` <!channel>',
};

async function scene() {
  const sim = await createSlackSim();
  onTestFinished(() => sim.close());
  const { chat, inbound } = await connect(sim, { timeoutMs: 500 });
  const channel = sim.createChannel('web');
  const ana = sim.person('Ana');
  await ana.say(channel, '@mainloop hello');
  const { place } = await inbound('message');
  const ours = () => sim.messages(channel).filter(({ user }) => user === sim.botUserId);
  return { sim, chat, place, ours, ana, channel, inbound };
}

test('a file is one message in the thread, with its bytes, title and caption', async () => {
  const { chat, place, ours, sim } = await scene();
  await chat.upload(place, shot, 'file:1');
  const [message, ...more] = ours();
  expect(more).toEqual([]);
  expect(message).toMatchObject({ thread_ts: place.thread, files: [{ title: 'login.png', mimetype: 'image/png' }] });
  expect(message?.text).toBe('*#41* made `login.png` &lt;\u2060!channel&gt;');
  const url = message?.files?.[0]?.url_private_download ?? '';
  const read = await fetch(url, { headers: { authorization: `Bearer ${sim.botToken}` } });
  expect(Buffer.from(await read.arrayBuffer())).toEqual(shot.bytes);
});

test.each(['drop_after', 'error500_after', 'timeout_after'] as const)(
  'an upload whose answer is lost (%s) says look, and is found by its key alone',
  async (kind) => {
    const { sim, chat, place, ours } = await scene();
    const since = Date.now();
    sim.faults.add({ kind, method: 'files.completeUploadExternal' });
    await expect(chat.upload(place, shot, 'file:1')).rejects.toMatchObject({ remedy: 'look' });
    expect(await chat.find(place, 'file:1', since, 'post')).toEqual({ place, id: ours()[0]?.ts });
    expect(await chat.find(place, 'file:2', since, 'post')).toBeNull();
  },
);

test.each(['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal'])(
  'an upload that breaks before %s is done shows nothing',
  async (method) => {
    const { sim, chat, place, ours } = await scene();
    sim.faults.add({ kind: 'drop_before', method });
    await expect(chat.upload(place, shot, 'file:1')).rejects.toMatchObject({ remedy: 'look' });
    expect(ours()).toEqual([]);
    expect(await chat.find(place, 'file:1', Date.now() - 60_000, 'post')).toBeNull();
  },
);

test('the same name under two keys is two messages, each found by its own', async () => {
  const { chat, place, ours } = await scene();
  await chat.upload(place, { ...shot, name: 'README' }, 'file:1');
  await chat.upload(place, { ...shot, name: 'README' }, 'file:2');
  const found = await Promise.all(['file:1', 'file:2'].map((key) => chat.find(place, key, Date.now() - 60_000)));
  expect(found.map((ref) => ref?.id)).toEqual(ours().map(({ ts }) => ts));
});

test('a file that a person sends is read byte by byte', async () => {
  const { chat, channel, ana, inbound } = await scene();
  await ana.say(channel, '@mainloop look', { files: [{ name: '../../.ssh/x.png', content: Buffer.from(shot.bytes) }] });
  const { files } = await inbound('message', (message) => message.files.length > 0);
  const [file] = files;
  expect(file).toMatchObject({ name: '../../.ssh/x.png', size: shot.bytes.length });
  if (file) expect(Buffer.from(await chat.download(file, 1_000_000))).toEqual(shot.bytes);
});

const long = { name: 'report.md', text: 'All of it. '.repeat(10) };

test.each(['ratelimited', 'drop_after', 'error500'] as const)(
  'the long text that a message speaks of is there once, also after %s',
  async (kind) => {
    const { sim, chat, place, ours } = await scene();
    sim.faults.add({ kind, method: 'files.completeUploadExternal', retryAfter: 1 });
    await chat.post(place, { text: 'The whole text is in the file below.', attachment: long }, 'k');
    expect(ours().flatMap(({ files = [] }) => files.map(({ title }) => title))).toEqual(['report.md']);
  },
);
