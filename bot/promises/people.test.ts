/** Who is served, on each platform: the first owner by a code, others by an owner, second accounts, and nobody else. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMembership } from '../../core/workflows/membership.ts';
import { execute, model } from '../faults/testing.ts';
import { type FacesHouse, openFacesHouse } from '../testing/faces-house.ts';
import { platforms, type Seat, type Shown } from '../testing/seat.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let house: FacesHouse;
beforeAll(async () => {
  house = await openFacesHouse({ brain: model(), env: { OWNERS: '' } });
});
afterAll(() => house?.close());

const codeIn = (message: Shown) => /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(message.text())?.[0] ?? '';
const isBad = /wrong, used or expired/;

describe.each(platforms)('on %s', (platform) => {
  let ana: Seat;
  beforeAll(async () => {
    ana = house.ana.at[platform];
    // Codes that were shown on the platform before count for ten minutes.
    await execute(house, 'delete from mainloop.limits');
  });

  const says = async (seat: Seat, text: string, answer: RegExp): Promise<Shown> => {
    const before = new Set(seat.shown(seat.dm).map(({ id }) => id));
    await seat.say(seat.dm, text);
    return house.until(`${answer} to ${text}`, () =>
      seat.shown(seat.dm).find((message) => !before.has(message.id) && answer.test(message.text())),
    );
  };
  const linkCode = async (seat: Seat) => codeIn(await house.command(seat, 'link', /Your code:/));
  const personAt = (seat: Seat) => house.store.people.of(seat.account);

  test('an unknown account gets one polite line with a code, and an owner lets it in in a direct message', async () => {
    const dora = (await house.strangers(`Dora ${platform}`))[platform];
    const line = await says(dora, 'please note a stranger', /I don't know you yet.*[0-9A-Z]{4}-[0-9A-Z]{4}/);
    await dora.say(dora.dm, 'hello?');
    await says(ana, `link ${codeIn(line)} viewer`, /Dora.* is a viewer now/);
    expect(dora.shown(dora.dm)).toHaveLength(1);
    expect(await personAt(dora)).toMatchObject({ role: 'viewer' });
    await house.command(dora, 'tasks', /No tasks|#\d/);
  });

  test('a bot gets neither an answer nor a code, and its thumb starts nothing', async () => {
    for (const sim of [house.world.slack, house.world.discord, house.world.telegram])
      sim.person(`Robot ${platform}`, { bot: true });
    const robot = (await house.strangers(`Robot ${platform}`))[platform];
    const spoken = await robot.mention('please note a robot');
    const room = await ana.mention(`please note a thumb on ${platform}`);
    const card = await house.reads(ana, room, /Start it\?/);
    await robot.join(room);
    await (await house.reads(robot, room, /Start it\?/)).thumb('up');
    await house.command(ana, 'tasks', /No tasks/);
    expect(robot.shown(spoken)).toEqual([]);
    expect(card.text()).toMatch(/Start it\?/);
    await card.press('No');
    await house.becomes(card, /Declined by Ana/);
  });

  test('a code joins a second account of the same person, once, and only the last one', async () => {
    const [old, code] = [await linkCode(ana), await linkCode(ana)];
    const second = (await house.strangers(`Second ${platform}`))[platform];
    await says(second, old, isBad);
    await says(second, code, /This account is Ana now/);
    expect((await personAt(second))?.id).toBe(house.ana.person.id);
    await house.reads(ana, ana.dm, new RegExp(`Second ${platform}.* entered your code`));
    const third = (await house.strangers(`Third ${platform}`))[platform];
    await says(third, code, isBad);
    expect(await personAt(third)).toBeNull();
  });

  test('an account that was joined with a code in wrong hands is unlinked with one touch', async () => {
    const thief = (await house.strangers(`Robber ${platform}`))[platform];
    await says(thief, await linkCode(ana), /This account is Ana now/);
    const card = await house.reads(ana, ana.dm, new RegExp(`Robber ${platform}.* entered your code`));
    await card.press('Not me: unlink');
    await house.becomes(card, /was unlinked/);
    expect(await personAt(thief)).toBeNull();
  });

  test('a code that has expired, or that somebody enters who is somebody already, joins nothing', async () => {
    const emil = await house.admit(`Emil ${platform}`, 'member');
    const code = await linkCode(ana);
    await says(emil.at[platform], code, /belongs to Emil.* already/);
    expect((await personAt(emil.at[platform]))?.id).toBe(emil.person.id);
    await execute(house, "update mainloop.codes set expires_at = 1 where purpose = 'link'");
    const late = (await house.strangers(`Late ${platform}`))[platform];
    await says(late, code, isBad);
    expect(await personAt(late)).toBeNull();
  });

  test('who tries code after code has to wait, with a good one too', async () => {
    const thief = (await house.strangers(`Thief ${platform}`))[platform];
    const code = await linkCode(ana);
    for (const letter of 'ABCDE') await says(thief, `${letter.repeat(4)}-2222`, isBad);
    await says(thief, code, /too many codes/);
    expect(await personAt(thief)).toBeNull();
  });

  test('a removed person is a stranger on every account, and a code of theirs is worthless', async () => {
    const fay = await house.admit(`Fay ${platform}`, 'member');
    const seat = fay.at[platform];
    const code = await linkCode(seat);
    await createMembership(house.store, 'people').remove(fay.person);
    for (const other of platforms) await house.command(fay.at[other], 'tasks', /I don't know you yet/);
    await says(seat, code, isBad);
    expect(await personAt(seat)).toBeNull();
  });
});

describe.each(platforms)('the first owner, on %s,', (platform) => {
  test('is who sends the code that is printed at start, and nobody after them', async () => {
    await execute(house, 'delete from mainloop.accounts; delete from mainloop.people');
    await house.bot.stop();
    await house.bot.start();
    const printed = /send this code .*: ([0-9A-Z]{4}-[0-9A-Z]{4})/g;
    const code = await house.until('the code', async () => {
      const codes = [...(await house.log()).matchAll(printed)].map(([, found]) => found);
      return codes[platforms.indexOf(platform) + 1];
    });
    const [first, second] = [await house.strangers(`First ${platform}`), await house.strangers(`Next ${platform}`)];
    await first[platform].say(first[platform].dm, code);
    await house.reads(first[platform], first[platform].dm, /You are an owner now/);
    await second[platform].say(second[platform].dm, code);
    await house.reads(second[platform], second[platform].dm, /wrong, used or expired|I don't know you yet/);
    expect((await house.store.people.list()).map(({ name, role }) => [name, role])).toEqual([
      [`First ${platform}`, 'owner'],
    ]);
  });
});
