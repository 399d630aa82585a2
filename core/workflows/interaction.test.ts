import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Button } from '../domain/chat.ts';
import { doubleTapMs } from '../domain/proposal.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { askCard } from '../words/ask.ts';
import { bodies } from '../words/examples.ts';
import { proposalCard } from '../words/proposal.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 30 });
  await house.admit('ana', 'owner');
  await house.admit('ben', 'member');
  await house.admit('vic', 'viewer');
  await house.core.start();
});
afterAll(() => house.close());

const outOfDate = () => house.chat.replies.filter((doc) => doc.text.includes('out of date'));

/** A task whose worker is at work: asks opened here stand beside it. */
async function busyTask(): Promise<number> {
  const id = await house.propose(house.newPlace());
  await house.press('ana', house.newPlace(), `confirm:${id}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
  await house.worker(task);
  return task;
}

const pressed = (button: Button, text = 'Do it otherwise.') =>
  house.press('ana', house.newPlace(), button.token ?? '', button.form ? text : undefined);

describe('every button that an open ask can have answers it', () => {
  test.each(bodies.map((body, index) => [body.kind, index, body] as const))('%s (%i)', async (_kind, index, body) => {
    const number = await busyTask();
    const task = await house.store.tasks.get(number);
    const count = (askCard({ ...view(number), body, kind: body.kind }, task, { now: 1 }).buttons ?? []).flat().length;
    for (let n = 0; n < count; n += 1) {
      const origin = `${index}.${number}.${n}`;
      const ask = await house.store.asks.open({ origin, task: number, kind: body.kind, body, at: 1 });
      const button = (askCard(ask, task, { now: 1 }).buttons ?? []).flat()[n];
      // Later puts it off instead.
      if (!button?.token?.startsWith('answer:')) continue;
      await pressed(button);
      await eventually(button.token, async () => {
        const now = await house.store.asks.find(ask.id);
        // Of several questions each button answers one.
        return now?.state === 'answered' || now?.draft?.given[0]?.done;
      });
    }
    expect(outOfDate()).toEqual([]);
  });
});

const view = (task: number) => ({
  ...{ id: 1, task, state: 'open' as const, answer: null, draft: null, delegated: null },
  ...{ answeredBy: null, answeredOn: null },
  ...{ createdAt: 1, answeredAt: null },
});

describe('every button that a proposal can have decides it', () => {
  test.each([
    [0, 'confirmed'],
    [1, 'confirmed'],
    [2, 'open'],
    [3, 'declined'],
  ] as const)('button %i: %s', async (n, state) => {
    const id = await house.propose(house.newPlace(), { planFirst: true });
    const found = await house.store.proposals.find(id);
    if (!found) throw new Error('no proposal');
    const button = (proposalCard(found, { forecast: null, url: null, now: Date.now() }).buttons ?? []).flat()[n];
    if (!button) throw new Error('no such button');
    await pressed(button);
    if (n === 2) {
      await eventually('the wish', async () =>
        (await house.store.conversations.recent(found.conversation, 0)).find((item) => item.text.includes('otherwise')),
      );
    }
    await eventually(state, async () => (await house.store.proposals.find(id))?.state === state);
    const task = (await house.store.proposals.find(id))?.task;
    if (n === 1) expect((await house.store.tasks.get(task ?? 0)).planFirst).toBe(false);
    if (n > 1) return;
    // What comes at once is a double tap on the card, not a change of mind.
    await house.press('ben', house.newPlace(), `undo:${id}`);
    await new Promise((resolve) => setTimeout(resolve, doubleTapMs));
    expect((await house.store.proposals.find(id))?.state).toBe('confirmed');
    await house.press('ben', house.newPlace(), `undo:${id}`);
    await eventually('the end', async () => (await house.status(task ?? 0)).phase === 'cancelled');
  });

  test('a click, a second click, a reaction and plain words at once make one task', async () => {
    const place = house.newPlace();
    const id = await house.propose(place);
    const before = (await house.store.tasks.latest(1_000)).length;
    await Promise.all([
      house.press('ana', place, `confirm:${id}`),
      house.press('ana', place, `confirm:${id}`),
      house.press('ben', place, `confirm:${id}:now`),
      house.say('ben', place, 'yes, go'),
    ]);
    await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
    await eventually('the end of the turn', async () => (await house.store.conversations.activeTurns()).length === 0);
    expect(await house.store.tasks.latest(1_000)).toHaveLength(before + 1);
  });
});

describe('who may do what', () => {
  test.each(['confirm', 'decline', 'undo', 'cancel', 'retry'])("a viewer's %s changes nothing", async (verb) => {
    const id = await house.propose(house.newPlace());
    const before = house.chat.replies.length;
    await house.press('vic', house.newPlace(), `${verb}:${id}`);
    await eventually('a refusal', async () => house.chat.replies.length > before);
    expect(house.chat.replies.at(-1)?.text).toContain("can't");
    expect((await house.store.proposals.find(id))?.state).toBe('open');
  });

  test('a viewer answers no ask, and says no yes', async () => {
    const place = house.newPlace();
    const task = await busyTask();
    const body = { kind: 'plan', summary: '', version: 1 } as const;
    const ask = await house.store.asks.open({ origin: `v${task}`, task, kind: 'plan', body, at: 1 });
    const id = await house.propose(place);
    await house.press('vic', place, `answer:${ask.id}:approve`);
    await house.say('vic', place, 'yes');
    await eventually('a refusal', async () =>
      house.chat.messages.some((item) => item.ref.place.channel === place.channel && item.doc.text.includes("can't")),
    );
    expect((await house.store.asks.find(ask.id))?.state).toBe('open');
    expect((await house.store.proposals.find(id))?.state).toBe('open');
  });

  test('strangers and bots decide nothing', async () => {
    const place = house.newPlace();
    const id = await house.propose(place);
    await house.press('stranger', place, `confirm:${id}`);
    await house.say('stranger', place, 'yes');
    const account = { ...house.account('ana'), bot: true };
    const at = Date.now();
    const action = { kind: 'action', target: null, token: `confirm:${id}`, values: [], reply: {} } as const;
    await house.chat.inbound({ ...action, dedupe: 'bot', at, account, place });
    await new Promise((wait) => setTimeout(wait, 300));
    expect((await house.store.proposals.find(id))?.state).toBe('open');
  });
});

describe('commands', () => {
  const say = async (by: string, text: string) => {
    const before = house.chat.replies.length;
    await house.command(by, house.newPlace(), text);
    return eventually(`an answer to ${text}`, async () => house.chat.replies.slice(before).at(-1)?.text);
  };

  test.each([
    ['help', 'why'],
    ['tasks', '#'],
    ['tasks all', '#'],
    ['tasks nonsense', 'Use it as'],
    ['inbox', ''],
    ['why', 'Which task?'],
    ['why #99999', 'There is no task #99999'],
    ['why x', 'Use it as'],
    ['logs', 'Which task'],
    ['cancel', 'Which task'],
    ['cancel #99999', 'There is no task'],
    ['retry #99999', 'There is no task'],
    ['steer', 'Use it as'],
    ['steer #99999 faster', 'There is no task'],
    ['project', 'acme/web'],
    ['project add nonsense', 'no repository name'],
    ['project add acme/unknown', 'does not exist'],
    ['project add acme/web', 'is a project now'],
    ['link NOPE-NOPE', 'wrong, used or expired'],
    ['link', 'Your code'],
    ['dashboard', ''],
    ['taks', 'did you mean'],
    ['\u0000', ''],
  ])('an owner who types "%s" reads "%s"', async (text, part) => {
    expect(await say('ana', text)).toContain(part);
  });

  test.each([
    'cancel #1',
    'retry #1',
    'steer #1 x',
    'project add acme/web',
    'project remove acme/web',
    'link AAAA-AAAA',
  ])('a viewer who types "%s" is refused', async (text) => {
    expect(await say('vic', text)).toContain("can't");
  });

  test('a member neither adds projects nor lets people in', async () => {
    expect(await say('ben', 'project remove acme/web')).toContain("can't");
    expect(await say('ben', 'link AAAA-AAAA')).toContain("can't");
  });

  test('a stranger who types a command gets a code, and the owner lets them in with it', async () => {
    const code = /\*\*(\S+)\*\*/.exec(await say('new', 'tasks'))?.[1] ?? '';
    expect(await say('ana', `link ${code} member`)).toContain('is a member now');
    expect(await say('new', 'tasks')).toContain('#');
    expect(await say('ana', `link ${code}`)).toContain('wrong, used or expired');
  });
});

test.each([
  'confirm:abc',
  'confirm:1.5',
  'confirm:99999999999',
  'show:1e400',
  'answer:-1:approve',
  'answer::approve',
  '',
])('a forged token (%s) is a button out of date, at once and without a word about the inside', async (token) => {
  const before = house.chat.replies.length;
  await house.press('ana', house.newPlace(), token);
  const told = await eventually('the answer', async () => house.chat.replies[before]);
  expect(told.text).toBe('That button is out of date.');
});

test('who changes their mind after their answer reads what they can do, and the answer stays', async () => {
  const task = await busyTask();
  const body = { kind: 'plan' as const, summary: 'In short.', version: 1 };
  const ask = await house.store.asks.open({ origin: `${task}.mind`, task, kind: 'plan', body, at: 1 });
  await house.press('ana', house.newPlace(), `answer:${ask.id}:approve`);
  await eventually('the answer', async () => (await house.store.asks.find(ask.id))?.answer);
  const before = house.chat.replies.length;
  await house.press('ana', house.newPlace(), `answer:${ask.id}:approve`);
  await house.press('ana', house.newPlace(), `answer:${ask.id}:revise`, 'No, wait.');
  await eventually('the word', async () =>
    house.chat.replies.slice(before).some(({ text }) => text.startsWith('You approved before.')),
  );
  expect(house.chat.replies).toHaveLength(before + 1);
  expect((await house.store.asks.find(ask.id))?.answer).toEqual({ type: 'approve' });
});
