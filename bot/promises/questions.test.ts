/** Several questions in one ask, on each platform: answered bit by bit, by touches and own words, over a restart. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Brain } from '../../sim/anthropic/index.ts';
import { continuing, finish, script, use } from '../../sim/anthropic/script.ts';
import { model, shell } from '../faults/testing.ts';
import { type FacesHouse, openFacesHouse } from '../testing/faces-house.ts';
import { buttonsOf, platforms, type Seat, type Shown } from '../testing/seat.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const option = (label: string) => ({ label, description: `It means ${label.toLowerCase()}.` });
const asks: Brain = continuing(
  /The person answered what you asked/,
  script([
    use('AskUserQuestion', {
      questions: [
        { question: 'Which format?', header: 'Format', multiSelect: false, options: ['CSV', 'JSON'].map(option) },
        { question: 'Which days?', header: 'Days', multiSelect: true, options: ['Monday', 'Friday'].map(option) },
        { question: 'Which name?', header: 'Name', multiSelect: false, options: ['Mars', 'Venus'].map(option) },
        { question: 'Which size?', header: 'Size', multiSelect: false, options: ['Small', 'Large'].map(option) },
      ],
    }),
    shell('date > "$RANDOM.txt" && git add -A && git commit -q -m "Do it"'),
    finish({ title: 'Do it', summary: 'Did it.' }),
  ]),
);

let house: FacesHouse;
const cards = new Map<string, Shown>();
beforeAll(async () => {
  house = await openFacesHouse({ brain: model([[/questions/, { implement: asks }]]) });
});
afterAll(() => house?.close());

const cardOf = (platform: string) => {
  const found = cards.get(platform);
  if (!found) throw new Error(`nothing was asked on ${platform}`);
  return found;
};

describe.each(platforms)('on %s', (platform) => {
  test('the options have descriptions, and the first answer is a touch', async () => {
    const ana: Seat = house.ana.at[platform];
    const room = await ana.mention(`please ask questions on ${platform}`);
    await (await house.reads(ana, room, /Start it\?/)).press('Start');
    const card = await house.reads(ana, ana.dm, /#\d+ asks 4 things[\s\S]*Question 1:\W*Which format\?/);
    expect(card.text()).toMatch(/CSV\W*: It means csv\.[\s\S]*JSON\W*: It means json\./);
    expect(buttonsOf(card)).toEqual(['CSV', 'JSON', 'Other…', 'Later…']);
    cards.set(platform, card);
    await card.press('JSON');
    await house.becomes(card, /asks 4 things, 1 answered[\s\S]*✔ JSON[\s\S]*Question 2/);
    await card.press('Monday');
    await house.becomes(card, /\[✔ Monday\]/);
  });
});

test('the program is killed in the middle and started again', async () => {
  await house.bot.kill();
  await house.bot.start();
});

describe.each(platforms)('after a restart on %s', (platform) => {
  test('what was answered is kept; several choices, own words in the form and in a reply complete it', async () => {
    const card = cardOf(platform);
    expect(card.text()).toMatch(/1 answered[\s\S]*\[✔ Monday\]/);
    await card.press('Friday');
    await house.becomes(card, /Done, 2 choices/);
    await card.press('Done, 2 choices');
    await house.becomes(card, /✔ Monday, Friday[\s\S]*Question 3/);
    await card.write('Other…', `Pluto of ${platform}`);
    await house.becomes(card, /✔ Pluto of[\s\S]*Question 4/);
    await card.reply('as big as it gets');
    await house.becomes(card, /answered by Ana/);
    expect(buttonsOf(card)).toEqual([]);
    const heard = await house.until('the worker to hear it', () =>
      house.world.anthropic.requests
        .map(({ view }) => (view?.kind === 'worker' ? view.lastUserText : ''))
        .find((text) => text.includes(`Pluto of ${platform}`)),
    );
    expect(heard).toMatch(/JSON[\s\S]*Monday, Friday[\s\S]*Pluto[\s\S]*as big as it gets/);
  });
});
