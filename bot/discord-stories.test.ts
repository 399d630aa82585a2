import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { doubleTapMs } from '../core/domain/proposal.ts';
import type { Brain } from '../sim/anthropic/index.ts';
import { continuing, finish, script, use } from '../sim/anthropic/script.ts';
import { type DiscordMessage, type DiscordPerson, renderMessage } from '../sim/discord/index.ts';
import { commits, execute, model, shell } from './faults/testing.ts';
import { type DiscordHouse, openDiscordHouse } from './testing/discord-house.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const option = (label: string) => ({ label, description: label });
const question = (header: string, multiSelect: boolean, ...labels: string[]) => ({
  ...{ question: `Which ${header}?`, header, multiSelect, options: labels.map(option) },
});
/** Asks three things at once and writes down what it hears. */
const asks: Brain = continuing(
  /The person answered what you asked/,
  script([
    use('AskUserQuestion', {
      questions: [
        question('formats', true, 'CSV', 'JSON', 'XML'),
        question('zone', false, 'UTC', 'Local'),
        question('name', false, 'a', 'b'),
      ],
    }),
    shell('date > asked.txt && git add -A && git commit -qm "Write it"'),
    finish({ title: 'Write it', summary: 'Writes it.' }),
  ]),
);
const reports: Brain = (request) =>
  commits('echo all is well > "$MAINLOOP_OUT/report.txt"; date > reported.txt')(request);

let house: DiscordHouse;
let ana: DiscordPerson;
let dm: string;
beforeAll(async () => {
  house = await openDiscordHouse(
    model([
      [/three questions/, { implement: asks }],
      [/report/, { implement: reports }],
    ]),
  );
  ana = house.ana;
  dm = ana.dmChannel().id;
});
afterEach(() => expect(house.sim.limits.violations).toBe(0));
afterAll(() => house.close());

/** A wish in a thread of its own, and the card that answers it. */
async function propose(wish: string): Promise<{ thread: string; card: DiscordMessage }> {
  const { id: thread } = ana.say(house.web, `please ${wish}`, { mention: true });
  return { thread, card: await house.showing(thread, /Start it\?/) };
}
const tasksOf = async (wish: string) => (await house.store.tasks.latest(50)).filter(({ title }) => title === wish);
const taskOf = (wish: string) => house.until(`a task: ${wish}`, async () => (await tasksOf(wish))[0]);
/** Somebody presses what the card no longer shows, or never did. */
const forged = (message: DiscordMessage, token: string) => ({
  ...message,
  components: [{ type: 1, components: [{ type: 2, style: 1, label: 'Forged', custom_id: token }] }],
});

test('an edit or a deletion of what was answered already changes nothing', async () => {
  const said = ana.say(house.web, 'first words', { mention: true });
  await house.showing(said.id, /You said: first words/);
  ana.edit(said, '@mainloop please note other words');
  ana.delete(said);
  ana.say(said.id, 'still there?');
  await house.showing(said.id, /You said: still there\?/);
  expect(house.shown(said.id).map((one) => renderMessage(one))).toEqual([
    'You said: first words',
    'You said: still there?',
  ]);
});

test('200 messages of one person in 10 seconds are all heard, in order', async () => {
  const { id: thread } = ana.say(house.web, 'message 0', { mention: true });
  await house.showing(thread, /message 0$/);
  for (let n = 1; n < 200; n += 1) {
    ana.say(thread, `message ${n}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await house.showing(thread, /message 199$/);
  const key = `discord:${house.sim.guildId}:${house.web}:${thread}`;
  const heard = (await house.store.conversations.recent(key, 0)).filter(({ author }) => author === 'Ana');
  expect(heard.map(({ text }) => text)).toEqual(Array.from({ length: 200 }, (_, n) => `message ${n}`));
});

test('a bot decides nothing; a thumb put on, taken off and put on again starts one task', async () => {
  const { card } = await propose('note a thumb');
  const robot = house.sim.person('Robot', { bot: true });
  robot.react(card, '👍');
  const spoken = robot.say(house.web, '@mainloop please note a robot');
  ana.react(card, '🎉');
  await house.command(ana, house.web, 'tasks');
  expect(await tasksOf('note a thumb')).toEqual([]);
  ana.react(card, '👍');
  ana.unreact(card, '👍');
  ana.react(card, '👍');
  await house.until('the start', () => /started by Ana/.test(renderMessage(card)) || undefined);
  const { number } = await taskOf('note a thumb');
  await house.command(ana, house.web, 'cancel', { task: String(number) });
  expect(await tasksOf('note a thumb')).toHaveLength(1);
  expect(house.sim.channels().filter(({ id }) => id === spoken.id)).toEqual([]);
});

test('buttons that are forged, late or of nothing do nothing and say so', async () => {
  const { card } = await propose('note too late');
  const late = structuredClone(card);
  await execute(house, `update mainloop.proposals set expires_at = 1 where title = 'note too late'`);
  await ana.press(late, 'Start');
  await house.until('the word', () => /✖ Expired after/.test(renderMessage(card)) || undefined);
  await ana.press(late, 'Start');
  for (const token of ['confirm:999999', 'answer:999999:approve', 'undo:999999', 'nonsense'])
    expect(await house.told(ana, () => ana.press(forged(card, token), token))).toMatch(/out of date|no longer know/);
  expect(renderMessage(card)).toContain('✖ Expired after');
  expect(await tasksOf('note too late')).toEqual([]);
});

test('a proposal is declined, taken back, and changed in a form', async () => {
  const first = await propose('note a no');
  await ana.press(first.card, 'No');
  await house.showing(first.thread, /Declined by Ana/);

  const second = await propose('note an undo');
  await ana.press(second.card, 'Start');
  const started = await house.showing(second.thread, /Undo/);
  await new Promise((resolve) => setTimeout(resolve, doubleTapMs));
  await ana.press(started, 'Undo');
  await house.showing(second.thread, /Taken back by Ana/);

  const third = await propose('note a change');
  const opened = await ana.press(third.card, 'Change…');
  if (opened.kind !== 'modal') throw new Error(opened.kind);
  await ana.submit(opened.modal, { 'What should be different?': 'please note another change' });
  const changed = await house.showing(third.thread, /another change[\s\S]*Start it\?/);
  await ana.press(changed, 'No');
  expect(await tasksOf('note a change')).toEqual([]);
});

test('several questions are answered one by one: many of several, a choice, own words in a form', async () => {
  const { card } = await propose('note three questions');
  await ana.press(card, 'Start');
  const { number } = await taskOf('note three questions');
  const asked = await house.showing(dm, new RegExp(`#${number}[\\s\\S]*Which formats\\?`));
  expect(await house.command(ana, house.web, 'inbox')).toContain(`#${number}`);
  for (const format of ['JSON', 'CSV']) await ana.press(asked, format);
  await house.until('both', () => /Done, 2 choices/.test(renderMessage(asked)) || undefined);
  await ana.press(asked, 'Done, 2 choices');
  await house.until('the next', () => /CSV, JSON[\s\S]*Question 2/.test(renderMessage(asked)) || undefined);
  expect(await house.command(ana, house.web, 'snooze', { task: String(number), until: '2h' })).toMatch(/\d/);
  await ana.press(asked, 'UTC');
  await house.until('the last', () => /Question 3/.test(renderMessage(asked)) || undefined);
  const form = await ana.press(asked, 'Other…');
  if (form.kind !== 'modal') throw new Error(form.kind);
  await ana.submit(form.modal, { 'Which name?': 'neither' });
  const heard = await house.until('the answer', () =>
    house.world.anthropic.requests
      .map(({ view }) => (view?.kind === 'worker' ? view.lastUserText : ''))
      .find((text) => text.includes('neither')),
  );
  for (const words of ['CSV, JSON', 'UTC']) expect(heard).toContain(words);
  expect(await house.command(ana, house.web, 'log', { task: String(number) })).toMatch(/Ana/);
});

test('who takes no direct messages is asked in the thread', async () => {
  ana.blockDms();
  const { thread, card } = await propose('note closed doors with a plan');
  await ana.press(card, 'Start');
  const plan = await house.showing(thread, /Approve plan/);
  ana.blockDms(false);
  await ana.press(plan, 'Drop the task');
  await house.until(
    'the end',
    async () => (await taskOf('note closed doors with a plan')).status.phase === 'cancelled' || undefined,
  );
});

test('a file of 100 MB and a voice message get a line that says what to do', async () => {
  const files = [
    { name: 'core.dump', content: Buffer.alloc(100 * 2 ** 20) },
    { name: 'voice-message.ogg', content: 'OggS', contentType: 'audio/ogg' },
  ];
  const { id } = ana.say(house.web, 'look', { mention: true, files });
  const line = renderMessage(await house.showing(id, /core\.dump/));
  expect(line).toMatch(/core\.dump.* larger than 10 MB/);
  expect(line).toMatch(/can't listen to .*voice-message\.ogg/);
});

test('`/mainloop task` opens a thread, and a file that its worker made comes into it', async () => {
  expect(await house.command(ana, house.web, 'task', { text: 'please note a report' })).toContain('I answer [here]');
  const wish = await house.showing(house.web, /wants:[\s\S]*report/);
  await ana.press(await house.showing(wish.id, /Start it\?/), 'Start');
  const upload = await house.until('the file', () => house.shown(wish.id).find(({ attachments }) => attachments[0]));
  expect(renderMessage(upload)).toMatch(/made `report\.txt`[\s\S]*📎 report\.txt \(12 bytes\)/);
  await house.showing(wish.id, /ready for review/);
});

test('whoever is in another server alone is a stranger there and by command', async () => {
  const other = house.sim.createGuild('Other');
  const there = house.sim.createChannel('web', { guild: other });
  const eve = house.sim.person('Eve', { guild: other });
  await house.until('the commands', () => house.sim.commands(other).length || undefined);
  const said = eve.say(there, 'please note a stranger', { mention: true });
  const thread = () => house.sim.channels(other).filter(({ id }) => id === said.id);
  const line = await house.until('a line', () =>
    thread()
      .flatMap(({ id }) => house.sim.messages(id))
      .find(({ author, type }) => author.bot && type === 0),
  );
  expect(renderMessage(line)).toMatch(/don't know you/);
  expect(await house.command(eve, there, 'tasks')).toMatch(/don't know you/);
  expect(await tasksOf('note a stranger')).toEqual([]);
});
