import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '../domain/chat.ts';
import type { Result } from '../protocol.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 30 }, [{ platform: 'other', forms: 'reply' }]);
  await house.admit('ana', 'owner');
  await house.join('ana', 'other');
  const ana = await house.store.people.of(house.account('ana'));
  await house.store.inbox.set(ana?.id ?? 0, { surfaces: ['other'] });
  await house.admit('vic', 'viewer');
  await house.core.start();
});
afterAll(() => house.close());

type Asked = Extract<Result, { type: 'question' }>['questions'];

const question = (text: string, labels: string[], multiSelect = false): Asked[number] => ({
  ...{ question: text, header: text, multiSelect },
  options: labels.map((label) => ({ label, description: '' })),
});
const [database, caches, name] = [
  question('Which database?', ['Postgres', 'SQLite']),
  question('Which caches?', ['Redis', 'Memory', 'None'], true),
  question('Which name?', []),
] as const;
const three: Asked = [database, caches, name];

/** A task whose worker has asked; with the card in Ana's DM on the platform without forms. */
async function asked(questions: Asked) {
  const id = await house.propose(house.newPlace());
  await house.press('ana', house.newPlace(), `confirm:${id}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
  const worker = await house.worker(task);
  await house.core.door.result(worker, { type: 'question', questions, session: 's' });
  const ask = await eventually('an ask', async () => (await house.store.asks.openOf(task))[0]);
  return { task, ask: ask.id, card: await cardOf(ask.id) };
}

const chat = (platform: string) => {
  const found = house.chats.get(platform);
  if (!found) throw new Error(platform);
  return found;
};

/** The card, as whatever shows it now. */
const cardOf = (ask: number) =>
  eventually(`the card of ${ask}`, async () => {
    const post = (await house.store.posts.of(`ask:${ask}`)).find((item) => item.messageId);
    return post && chat(post.place.platform).messages.find((message) => message.ref.id === post.messageId);
  });

const answerOf = (ask: number) =>
  eventually(`an answer to ${ask}`, async () => (await house.store.asks.find(ask))?.answer);

const draftOf = async (ask: number) => (await house.store.asks.find(ask))?.draft?.given ?? {};

const press = (token: string, place: Place = house.newPlace()) => house.press('ana', place, token);

describe('several questions in one ask', () => {
  test('are answered by touches, several choices and words; what is answered stays, and the last completes it', async () => {
    const { task, ask, card } = await asked(three);
    expect(card.doc.title).toBe(`#${task} asks 3 things`);
    await press(`answer:${ask}:q0o1`);
    await eventually('the next question', async () => card.doc.text.includes('**Question 2:** Which caches?'));
    expect(card.doc.text).toContain('1. Which database? ✔ SQLite');
    for (const [option, chosen] of [
      ['q1o0', 'Redis'],
      ['q1o1', 'Redis,Memory'],
      ['q1o0', 'Memory'],
      ['q1o2', 'Memory,None'],
    ]) {
      await press(`answer:${ask}:${option}`);
      await eventually(`${chosen}`, async () => (await draftOf(ask))[1]?.texts.join() === chosen);
    }
    expect((await house.store.asks.find(ask))?.state).toBe('open');
    await press(`answer:${ask}:q1done`);
    await eventually('the last question', async () => card.doc.text.includes('**Question 3:** Which name?'));
    await house.say('ana', { ...card.ref.place, thread: card.ref.id }, 'Mars');
    expect(await answerOf(ask)).toEqual({
      type: 'reply',
      answers: { 'Which database?': 'SQLite', 'Which caches?': 'Memory, None', 'Which name?': 'Mars' },
    });
    await eventually('the end of the card', async () => card.doc.text.startsWith('✔ Question of'));
    expect((await house.core.door.job(await house.worker(task, `${task}.2.1`))).prompt).toContain('Mars');
  });

  test('words in one breath answer one question each, and what follows is talk', async () => {
    const { ask, card } = await asked([database, name]);
    const place = { ...card.ref.place, thread: card.ref.id };
    await Promise.all([house.say('ana', place, 'use postgres'), house.say('ana', place, 'Venus')]);
    const answer = await answerOf(ask);
    expect(Object.values(answer.type === 'reply' ? answer.answers : {}).sort()).toEqual(['Venus', 'use postgres']);
  });

  test('Done without a choice, an option that is not there and an empty answer change nothing', async () => {
    const { ask } = await asked(three);
    for (const choice of ['q1done', 'q0o9', 'q7o0', 'q0oo', 'q1']) await press(`answer:${ask}:${choice}`);
    await house.press('ana', house.newPlace(), `answer:${ask}:q2other`, '   ');
    await house.press('vic', house.newPlace(), `answer:${ask}:q0o0`);
    await eventually('the refusals', async () =>
      house.chat.replies.some(({ text }) => text.includes('Nothing is chosen')),
    );
    await eventually('the refusals', async () => house.chat.replies.some(({ text }) => text.includes('empty')));
    await eventually('the refusals', async () => house.chat.replies.some(({ text }) => text.includes("can't")));
    expect(await draftOf(ask)).toEqual({});
  });

  test('one touch delivered many times is one touch', async () => {
    const { ask } = await asked(three);
    const by = { name: 'ana', platform: 'fake', origin: 'touch' };
    for (let n = 0; n < 3; n += 1) await house.store.asks.reply(ask, [{ type: 'pick', question: 1, option: 0 }], by, 1);
    expect((await draftOf(ask))[1]?.texts).toEqual(['Redis']);
  });

  test('a free answer joins what was chosen', async () => {
    const { ask } = await asked([caches]);
    await press(`answer:${ask}:q0o0`);
    await eventually('a choice', async () => (await draftOf(ask))[0]?.texts.length === 1);
    await house.press('ana', house.newPlace(), `answer:${ask}:q0other`, 'and a file');
    expect(await answerOf(ask)).toEqual({ type: 'reply', answers: { 'Which caches?': 'Redis, and a file' } });
  });
});

describe('a face without forms', () => {
  const other = () => chat('other');
  const promptAfter = async (before: number) =>
    eventually('a prompt', async () =>
      other()
        .messages.slice(before)
        .find(({ doc }) => doc.wantsReply),
    );

  test('asks for words by a message; a reply to it is the form, and anything else is not', async () => {
    const { ask, card } = await asked([name]);
    expect(card.ref.place).toMatchObject({ platform: 'other', dm: true });
    const before = other().messages.length;
    await house.press('ana', card.ref.place, `answer:${ask}:q0other`);
    const prompt = await promptAfter(before);
    expect(prompt.doc).toMatchObject({ title: 'Your answer', text: 'Which name?' });
    await house.say('ana', card.ref.place, 'Hello?');
    await eventually('the assistant', async () => other().messages.at(-1)?.doc.text === 'Hello.');
    expect((await house.store.asks.find(ask))?.state).toBe('open');
    await house.say('ana', card.ref.place, 'Pluto', { replyTo: prompt.ref });
    expect(await answerOf(ask)).toEqual({ type: 'reply', answers: { 'Which name?': 'Pluto' } });
  });

  test('a file that comes with the words goes along to the worker', async () => {
    const { task, ask, card } = await asked([name]);
    const before = other().messages.length;
    await house.press('ana', card.ref.place, `answer:${ask}:q0other`);
    const prompt = await promptAfter(before);
    const files = [{ name: 'logo.txt', mimeType: 'text/plain', size: 2, handle: 'so' }];
    await house.say('ana', card.ref.place, 'as on the logo', { replyTo: prompt.ref, files });
    expect(await answerOf(ask)).toEqual({ type: 'reply', answers: { 'Which name?': 'as on the logo' } });
    const job = await house.core.door.job(await house.worker(task, `${task}.2.1`));
    expect(job.files).toMatchObject([{ name: expect.stringMatching(/logo\.txt$/) }]);
  });

  test('what became of the words is said where they were written', async () => {
    const { ask, card } = await asked([name]);
    const before = other().messages.length;
    await house.press('ana', card.ref.place, `answer:${ask}:q0other`);
    const prompt = await promptAfter(before);
    await house.say('ana', card.ref.place, ' ', { replyTo: prompt.ref });
    await eventually('an answer', async () => other().messages.at(-1)?.doc.text.includes('empty'));
    // Somebody was quicker: the person reads so, and is not asked for words in vain.
    await house.store.asks.answer(ask, { type: 'drop' }, { name: 'Ben', platform: 'fake' }, 1);
    await house.say('ana', card.ref.place, 'Late', { replyTo: prompt.ref });
    await eventually('an answer', async () => other().messages.at(-1)?.doc.text === 'Ben already answered that.');
    const replies = other().replies.length;
    await house.press('ana', card.ref.place, `answer:${ask}:q0other`);
    await eventually('an answer', async () => other().replies[replies]?.text === 'Ben already answered that.');
  });

  test('a reply to the card of an ask answers it, in a DM without threads', async () => {
    const { ask, card } = await asked([name]);
    await house.say('ana', card.ref.place, 'Jupiter', { replyTo: card.ref });
    expect(await answerOf(ask)).toEqual({ type: 'reply', answers: { 'Which name?': 'Jupiter' } });
  });
});

describe('a word below the card of a task', () => {
  const cardIn = (task: number) =>
    eventually('the card', async () => {
      const post = (await house.store.posts.of(`task:${task}`)).find((item) => item.messageId);
      return post?.messageId ? { place: post.place, id: post.messageId } : null;
    });

  test.each(['thread', 'reply'])('is for us without a mention, and about that task (%s)', async (way) => {
    const { task } = await asked(three);
    const card = await cardIn(task);
    const place = { ...card.place, thread: way === 'thread' ? card.id : '9.9' };
    await house.say('ana', place, 'How is it going?', {
      mentionsBot: false,
      ...(way === 'reply' ? { replyTo: card } : {}),
    });
    await eventually('an answer', async () => house.chat.messages.at(-1)?.ref.place.thread === place.thread);
    expect(JSON.stringify(house.model.requests.at(-1))).toContain(`to the card of #${task}`);
  });

  test('elsewhere in the channel is talk between people', async () => {
    const { task } = await asked(three);
    const { place } = await cardIn(task);
    const requests = house.model.requests.length;
    await house.say('ana', { ...place, thread: '8.8' }, 'Lunch?', { mentionsBot: false });
    expect(await house.store.conversations.find(`fake:T1:${place.channel}:8.8`)).toBeNull();
    expect(house.model.requests).toHaveLength(requests);
  });
});
