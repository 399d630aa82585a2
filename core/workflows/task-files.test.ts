import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FileRef, Place } from '../domain/chat.ts';
import type { OpenAttempt } from '../door.ts';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { png } from '../testing/image.ts';
import type { FakeAnswer } from '../testing/model.ts';

let house: CoreHouse;
let place: Place;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 50 });
  await house.core.start();
  await house.admit('ana', 'member');
});
afterAll(() => house?.close());
beforeEach(() => {
  place = house.newPlace();
});

const text = (name: string, words: string): FileRef => ({
  ...{ name, mimeType: 'text/plain', size: words.length, handle: words },
});

/** The assistant's next answers in turn, then only words. */
function answers(...list: FakeAnswer[]): void {
  house.state.answer = () => list.shift() ?? { text: 'Done.' };
}

const spawn = (title: string, more: object = {}): FakeAnswer => ({
  use: [{ name: 'spawn_task', input: { repo: 'acme/web', title, brief: 'As said.', plan: false, ...more } }],
});

const proposalsHere = () =>
  eventually('the card', async () => {
    const found = house.chat.messages.filter(
      ({ key, ref }) => /^proposal:/.test(key) && ref.place.channel === place.channel,
    );
    return found.length > 0 && found.map(({ key }) => Number(key.split(':')[1]));
  });

/** Confirms a proposal and takes the part of its worker. */
async function begun(proposal: number): Promise<OpenAttempt> {
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('the task', async () => (await house.store.proposals.find(proposal))?.task);
  return house.worker(task);
}

const proposed = async (): Promise<OpenAttempt> => {
  const at = await house.propose(place);
  return begun(at);
};

const readBy = async (worker: OpenAttempt): Promise<[string, string][]> => {
  const { files } = await house.core.door.job(worker);
  return Promise.all(
    files.map(
      async ({ id, name }): Promise<[string, string]> => [
        name.replace(/^f\d+-/, ''),
        Buffer.from((await house.core.door.file(worker, id)) ?? []).toString(),
      ],
    ),
  );
};

test('the worker of a task gets what came since the last proposal, under safe names, and no other task’s', async () => {
  answers({ text: 'Noted.' });
  await house.say('ana', place, 'earlier talk', { files: [text('../../.ssh/old.txt', 'old words')] });
  await eventually('an answer', async () =>
    house.chat.messages.find(
      ({ doc, done, ref }) => done && doc.text === 'Noted.' && ref.place.channel === place.channel,
    ),
  );
  answers(spawn('First'));
  await house.say('ana', place, 'please do it', { files: [text('new.txt', 'new words')] });
  const [first = 0] = await proposalsHere();
  const worker = await begun(first);
  expect(await readBy(worker)).toEqual([
    ['old.txt', 'old words'],
    ['new.txt', 'new words'],
  ]);

  answers(spawn('Second'));
  await house.say('ana', place, 'another one', { files: [text('second.txt', 'second words')] });
  const second = await eventually('the second card', async () => (await proposalsHere())[1]);
  const card = house.chat.messages.find(({ key }) => key === `proposal:${second}`);
  expect(card?.doc.text).toContain('· with 1 file');
  const other = await begun(second);
  expect(await readBy(other)).toEqual([['second.txt', 'second words']]);
  const [mine] = (await house.core.door.job(worker)).files;
  expect(await house.core.door.file(other, mine?.id ?? 0)).toBeNull();
});

test('a proposal that is changed keeps its files; named ones are taken alone; unknown ones are refused', async () => {
  answers(spawn('Keep'));
  await house.say('ana', place, 'please', { files: [text('a.txt', 'aaa'), text('b.txt', 'bbb')] });
  const [first = 0] = await proposalsHere();
  answers(spawn('Keep it', { replaces: first }));
  await house.say('ana', place, 'without the API');
  const second = await eventually('the second card', async () => (await proposalsHere())[1]);
  const names = async (id: number) =>
    (await house.store.files.linkedTo([`proposal:${id}`])).get(`proposal:${id}`)?.map(({ name }) => name) ?? [];
  expect(await names(second)).toEqual(['a.txt', 'b.txt']);
  const [, b] = (await house.store.files.linkedTo([`proposal:${second}`])).get(`proposal:${second}`) ?? [];

  answers(spawn('Keep one', { replaces: second, files: [`f${b?.id}`] }));
  await house.say('ana', place, 'only the second file');
  const third = await eventually('the third card', async () => (await proposalsHere())[2]);
  expect(await names(third)).toEqual(['b.txt']);

  const before = house.model.requests.length;
  answers(spawn('Steal', { files: [(b?.id ?? 0) + 1_000] }));
  await house.say('ana', place, 'and another');
  await eventually('the refusal', async () => house.model.requests.length >= before + 2);
  expect(JSON.stringify(house.model.requests.at(-1))).toMatch(/there is no usable f\d+ in this conversation/);
});

test('files that come with a steer reach the running worker with it', async () => {
  const worker = await proposed();
  const steers = () => house.core.door.steering(worker, 0, new AbortController().signal);
  house.state.answer = () => {
    const said = /\[(m\d+)\] ana: like this/.exec(JSON.stringify(house.model.requests.at(-1)))?.[1];
    const isDone = JSON.stringify(house.model.requests.at(-1)).includes('tool_result');
    return isDone
      ? { text: 'Told.' }
      : { use: [{ name: 'steer_task', input: { task: worker.task, text: 'Like this.', message: said } }] };
  };
  await house.say('ana', place, 'like this', { files: [text('this.txt', 'this way')] });
  const { items } = await eventually('the steer', async () => {
    const found = await steers();
    return found.items.length > 0 && found;
  });
  expect(items).toMatchObject([{ text: 'Like this.', files: [{ name: expect.stringMatching(/^f\d+-this\.txt$/) }] }]);
  const bytes = await house.core.door.file(worker, items[0]?.files[0]?.id ?? 0);
  expect(Buffer.from(bytes ?? []).toString()).toBe('this way');
});

test('files that come with an answer reach the next worker, whose instruction names them', async () => {
  const worker = await proposed();
  const questions = [{ question: 'Which?', header: '', options: [], multiSelect: false }];
  await house.core.door.result(worker, { type: 'question', questions, session: 's' });
  const card = await eventually('the question', async () =>
    house.chat.messages.find(({ key, doc }) => key.startsWith('ask:') && /Which\?/.test(doc.text)),
  );
  const thread = { ...card.ref.place, thread: card.ref.id };
  await house.say('ana', thread, 'as drawn', { files: [text('drawn.txt', 'so')] });
  const next = await house.worker(worker.task, `${worker.task}.2.1`);
  const { prompt, files } = await house.core.door.job(next);
  expect(prompt).toMatch(/as drawn[\s\S]*I attached this to my answer\.[\s\S]*With it came: f\d+-drawn\.txt\./);
  expect(files.map(({ name }) => name)).toEqual([expect.stringMatching(/drawn\.txt$/)]);
});

const uploads = () => house.chat.messages.filter(({ file, ref }) => file && ref.place.channel === place.channel);
const handOver = (worker: OpenAttempt, name: string, bytes: Uint8Array | string) =>
  house.core.door.handOver(worker, name, Buffer.from(bytes));

test('what a run hands over is shown in the thread once, whatever ends the run, and once per content', async () => {
  const worker = await proposed();
  const shot = png(8, 8);
  expect(await handOver(worker, 'login.png', shot)).toBe('kept');
  expect(await handOver(worker, 'again.png', shot)).toBe('kept');
  expect(uploads()).toEqual([]);
  const questions = [{ question: 'So?', header: '', options: [], multiSelect: false }];
  await house.core.door.result(worker, { type: 'question', questions, session: 's' });
  await eventually('the upload', async () => uploads().length > 0);
  expect(uploads()[0]).toMatchObject({
    ref: { place },
    doc: { text: `**#${worker.task}** made \`login.png\`` },
    file: { name: 'login.png', mimeType: 'image/png', bytes: shot },
  });

  const ask = await eventually('the ask', async () => (await house.store.asks.openOf(worker.task))[0]);
  await house.press('ana', place, `answer:${ask.id}:other`, 'yes');
  const next = await house.worker(worker.task, `${worker.task}.2.1`);
  expect(await handOver(next, 'login.png', shot)).toBe('kept');
  expect(await handOver(next, 'report', 'all green')).toBe('kept');
  await house.finish(next);
  await eventually('the report', async () => uploads().length > 1);
  expect(uploads().map(({ file }) => file?.name)).toEqual(['login.png', 'report.txt']);
});

test('what is no image, text, PDF or zip, what is empty, and a sixth file are refused', async () => {
  const worker = await proposed();
  expect(await handOver(worker, 'a.out', '\u007fELF\0')).toBe('type');
  expect(await handOver(worker, 'a.txt', '')).toBe('empty');
  for (const n of [1, 2, 3, 4, 5]) expect(await handOver(worker, 'n.txt', `${n}`)).toBe('kept');
  expect(await handOver(worker, 'n.txt', '6')).toBe('too_many');
  expect(await handOver(worker, 'n.txt', '5')).toBe('kept');
});

test.each([
  ['arrived', true],
  ['did not arrive', false],
] as const)('an upload of unknown fate that %s is there once', async (_, after) => {
  const worker = await proposed();
  await handOver(worker, 'login.png', png(9, 9));
  house.chat.failNext('upload', new Failure('cut', { code: 'ambiguous', remedy: 'look' }), { after });
  await house.finish(worker);
  await eventually('the upload', async () => (await house.store.posts.find(`file:${await fileOf(worker)}`))?.messageId);
  expect(uploads()).toHaveLength(1);
});

const fileOf = async ({ run }: OpenAttempt) => (await house.store.files.handedBy(run))[0]?.id;

test('a file that the platform refuses is named with the reason, and the task goes on', async () => {
  const worker = await proposed();
  await handOver(worker, 'login.png', png(7, 7));
  house.chat.failNext('upload', new Failure('no scope', { code: 'missing_scope', remedy: 'never' }));
  await house.finish(worker);
  await eventually('the line', async () =>
    house.chat.messages.find(({ doc }) => /made `login\.png`, which I can't upload here: no scope/.test(doc.text)),
  );
  await eventually('the review', async () => (await house.status(worker.task)).phase !== 'implementing');
});
