import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Brain } from '../../sim/anthropic/index.ts';
import { continuing, finish, script, use } from '../../sim/anthropic/script.ts';
import { renderMessage, type TelegramPerson, type TelegramSim } from '../../sim/telegram/index.ts';
import type { House } from '../testing/house.ts';
import { openTelegramHouse, patient, type TelegramHouse } from './telegram-house.ts';
import { model, reaches, shell } from './testing.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const question = (text: string, labels: string[], multiSelect = false) => ({
  ...{ question: text, header: 'Choice', multiSelect },
  options: labels.map((label) => ({ label, description: label })),
});
const done = [
  shell('date > "asked-$RANDOM.txt" && git add -A && git commit -q -m "Do it"'),
  finish({ title: 'Do it', summary: 'Did it.' }),
];
const asks: Brain = continuing(
  /The person answered what you asked/,
  script([
    use('AskUserQuestion', {
      questions: [
        question('Which database?', ['Postgres', 'SQLite']),
        question('Which caches?', ['Redis', 'Memory', 'None'], true),
        question('Which name?', ['Mars', 'Venus']),
      ],
    }),
    ...done,
  ]),
);
const reports: Brain = script([shell('echo "all is well" > "$MAINLOOP_OUT/report.txt"'), ...done]);

let opened: TelegramHouse;
let house: House;
let telegram: TelegramSim;
let ana: TelegramPerson;
beforeAll(async () => {
  const brain = model([
    [/questions/, { implement: asks }],
    [/report/, { implement: reports }],
  ]);
  opened = await openTelegramHouse({ brain });
  ({ house, telegram, ana } = opened);
  await ana.start();
});
afterAll(() => opened.close());

/** From the wish to the task at work. */
async function begun(wish: string, chat = ana.id): Promise<number> {
  await ana.say(chat, `${chat === ana.id ? '' : `@${telegram.botUsername} `}please ${wish}`);
  await ana.press(await ana.waitFor(chat, new RegExp(`${wish}[\\s\\S]*Start it\\?`, 'i'), patient), 'Start');
  await ana.waitFor(chat, /started by Ana/, patient);
  return opened.newest();
}

test('three questions are answered by a touch, by several choices, and by words in a reply', async () => {
  const task = await begun('ask three questions');
  const card = await ana.waitFor(ana.id, new RegExp(`#${task} asks 3 things`), patient);
  await ana.press(card, 'SQLite');
  await ana.waitFor(ana.id, /✔ SQLite[\s\S]*Which caches\?/, patient);
  await ana.press(card, 'Redis');
  await ana.waitFor(ana.id, /✔ Redis/, patient);
  await ana.press(card, 'None');
  await ana.waitFor(ana.id, /✔ None/, patient);
  const [open] = await house.store.asks.openOf(task);
  expect(open?.state).toBe('open');
  await ana.press(card, 'Done, 2 choices');
  await ana.waitFor(ana.id, /Question 3:/, patient);
  await ana.say(ana.id, 'Pluto', { replyTo: card });
  await ana.waitFor(ana.id, new RegExp(`Question of.*#${task}|✔ Question of`), patient);
  expect((await house.store.asks.find(open?.id ?? 0))?.answer).toEqual({
    type: 'reply',
    answers: { 'Which database?': 'SQLite', 'Which caches?': 'Redis, None', 'Which name?': 'Pluto' },
  });
  await reaches(house, task, 'review');
});

test('a file that the worker made comes as an upload', async () => {
  const task = await begun('write a report');
  await reaches(house, task, 'review');
  const file = await house.until('the upload', () =>
    telegram.messages(ana.id).find(({ wire }) => /report.*txt/.test(wire.document?.file_name ?? '')),
  );
  expect(renderMessage(file)).toContain(`#${task}`);
});

test('who has blocked the bot is asked in the group where the task came from', async () => {
  const group = telegram.createGroup('web', { bot: 'administrator' });
  telegram.invite(group, ana);
  await ana.block();
  const task = await begun('note it with a plan', group);
  const card = await ana.waitFor(group, new RegExp(`#${task} wants you to read its plan`), patient);
  await ana.press(card, 'Approve plan');
  await reaches(house, task, 'review');
  await ana.unblock();
  expect(telegram.violations()).toBe(0);
});
