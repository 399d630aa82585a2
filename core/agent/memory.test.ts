import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conversationKey } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import { Failure } from '../errors.ts';
import type { ModelUsage } from '../ports.ts';
import { createFakeModel, type FakeAnswer, wordsOf } from '../testing/model.ts';
import { hardest } from './limits.ts';
import { summariser } from './prompt.ts';
import { admit, assistantIn, channel, type House, hear, openHouse, settle } from './testing.ts';

let house: House;
let ana: Person;
beforeAll(async () => {
  house = await openHouse();
  ana = await admit(house, 'Ana', 'member');
});
afterAll(() => house?.close());

const isSummary = (request: { system: readonly string[] }) => request.system[0] === summariser;
const total = (usage: ModelUsage) => usage.inputTokens + usage.cachedTokens + usage.cacheWriteTokens;
const filler = 'The picker accepts days that no month has, in Safari only, since the last release. '.repeat(2);

/** A model that answers `answer N.` and keeps a summary of bounded length. */
const talker = (fail: () => boolean = () => false) => {
  let answers = 0;
  return createFakeModel((request): FakeAnswer => {
    if (!isSummary(request)) {
      answers += 1;
      return { text: `answer ${answers}. ${filler}` };
    }
    return fail()
      ? { fails: new Failure('overloaded', { code: 'overloaded', remedy: 'retry' }) }
      : { text: 'so far. '.repeat(400) };
  });
};

test('1,000 messages: each is in the context or summarised once, the cost is flat, 0.9 comes from the cache', async () => {
  const place = channel('long');
  const key = conversationKey(place);
  const model = talker();
  const assistant = assistantIn(house, model);
  const costs: ModelUsage[] = [];
  const summarised = new Map<string, number>();
  let seen = 0;
  for (let n = 1; n <= 500; n += 1) {
    const turn = await hear(house, place, { by: ana, text: `wish ${n}. ${filler}` });
    const { usage, text } = await assistant.speak(turn, [], () => undefined);
    costs.push(usage);
    for (; seen < model.requests.length; seen += 1) {
      const request = model.requests[seen];
      if (!request || !isSummary(request)) continue;
      for (const [one] of wordsOf(request).matchAll(/(?:wish|answer) \d+\./g)) {
        summarised.set(one, (summarised.get(one) ?? 0) + 1);
      }
    }
    const context = new Set([...wordsOf(model.requests.at(-1)).matchAll(/(?:wish|answer) \d+\./g)].map(([one]) => one));
    const known = Array.from({ length: n }, (_, i) => [
      `wish ${i + 1}.`,
      ...(i + 1 < n ? [`answer ${i + 1}.`] : []),
    ]).flat();
    const lost = known.filter((one) => context.has(one) === summarised.has(one));
    expect(lost, `at ${n} turns`).toEqual([]);
    await settle(house, turn, text);
    await assistant.compact(key);
  }
  expect(new Set(summarised.values())).toEqual(new Set([1]));
  expect(summarised.size).toBeGreaterThan(950);
  const mean = (from: number, to: number) => {
    const some = costs.slice(from, to).map(total);
    return some.reduce((sum, one) => sum + one, 0) / some.length;
  };
  expect(mean(450, 500)).toBeLessThan(1.05 * mean(50, 100));
  expect(Math.max(...costs.map(total))).toBeLessThan(14_000);
  const later = costs.slice(5);
  const share = later.reduce((sum, one) => sum + one.cachedTokens, 0) / later.reduce((sum, one) => sum + total(one), 0);
  expect(share).toBeGreaterThan(0.9);
}, 120_000);

describe('when the model does not summarise', () => {
  test('nothing is lost: all stays verbatim up to the hardest limit, then is summarised', async () => {
    const place = channel('silent');
    const key = conversationKey(place);
    let down = true;
    const model = talker(() => down);
    const assistant = assistantIn(house, model);
    for (let n = 1; n <= 70; n += 1) {
      const turn = await hear(house, place, { by: ana, text: `wish ${n}.` });
      await settle(house, turn, (await assistant.speak(turn, [], () => undefined)).text);
    }
    await expect(assistant.compact(key)).rejects.toMatchObject({ code: 'overloaded' });
    const turn = await hear(house, place, { by: ana, text: 'and?' });
    await assistant.speak(turn, [], () => undefined);
    const cut = wordsOf(model.requests.at(-1));
    expect(cut).toContain(`${141 - hardest.messages} older messages are left out here`);
    expect(cut).not.toContain('wish 1.');
    expect(cut).toContain('wish 70.');
    await settle(house, turn, 'so');

    down = false;
    expect(await assistant.compact(key)).toBe(true);
    const summaries = model.requests.filter(isSummary).map(wordsOf).join('\n');
    expect(summaries).toContain('wish 1.');
    expect(await assistant.compact(key)).toBe(false);
    const after = await hear(house, place, { by: ana, text: 'now?' });
    await assistant.speak(after, [], () => undefined);
    expect(wordsOf(model.requests.at(-1))).not.toContain('older messages are left out');
  });

  test.each([{ text: '  ' }, { text: 'I would rather not.', stop: 'refusal' }] as const)(
    'an answer that is no summary (%o) changes nothing',
    async (answer) => {
      const place = channel(`no-summary-${answer.text.length}`);
      const assistant = assistantIn(
        house,
        createFakeModel((request) => (isSummary(request) ? answer : { text: 'ok' })),
      );
      const turn = await hear(house, place, ...Array.from({ length: 60 }, () => ({ by: ana, text: filler })));
      await settle(house, turn, 'ok');
      await expect(assistant.compact(turn.conversation)).rejects.toMatchObject({ code: 'no_summary' });
      expect(await house.store.conversations.find(turn.conversation)).toMatchObject({ summary: '', summaryThrough: 0 });
    },
  );
});

test('a summary never takes in what still waits for an answer', async () => {
  const place = channel('waiting');
  const model = talker();
  const assistant = assistantIn(house, model);
  const turn = await hear(house, place, ...Array.from({ length: 80 }, (_, n) => ({ by: ana, text: `wish ${n}.` })));
  expect(await assistant.compact(turn.conversation)).toBe(false);
  await assistant.speak(turn, [], () => undefined);
  expect(wordsOf(model.requests.at(-1))).toContain('wish 0.');
});

test('two compactions at once leave one summary of everything before', async () => {
  const place = channel('twice');
  const assistant = assistantIn(house, talker());
  const turn = await hear(house, place, ...Array.from({ length: 60 }, (_, n) => ({ by: ana, text: `wish ${n}.` })));
  await settle(house, turn, 'ok');
  await Promise.all([assistant.compact(turn.conversation), assistant.compact(turn.conversation)]);
  const { summaryThrough = 0 } = (await house.store.conversations.find(turn.conversation)) ?? {};
  expect(await house.store.conversations.recent(turn.conversation, summaryThrough)).toHaveLength(20);
});

test('a message of 100,000 characters is stored whole and shown by its head and tail', async () => {
  const model = talker();
  const text = `first words ${'x'.repeat(100_000)} last words`;
  const turn = await hear(house, channel('huge'), { by: ana, text });
  await assistantIn(house, model).speak(turn, [], () => undefined);
  const shown = wordsOf(model.requests.at(-1));
  expect(shown.length).toBeLessThan(10_000);
  expect(shown).toMatch(/first words x[\s\S]*characters are left out here[\s\S]*x last words/);
  expect(turn.said[0]?.text).toBe(text);
});
