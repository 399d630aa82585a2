import { expect, onTestFinished, test } from 'vitest';
import { png } from '../../core/testing/image.ts';
import { createTelegramSim } from '../../sim/telegram/index.ts';
import { placeOf } from './place.ts';
import { connect } from './testing.ts';

const shot = { name: 'login.png', mimeType: 'image/png', bytes: png(30, 20), caption: '**#41** made `login.png`' };

async function scene() {
  const sim = await createTelegramSim();
  onTestFinished(() => sim.close());
  const { chat } = await connect(sim, { timeoutMs: 500 });
  const ana = sim.person('Ana');
  await ana.start();
  const read = (handle = '') => chat.download({ name: 'x', mimeType: '', size: 0, handle }, 1_000_000);
  const ours = (id: number) => sim.messages(id).filter(({ wire }) => wire.from?.id === sim.botId);
  return { sim, chat, ana, read, ours };
}

test('an image is a photo with its bytes and caption, found by its key', async () => {
  const { chat, ana, read, ours } = await scene();
  const ref = await chat.upload(placeOf(ana.id), shot, 'file:1');
  const [message, ...more] = ours(ana.id);
  expect(more).toEqual([]);
  expect(message?.wire).toMatchObject({
    caption: '#41 made login.png',
    caption_entities: [{ type: 'bold' }, { type: 'code' }],
  });
  expect(await read(message?.wire.photo?.at(-1)?.file_id)).toEqual(shot.bytes);
  expect(await chat.find(placeOf(ana.id), 'file:1', 0, 'post')).toEqual(ref);
});

test('an image that Telegram takes for none, and every other file, is a document with its name', async () => {
  const { sim, chat, ana, read, ours } = await scene();
  const description = 'Bad Request: PHOTO_INVALID_DIMENSIONS';
  sim.faults.add({ kind: 'error', code: 400, description, method: 'sendPhoto' });
  await chat.upload(placeOf(ana.id), shot, 'file:1');
  const notes = { name: 'notes.md', mimeType: 'text/plain', bytes: Buffer.from('words'), caption: 'Notes' };
  await chat.upload(placeOf(ana.id), notes, 'file:2');
  expect(ours(ana.id).map(({ wire }) => wire.document?.file_name)).toEqual(['login.png', 'notes.md']);
  expect(await read(ours(ana.id)[0]?.wire.document?.file_id)).toEqual(shot.bytes);
});

test('an upload of unknown fate says look, and is sent no second time by itself', async () => {
  const { sim, chat, ana, ours } = await scene();
  sim.faults.add({ kind: 'drop_after', method: 'sendPhoto' });
  await expect(chat.upload(placeOf(ana.id), shot, 'file:1')).rejects.toMatchObject({ remedy: 'look' });
  expect(ours(ana.id).length).toBe(1);
  expect(await chat.find(placeOf(ana.id), 'file:1', 0, 'post')).toBeNull();
});

test('a reply to a file in a basic group belongs to the chain of the file', async () => {
  const { sim, chat, ana } = await scene();
  const group = sim.createGroup('web', { type: 'group' });
  sim.invite(group, ana);
  const root = await ana.say(group, `@${sim.botUsername} hello`);
  await chat.upload(placeOf(group, String(root.id)), shot, 'file:1');
  await chat.stop();
  const next = await connect(sim);
  const [file] = sim.messages(group).filter(({ wire }) => wire.photo);
  if (file) await ana.say(group, 'looks good', { replyTo: file });
  const heard = await next.inbound('message', ({ text }) => text === 'looks good');
  expect(heard.place).toEqual(placeOf(group, String(root.id)));
});
