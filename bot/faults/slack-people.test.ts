/** What people do in Slack beside the story: haste, second thoughts, forged touches and files of every kind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { continuing, finish, script, use } from '../../sim/anthropic/script.ts';
import { renderMessage } from '../../sim/slack/index.ts';
import type { House } from '../testing/house.ts';
import {
  asked,
  begin,
  command,
  execute,
  inThread,
  mention,
  model,
  openQuickHouse,
  propose,
  reaches,
  replies,
  shell,
  taskOf,
} from './testing.ts';

vi.setConfig({ testTimeout: 120_000 });

const option = (label: string) => ({ label, description: `It is ${label}.` });
const asks = continuing(
  /The person answered what you asked/,
  script([
    use('AskUserQuestion', {
      questions: [
        { question: 'Which format?', header: 'Format', options: [option('CSV'), option('JSON')], multiSelect: false },
        { question: 'Which days?', header: 'Days', options: [option('Monday'), option('Friday')], multiSelect: true },
        { question: 'Which name?', header: 'Name', options: [option('A'), option('B')], multiSelect: false },
      ],
    }),
    shell('echo done > asked.txt && git add -A && git commit -q -m "Do it"'),
    finish({ title: 'Do it', summary: 'Done.' }),
  ]),
);

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(model([[/several/, { implement: asks }]]));
});
afterAll(() => house?.close());

const tasksIn = async (thread: string) =>
  (await house.store.tasks.latest(50)).filter((task) => task.place.thread === thread);

/** The same button with another token, as somebody may send it who writes to Slack's API themselves. */
function forged<T extends { blocks?: unknown }>(card: T, from: RegExp, to: string): T {
  return { ...card, blocks: JSON.parse(JSON.stringify(card.blocks).replace(from, to)) };
}

test('200 messages in ten seconds are all heard, in order, and answered within Slack’s limits', async () => {
  const { ana, channel, slack, anthropic } = house.world;
  const thread = await mention(house, 'count with me');
  for (let n = 1; n < 200; n += 1) {
    await ana.say(channel, `number ${n}.`, { threadTs: thread });
    await sleep(40);
  }
  await house.until('the last one', () => replies(house, thread).find((text) => text.includes('number 199.')), 60_000);
  const heard = new Set<number>();
  for (const { view } of anthropic.requests) {
    if (view?.kind !== 'assistant') continue;
    for (const [, n] of JSON.stringify(view.messages).matchAll(/number (\d+)\./g)) heard.add(Number(n));
  }
  expect([...heard]).toEqual(Array.from({ length: 199 }, (_, at) => at + 1));
  expect(slack.calls.filter(({ error }) => error === 'ratelimited')).toEqual([]);
});

test('an edit or the deletion of a message that was answered changes nothing', async () => {
  const { ana, channel } = house.world;
  const thread = await mention(house, 'hello there');
  await inThread(house, thread, /You said: hello there/);
  await ana.edit(channel, thread, 'please delete everything');
  await ana.remove(channel, await ana.say(channel, 'good bye', { threadTs: thread }));
  await inThread(house, thread, /You said: good bye/);
  await sleep(500);
  expect(replies(house, thread)).toHaveLength(2);
});

test('a thumb taken away and put up again starts one task', async () => {
  const { ana } = house.world;
  const { card, thread } = await propose(house, 'start at the second thumb');
  await ana.react(card.channel, card.ts, '+1');
  await ana.unreact(card.channel, card.ts, '+1');
  await ana.react(card.channel, card.ts, '+1');
  const { number } = await taskOf(house, thread);
  await reaches(house, number, 'review');
  expect(await tasksIn(thread)).toHaveLength(1);
});

test('a forged button and one that is out of date say so and start nothing', async () => {
  const { ana, slack } = house.world;
  const { card, thread } = await propose(house, 'be started by nobody');
  const told = () => slack.ephemerals(ana.id).map(({ text }) => text ?? '');
  for (const token of ['confirm:999999', 'confirm:x', 'cancel:1e9', 'answer:7:approve', 'rm -rf'])
    await ana.press(forged(card, /confirm:\d+/, token), { text: 'Start' });
  await house.until('five words', () => (told().length >= 5 ? true : undefined));
  expect(told().join('\n')).not.toMatch(/select|query|params|tried/i);
  const kept = structuredClone(card);
  await execute(house, "update mainloop.proposals set expires_at = 1 where title = 'be started by nobody'");
  await inThread(house, thread, /Expired/);
  await ana.press(kept, { text: 'Start' });
  await sleep(700);
  expect(await tasksIn(thread)).toEqual([]);
});

test('No declines, and Change… makes another proposal in place of the first', async () => {
  const { ana } = house.world;
  const declined = await propose(house, 'be declined');
  await ana.press(declined.card, { text: 'No' });
  await inThread(house, declined.thread, /Declined by Ana/i);
  const changed = await propose(house, 'be changed');
  await ana.press(changed.card, { text: 'Change…' });
  const view = await house.until('the form', () => ana.openView());
  const input = view.blocks.find((block) => block.type === 'input');
  await ana.submit(view, { [String(input?.block_id)]: 'please be another' });
  await inThread(house, changed.thread, /be another/);
  expect(await tasksIn(declined.thread)).toEqual([]);
});

test('several questions are answered one by one, with several choices and words of one’s own', async () => {
  const { ana, anthropic } = house.world;
  const { task } = await begin(house, 'ask several things');
  const card = await asked(house, task, /Which format\?/);
  await ana.press(card, { text: 'JSON' });
  await house.until('the second question', () => (/\*Question 2/.test(renderMessage(card)) ? true : undefined));
  await house.bot.kill();
  await house.bot.start();
  const shows = (text: string) =>
    house.until(text, () => (renderMessage(card).includes(text) ? true : undefined), 60_000);
  await ana.press(card, { text: 'Monday' });
  await shows('✔ Monday');
  await ana.press(card, { text: 'Friday' });
  await shows('Done, 2 choices');
  await ana.press(card, { text: 'Done, 2 choices' });
  await house.until('the third question', () => (/\*Question 3/.test(renderMessage(card)) ? true : undefined));
  await ana.press(card, { text: 'Other…' });
  const view = await house.until('the form', () => ana.openView());
  const input = view.blocks.find((block) => block.type === 'input');
  await ana.submit(view, { [String(input?.block_id)]: 'Mars' });
  await reaches(house, task, 'review');
  const prompts = anthropic.requests.flatMap(({ view: seen }) => (seen?.kind === 'worker' ? [seen.prompt] : []));
  expect(prompts.some((prompt) => /JSON[\s\S]*Monday, Friday[\s\S]*Mars/.test(prompt))).toBe(true);
});

test('files that cannot be used get a clear line each, and the words are answered all the same', async () => {
  const { ana, channel } = house.world;
  const files = [
    { name: 'huge.png', content: Buffer.alloc(30 * 2 ** 20), mimetype: 'image/png' },
    { name: 'note.m4a', content: Buffer.from('voice'), mimetype: 'audio/mp4' },
    { name: 'tool.exe', content: Buffer.from('MZ\u0000'), mimetype: 'application/x-msdownload' },
  ];
  const thread = await ana.say(channel, '@mainloop what is this?', { files });
  const answer = renderMessage(await inThread(house, thread, /what is this/));
  for (const { name } of files) expect(answer).toContain(name);
});

test('emoji, right-to-left and zero-width text are words like any other; invisible text alone starts nothing', async () => {
  const thread = await mention(house, '🧑‍🚀 مرحبا \u202eabc\u202c\u200bdef');
  await inThread(house, thread, /مرحبا/);
  await mention(house, '\u200b\u200d');
  const { card, thread: next } = await propose(house, 'go on');
  await house.world.ana.say(card.channel, 'yes', { threadTs: next });
  await taskOf(house, next);
});

test('who cannot be written to in private is asked in the thread; inbox, snooze and log tell of it', async () => {
  const { slack } = house.world;
  slack.faults.add({ kind: 'error', error: 'user_disabled', method: 'conversations.open', times: 50 });
  const { task, thread } = await begin(house, 'be asked in the thread with a plan');
  await inThread(house, thread, /wants you to read its plan/);
  expect(await command(house, 'inbox')).toMatch(new RegExp(`#${task}\\b`));
  expect(await command(house, `snooze #${task} 2h`)).toMatch(/remind|again|2 h/i);
  expect(await command(house, `log #${task}`)).toMatch(/Ana[\s\S]*Slack/);
  slack.faults.clear();
});
