/** Where what waits for a person is shown, on each platform: asked, listed, answered once, and written down. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { platformName } from '../../core/words/names.ts';
import { execute, model, reaches } from '../faults/testing.ts';
import { type FacesHouse, openFacesHouse } from '../testing/faces-house.ts';
import { buttonsOf, platforms, type Room, type Seat, type Shown } from '../testing/seat.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let house: FacesHouse;
let reviewed: number;
beforeAll(async () => {
  house = await openFacesHouse({ brain: model() });
  reviewed = (await begun(house.ana.at.slack, 'note what is reviewed')).task;
  await reaches(house, reviewed, 'review');
});
afterAll(() => house?.close());

/** A task that Ana started with a button, and the conversation it came from. */
async function begun(seat: Seat, wish: string): Promise<{ task: number; room: Room }> {
  const room = await seat.mention(`please ${wish}`);
  await (await house.reads(seat, room, /Start it\?/)).press('Start');
  const number = await house.until('the task', async () =>
    (await house.store.tasks.latest(9)).find(({ title }) => title === wish),
  );
  return { task: number.number, room };
}

describe.each(platforms)('on %s', (platform) => {
  const others = platforms.filter((one) => one !== platform);
  const wants = (revised = '') => new RegExp(`#${task} wants you to read its ${revised}plan`);
  let ana: Seat;
  let task: number;
  let room: Room;
  let card: Shown;
  const cardsAt = (where: Seat, text: RegExp) => where.shown(where.dm).filter((message) => text.test(message.text()));

  test('an ask goes to the DM of the platform used last, and the thread it came from gets one line', async () => {
    ana = house.ana.at[platform];
    await house.command(ana, 'inbox via last', /platform you used last/);
    ({ task, room } = await begun(ana, `note ${platform} with a plan`));
    card = await house.reads(ana, ana.dm, wants());
    const line = await house.reads(ana, room, new RegExp(`I asked Ana to read the plan of \\W*#${task}`));
    expect(buttonsOf(line)).toEqual([]);
    for (const other of others) expect(cardsAt(house.ana.at[other], wants())).toEqual([]);
  });

  test('the inbox lists the oldest stopped worker first, with the reason and the age', async () => {
    const long = 2 * 60 * 60_000 + platforms.indexOf(platform) * 60 * 60_000;
    await execute(house, `update mainloop.asks set created_at = created_at - ${long} where task = ${task}`);
    const list = (await house.command(ana, 'inbox', /wait for you/)).text().split('\n');
    expect(list.find((line) => /^\W*1\./.test(line))).toMatch(
      new RegExp(`#${task}.* plan to read · note ${platform} with a plan · worker stopped, \\d h`),
    );
    expect(list.findLast((line) => /^\W*\d\./.test(line))).toMatch(new RegExp(`#${reviewed}.* ready for review`));
  });

  test('changes asked for in the form bring a revised plan, on every surface that its person chose', async () => {
    await house.command(ana, 'inbox via slack,discord,telegram', /Slack, Discord and Telegram/);
    await card.write('Ask for changes', 'keep it short');
    await house.becomes(card, new RegExp(`asked for by Ana on ${platformName(platform)}[\\s\\S]*keep it short`));
    await Promise.all(platforms.map((one) => house.reads(house.ana.at[one], house.ana.at[one].dm, wants('revised '))));
  });

  test('the first answer wins: every other copy says who gave it where, and loses its buttons', async () => {
    const copies = platforms.flatMap((one) => cardsAt(house.ana.at[one], wants('revised ')));
    expect(copies).toHaveLength(platforms.length);
    const [ask] = await house.store.asks.openOf(task);
    await (await house.reads(ana, ana.dm, wants('revised '))).press('Approve plan');
    for (const copy of copies) {
      await house.becomes(copy, new RegExp(`Plan of \\W*#${task}\\W* approved by Ana on ${platformName(platform)}`));
      expect(buttonsOf(copy)).toEqual([]);
    }
    const [other = platform] = others;
    const theirs = house.ana.at[other];
    const [late] = theirs.shown(theirs.dm).filter(({ id }) => copies.some((copy) => copy.id === id));
    await house.hears(theirs, /You approved before/, async () => late?.forge(`answer:${ask?.id}:drop`));
  });

  test('the log names person, account, surface and time of each decision', async () => {
    await house.command(ana, `cancel #${task}`, /./);
    await reaches(house, task, 'cancelled');
    const log = (await house.command(ana, `log #${task}`, /asked for it/)).text();
    const { space, id } = ana.account;
    const name = platformName(platform);
    for (const [deed, where] of [
      ['started it', `${name}, \\S+`],
      ['approved the plan', `${name}, direct message`],
      ['cancelled it', `${name}, direct message`],
    ])
      expect(log).toMatch(
        new RegExp(`\\d\\d:\\d\\d:\\d\\d.* · \\W*Ana\\W* ${deed} · ${where} · \\W*${platform}:${space}:${id}`),
      );
  });
});
