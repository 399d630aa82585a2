import { InputFile } from 'grammy';
import { expect, test } from 'vitest';
import { apiOf, startSim } from './testing.ts';

test('a document is uploaded, seen, and sent again by its id', async () => {
  const { sim, api, ana } = await withAna();
  const diff = Buffer.from('- a\n+ b\n');
  const sent = await api.sendDocument(ana.id, new InputFile(diff, 'fix.diff'), {
    caption: '<b>the change</b>',
    parse_mode: 'HTML',
    reply_markup: { inline_keyboard: [[{ text: 'Apply', callback_data: 'a' }]] },
  });
  expect(sent).toMatchObject({
    document: { file_name: 'fix.diff', mime_type: 'text/x-diff', file_size: diff.length },
    caption: 'the change',
    caption_entities: [{ type: 'bold', offset: 0, length: 10 }],
  });
  expect(ana.sees(ana.id).at(-1)).toBe('📎 fix.diff (8 bytes)\nthe change\n1:[Apply]');
  expect((await api.sendDocument(ana.id, sent.document.file_id)).document).toEqual(sent.document);
  expect(await download(sim, api, sent.document.file_id)).toEqual(diff);
  const long = api.sendDocument(ana.id, sent.document.file_id, { caption: 'x'.repeat(1025) });
  await expect(long).rejects.toMatchObject({ description: 'Bad Request: message caption is too long' });
  await expect(api.sendDocument(ana.id, 'nothing')).rejects.toThrow('wrong file identifier/HTTP URL specified');
  await expect(api.sendDocument(ana.id, new InputFile(Buffer.alloc(0), 'x'))).rejects.toThrow('file must be non-empty');
});

test('a photo has sizes, the original last, and a voice its duration', async () => {
  const { api, ana } = await withAna();
  const { photo } = await api.sendPhoto(ana.id, new InputFile(Buffer.from('jpeg'), 'x.jpg'));
  expect(photo.map(({ width }) => width)).toEqual([90, 800]);
  const { voice } = await api.sendVoice(ana.id, new InputFile(Buffer.from('ogg'), 'x.oga'), { duration: 3 });
  expect(voice).toMatchObject({ duration: 3, mime_type: 'audio/ogg' });
  expect(ana.sees(ana.id).slice(-2)).toEqual(['🖼 photo (4 bytes)', '🎤 voice (3 s)']);
});

test('what people send can be downloaded, documents sent together come one by one', async () => {
  const { sim, api, ana } = await withAna();
  const files = [
    { name: 'a.md', content: '# A' },
    { name: 'b.md', content: '# B' },
  ];
  await ana.say(ana.id, 'please read @mainloop_bot', { files });
  await ana.say(ana.id, '', { photo: Buffer.from('jpeg') });
  await ana.say(ana.id, '', { voice: { content: Buffer.from('ogg'), duration: 2 } });
  const [, a, b, photo, voice] = (await api.getUpdates()).map(({ message }) => message);
  expect(a).toMatchObject({
    caption: 'please read @mainloop_bot',
    caption_entities: [{ type: 'mention', offset: 12 }],
  });
  expect(b).not.toHaveProperty('caption');
  expect(a?.media_group_id).toBe(b?.media_group_id);
  expect(String(await download(sim, api, b?.document?.file_id))).toBe('# B');
  expect(String(await download(sim, api, photo?.photo?.at(-1)?.file_id))).toBe('jpeg');
  expect(String(await download(sim, api, voice?.voice?.file_id))).toBe('ogg');
});

test('large files cannot be downloaded, nor any with a wrong token', async () => {
  const { sim, api, ana } = await withAna();
  const content = Buffer.alloc(20 * 1024 * 1024 + 1);
  await ana.say(ana.id, '', {
    files: [
      { name: 'big.bin', content },
      { name: 'a.md', content: '# A' },
    ],
  });
  const [, big, small] = (await api.getUpdates()).map(({ message }) => message?.document?.file_id ?? '');
  await expect(api.getFile(big ?? '')).rejects.toMatchObject({ description: 'Bad Request: file is too big' });
  const { file_path } = await api.getFile(small ?? '');
  expect((await fetch(`${sim.apiRoot}/file/bot1:x/${file_path}`)).status).toBe(401);
  expect((await fetch(`${sim.apiRoot}/file/bot${sim.token}/documents/none`)).status).toBe(404);
  sim.faults.add({ kind: 'error502', method: 'file' });
  expect((await fetch(`${sim.apiRoot}/file/bot${sim.token}/${file_path}`)).status).toBe(502);
  expect((await fetch(`${sim.apiRoot}/file/bot${sim.token}/${file_path}`)).status).toBe(200);
});

async function download(
  sim: { apiRoot: string; token: string },
  api: ReturnType<typeof apiOf>,
  id = '',
): Promise<Buffer> {
  const { file_path } = await api.getFile(id);
  const answer = await fetch(`${sim.apiRoot}/file/bot${sim.token}/${file_path}`);
  return Buffer.from(await answer.arrayBuffer());
}

async function withAna() {
  const sim = await startSim({ limits: 'none' });
  const ana = sim.person('Ana');
  await ana.start();
  return { sim, api: apiOf(sim), ana };
}
