/** When a person hears of what waits for them, on each platform: not in quiet hours, later, again, or somebody else instead. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { platformName } from '../../core/words/names.ts';
import { execute, model } from '../faults/testing.ts';
import { type FacesHouse, openFacesHouse, type Somebody } from '../testing/faces-house.ts';
import { buttonsOf, platforms, type Seat } from '../testing/seat.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const dayMs = 24 * 60 * 60_000;

let house: FacesHouse;
let ben: Somebody;
let cleo: Somebody;
let vic: Somebody;
beforeAll(async () => {
  house = await openFacesHouse({ brain: model(), env: { ESCALATE_MINUTES: '60' } });
  ben = await house.admit('Ben', 'member');
  cleo = await house.admit('Cleo', 'member');
  vic = await house.admit('Vic', 'viewer');
});
afterAll(() => house?.close());

/** Hours of a day, from and to so many minutes from now. */
const around = (from: number, to: number) => {
  const minute = Math.floor((Date.now() % dayMs) / 60_000);
  return { from: (minute + from + 1440) % 1440, to: (minute + to + 1440) % 1440 };
};
const typed = (minute: number) => `${Math.floor(minute / 60)}:${`${minute % 60}`.padStart(2, '0')}`;

describe.each(platforms)('on %s', (platform) => {
  let ana: Seat;
  let task: number;
  let ask: number;
  const wants = () => new RegExp(`#${task} wants you to read its plan`);
  const stillWaits = () => new RegExp(`#${task}.* still waits for you: plan to read`);
  const inDm = (seat: Seat, text: RegExp) => seat.shown(seat.dm).filter((message) => text.test(message.text()));
  const asking = async () => {
    const found = await house.store.askings.find(ask, house.ana.person.id);
    if (!found) throw new Error('nobody was asked');
    return found;
  };
  /** What somebody was to hear later is due now; each such time is another one. */
  const isDue = () =>
    execute(house, `update mainloop.askings set due_at = ${Date.now()}, snoozed_until = null where ask = ${ask}`);

  test('quiet hours hold an ask back; afterwards come one digest and then the ask', async () => {
    ana = house.ana.at[platform];
    const { from, to } = around(-60, 60);
    await house.command(ana, `quiet ${typed(from)}-${typed(to)} UTC`, /Quiet from/);
    const wish = `note ${platform} with a plan`;
    const room = await ana.mention(`please ${wish}`);
    await (await house.reads(ana, room, /Start it\?/)).press('Start');
    const opened = await house.until('the ask', async () => {
      const started = (await house.store.tasks.latest(9)).find(({ title }) => title === wish);
      return started && (await house.store.asks.openOf(started.number))[0];
    });
    ({ id: ask, task } = opened);
    await house.until('that it waits', async () => ((await asking().catch(() => null))?.told === 0 ? true : undefined));
    expect(inDm(ana, wants())).toEqual([]);
    await house.store.inbox.set(house.ana.person.id, { quiet: around(-120, 0), digestAt: Date.now() - 1 });
    await isDue();
    const digest = new RegExp(`While you were away: .*#${task}`);
    await house.reads(ana, ana.dm, wants());
    const texts = ana.shown(ana.dm).map((message) => message.text());
    expect(texts.filter((text) => digest.test(text))).toHaveLength(1);
    expect(texts.findIndex((text) => digest.test(text))).toBeLessThan(texts.findIndex((text) => wants().test(text)));
    await house.command(ana, 'quiet off', /No quiet hours/);
  });

  test('what nobody answers comes again by one line, each time after a longer while', async () => {
    const pauses: number[] = [];
    for (const told of [1, 2, 3]) {
      const { dueAt } = await house.until('the next time', async () => {
        const found = await asking();
        return found.told === told && found.dueAt !== null ? found : undefined;
      });
      pauses.push(Math.round(((dueAt ?? 0) - Date.now()) / dayMs));
      await isDue();
      await house.until(`reminder ${told}`, () => inDm(ana, stillWaits()).length === told || undefined);
    }
    expect(pauses).toEqual([1, 2, 4]);
  });

  test('Later… puts it off by a touch, and it comes again then', async () => {
    const before = inDm(ana, stillWaits()).length;
    const card = await house.reads(ana, ana.dm, wants());
    const offer = await house.hears(ana, /When shall I ask you/, () => card.press('Later…'));
    expect(buttonsOf(offer)).toEqual(['In 1 hour', 'This evening', 'Tomorrow morning', 'Another time…']);
    await house.hears(ana, new RegExp(`ask you about #${task} again`), () => offer.press('In 1 hour'));
    await house.command(ana, 'inbox', new RegExp(`#${task}.*put off, again`));
    expect((await asking()).snoozedUntil).toBeGreaterThan(Date.now());
    await isDue();
    await house.until('it again', () => inDm(ana, stillWaits()).length > before || undefined, 60_000);
  });

  test('snooze puts it off by a command and by words below the card', async () => {
    await house.command(ana, `snooze #${task} 2h`, new RegExp(`ask you about #${task} again`));
    const first = (await asking()).snoozedUntil ?? 0;
    await (await house.reads(ana, ana.dm, wants())).reply('snooze 5h');
    await house.until('that it is later', async () => ((await asking()).snoozedUntil ?? 0) > first || undefined);
    expect((await house.store.asks.find(ask))?.state).toBe('open');
  });

  test('delegate asks another person at once, and every card says so', async () => {
    await house.command(ben.at[platform], 'inbox', new RegExp(`#${task}.*plan to read`));
    await house.command(ana, `delegate #${task} Ben`, new RegExp(`Ben is asked about #${task}`));
    const theirs = await house.reads(ben.at[platform], ben.at[platform].dm, wants());
    await house.becomes(theirs, /Ana handed this to Ben/);
    await house.becomes(await house.reads(ana, ana.dm, wants()), /Ana handed this to Ben/);
  });

  test('what nobody answers in time goes to everybody else who may answer; whoever is first, all copies say so', async () => {
    for (const { at } of [cleo, vic]) await house.command(at[platform], 'tasks', /./);
    const { escalateAt } = (await house.store.asks.find(ask)) ?? {};
    expect(escalateAt).toBeGreaterThan(Date.now());
    await execute(house, `update mainloop.asks set escalate_at = 1 where id = ${ask}`);
    const theirs = await house.reads(cleo.at[platform], cleo.at[platform].dm, wants());
    expect(await house.store.askings.find(ask, vic.person.id)).toBeNull();
    await theirs.press('Approve plan');
    const approved = new RegExp(`Plan of \\W*#${task}\\W* approved by Cleo on ${platformName(platform)}`);
    for (const { at } of [house.ana, ben, cleo]) {
      const copy = await house.reads(at[platform], at[platform].dm, approved);
      expect(buttonsOf(copy)).toEqual([]);
    }
    expect(inDm(vic.at[platform], /wants you to read|Plan of/)).toEqual([]);
    await house.command(ana, `cancel #${task}`, /./);
  });
});
