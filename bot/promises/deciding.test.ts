/** Who starts a proposed task and how, on each platform: by thumb, button and words; taken back; and by nobody else. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { doubleTapMs } from '../../core/domain/proposal.ts';
import { execute, model, repo } from '../faults/testing.ts';
import { type FacesHouse, openFacesHouse, type Somebody } from '../testing/faces-house.ts';
import { buttonsOf, platforms, type Room, type Seat, type Shown } from '../testing/seat.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let house: FacesHouse;
let ben: Somebody;
let vic: Somebody;
beforeAll(async () => {
  house = await openFacesHouse({ brain: model() });
  ben = await house.admit('Ben', 'member');
  vic = await house.admit('Vic', 'viewer');
});
afterAll(() => house?.close());

const tasksOf = async (wish: string) => (await house.store.tasks.latest(50)).filter(({ title }) => title === wish);

describe.each(platforms)('on %s', (platform) => {
  let ana: Seat;
  beforeAll(() => {
    ana = house.ana.at[platform];
  });

  async function proposed(what: string, seat = ana): Promise<{ wish: string; room: Room; card: Shown }> {
    const wish = `${what} ${platform}`;
    const room = await seat.mention(`please ${wish}`);
    return { wish, room, card: await house.reads(seat, room, /Start it\?/) };
  }
  /** The task that was started, once; it is stopped again. */
  async function isStarted({ wish, card }: { wish: string; card: Shown }): Promise<void> {
    await house.becomes(card, /started by Ana/);
    const [task, ...more] = await tasksOf(wish);
    expect(more).toEqual([]);
    await house.command(ana, `cancel #${task?.number}`, /./);
  }
  /** All that was done before is handled: what comes later is answered. */
  const settled = () => house.command(ana, 'tasks', /./);

  test('a thumb starts it, once also when it is taken off and put on again; a thumb down declines it', async () => {
    const declined = await proposed('note a thumb down');
    await declined.card.thumb('down');
    await house.becomes(declined.card, /Declined by Ana/);
    const started = await proposed('note a thumb');
    await started.card.thumb('up');
    await started.card.unthumb('up');
    await started.card.thumb('up');
    await isStarted(started);
    expect(await tasksOf(declined.wish)).toEqual([]);
  });

  test('a message that is nothing but yes starts it; one that says more does not', async () => {
    const { wish, room, card } = await proposed('note a yes');
    await ana.say(room, 'yes, but later');
    await house.reads(ana, room, /You said: yes, but later/);
    expect(await tasksOf(wish)).toEqual([]);
    await ana.say(room, 'Yes!');
    await isStarted({ wish, card });
  });

  test('a button starts it, and Undo takes it back within ten seconds', async () => {
    const { wish, card } = await proposed('note an undo');
    await card.press('Start');
    await house.becomes(card, /started by Ana[\s\S]*\[Undo\]/);
    await new Promise((resolve) => setTimeout(resolve, doubleTapMs));
    await card.press('Undo');
    await house.becomes(card, /Taken back by Ana/);
    expect(buttonsOf(card)).toEqual([]);
    const [task] = await tasksOf(wish);
    await house.until('its end', async () =>
      task === undefined || (await house.store.tasks.get(task.number)).status.phase === 'cancelled' ? true : undefined,
    );
  });

  test('Change… takes other words and proposes anew', async () => {
    const { wish, room, card } = await proposed('note a change');
    await card.write('Change…', 'please note something else');
    const changed = await house.reads(ana, room, /note something else[\s\S]*Start it\?/);
    await changed.press('No');
    await house.becomes(changed, /Declined by Ana/);
    expect(await tasksOf(wish)).toEqual([]);
  });

  test('a viewer starts nothing by button or thumb', async () => {
    const { wish, room, card } = await proposed('note a viewer');
    const theirs = vic.at[platform];
    await theirs.join(room);
    const same = await house.reads(theirs, room, /Start it\?/);
    await house.hears(theirs, /can't start tasks with your role/, () => same.press('Start'));
    await same.thumb('up');
    await settled();
    expect(card.text()).toMatch(/Start it\?/);
    expect(await tasksOf(wish)).toEqual([]);
  });

  describe('where it is forbidden', () => {
    let theirs: Seat;
    let proposal: Awaited<ReturnType<typeof proposed>>;
    beforeAll(async () => {
      theirs = ben.at[platform];
      await house.command(ana, `project set ${repo} self-approval off`, /somebody else/);
      proposal = await proposed('note with a plan and four eyes on', theirs);
    });
    afterAll(() => house.command(ana, `project set ${repo} self-approval on`, /./));

    test('who asked for it cannot start it by button, thumb or words, and somebody else can', async () => {
      const { wish, room, card } = proposal;
      await house.hears(theirs, /wants somebody else to start it/, () => card.press('Start'));
      await card.thumb('up');
      await theirs.say(room, 'yes');
      await house.reads(theirs, room, /wants somebody else to start it/);
      expect(await tasksOf(wish)).toEqual([]);
      await ana.join(room);
      await (await house.reads(ana, room, /Start it\?/)).press('Start');
      await house.becomes(card, /started by Ana/);
    });

    test('nor can they approve its plan', async () => {
      const { wish, card } = proposal;
      const [task] = await tasksOf(wish);
      const ask = await house.until('the ask', async () => (await house.store.asks.openOf(task?.number ?? 0))[0]);
      await house.hears(theirs, /wants somebody else to approve it/, () => card.forge(`answer:${ask.id}:approve`));
      await house.reads(ana, ana.dm, new RegExp(`#${task?.number} wants you to read its plan`));
      expect(theirs.shown(theirs.dm).filter((message) => /read its plan/.test(message.text()))).toEqual([]);
      await isStarted(proposal);
    });
  });

  test('emoji, right-to-left and zero-width letters are words like any other; nothing but those that nobody sees is none', async () => {
    await ana.mention('\u200b\u200d');
    const room = await ana.mention('🧑‍🚀 مرحبا \u202eabc\u202c\u200bdef');
    await house.reads(ana, room, /You said: .*🧑‍🚀 مرحبا/);
    const { wish, card } = await proposed('note it 🧑‍🚀 مرحبا on');
    expect(card.text()).toContain(wish);
    await card.press('No');
    await house.becomes(card, /Declined by Ana/);
  });

  test('an edit and a deletion of what was answered already change nothing', async () => {
    const said = await ana.say(ana.dm, `the first words on ${platform}`);
    await house.reads(ana, ana.dm, new RegExp(`You said: the first words on ${platform}`));
    await said.edit(`please note the edited words on ${platform}`);
    await said.remove();
    await ana.say(ana.dm, `still there on ${platform}?`);
    await house.reads(ana, ana.dm, new RegExp(`You said: still there on ${platform}`));
    const texts = ana.shown(ana.dm).map((message) => message.text());
    expect(texts.filter((text) => /edited words/.test(text))).toEqual([]);
    expect(texts.filter((text) => /You said: the first words/.test(text))).toHaveLength(1);
  });

  test('button data that is forged or has expired decides nothing and says so', async () => {
    const { wish, card } = await proposed('note a forgery');
    for (const token of ['confirm:999999', 'answer:999999:approve', 'undo:999999', 'nonsense', 'confirm:x'])
      await house.hears(ana, /out of date|no longer know/, () => card.forge(token));
    const proposal = (await house.store.proposals.open()).find(({ title }) => title === wish);
    await execute(house, `update mainloop.proposals set expires_at = 1 where title = '${wish}'`);
    await house.becomes(card, /Expired after/);
    await card.forge(`confirm:${proposal?.id}`);
    await settled();
    expect(card.text()).toMatch(/Expired after/);
    expect(await tasksOf(wish)).toEqual([]);
  });
});
