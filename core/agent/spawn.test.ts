import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { conversationKey, type Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import { Failure } from '../errors.ts';
import { createFakeModel } from '../testing/model.ts';
import { admit, assistantIn, call, channel, type House, hear, openHouse, taskOf } from './testing.ts';

let house: House;
let ana: Person;
let carl: Person;
let place: Place;
let places = 0;
const model = createFakeModel(() => ({ text: 'ok' }));
beforeAll(async () => {
  house = await openHouse();
  ana = await admit(house, 'Ana', 'member');
  carl = await admit(house, 'Carl', 'viewer');
});
afterAll(() => house?.close());
beforeEach(() => {
  places += 1;
  place = channel(`C${places}`);
});

const wish = { title: 'Date picker lets me choose Feb 30', brief: 'In Safari the picker takes Feb 30.' };
const assistant = () => assistantIn(house, model);
const openHere = () => house.store.proposals.openIn(conversationKey(place));
const says = (text: string) => hear(house, place, { by: ana, text });

describe('spawn_task', () => {
  test('proposes with the settings’ limits and starts nothing', async () => {
    const turn = await says('the date picker takes Feb 30');
    const outcome = await assistant().use(turn, call('spawn_task', wish));
    const [proposal] = await openHere();
    expect(outcome).toMatchObject({ isError: false, proposal: proposal?.id, start: null });
    expect(proposal).toMatchObject({
      ...wish,
      repo: 'acme/web',
      base: 'main',
      model: 'claude-opus-5-5',
      planFirst: true,
      budgetUsd: 5,
      deadlineMinutes: 90,
    });
    expect((proposal?.expiresAt ?? 0) - (proposal?.createdAt ?? 0)).toBe(24 * 60 * 60 * 1000);
    expect(await house.store.tasks.inConversation(conversationKey(place))).toEqual([]);
  });

  test('a repeated call answers the same proposal', async () => {
    const turn = await says('the date picker takes Feb 30');
    const first = await assistant().use(turn, call('spawn_task', wish, 'toolu_1'));
    expect(await assistant().use(turn, call('spawn_task', wish, 'toolu_1'))).toMatchObject({
      proposal: first.proposal,
    });
    expect(await assistant().use(turn, call('spawn_task', wish, 'toolu_2'))).toMatchObject({
      proposal: first.proposal,
    });
    expect(await openHere()).toHaveLength(1);
  });

  test('a changed proposal takes the place of the earlier one, also when the call is repeated', async () => {
    const turn = await says('the date picker takes Feb 30');
    const { proposal: earlier } = await assistant().use(turn, call('spawn_task', wish));
    const change = call('spawn_task', {
      ...wish,
      title: 'Reject Feb 30',
      base: 'next',
      plan: false,
      replaces: earlier,
    });
    const outcome = await assistant().use(turn, change);
    expect(await assistant().use(turn, change)).toMatchObject({ isError: false, proposal: outcome.proposal });
    expect(await openHere()).toMatchObject([{ id: outcome.proposal, base: 'next', planFirst: false }]);
    expect(await house.store.proposals.find(earlier ?? 0)).toMatchObject({ state: 'replaced' });
  });

  test('work that runs is not proposed again', async () => {
    const number = await taskOf(house, ana, place, wish.title);
    const outcome = await assistant().use(await says('again'), call('spawn_task', wish));
    expect(outcome).toMatchObject({ proposal: null, content: expect.stringContaining(`#${number}`) });
  });

  test.each([
    [{ ...wish, repo: 'acme/secret' }, /repo: I don't know acme\/secret\. Known: acme\/web\..*project add/],
    [{ ...wish, base: 'develop' }, /base: acme\/web has no branch develop\. Its own is main/],
    [{ ...wish, model: 'gpt' }, /model: gpt is not among claude-opus-5-5, claude-sonnet-5-5, claude-haiku-5-5/],
    [{ ...wish, replaces: 9999 }, /replaces: proposal 9999 is not open/],
    [{ ...wish, message: 'm999999' }, /message: m999999 is not one of/],
    [{ title: 'x' }, /brief:/],
    [{ ...wish, plan: 'maybe' }, /plan:/],
    ['{"title": "Fi', /input:/],
    [null, /input:/],
  ])('%j is refused with the field and what to do', async (input, words) => {
    const outcome = await assistant().use(await says('do it'), call('spawn_task', input));
    expect(outcome).toMatchObject({ isError: true, proposal: null, content: expect.stringMatching(words) });
    expect(await openHere()).toEqual([]);
  });

  test('a model can be named by its family, a repository in any case', async () => {
    const turn = await says('with sonnet');
    await assistant().use(turn, call('spawn_task', { ...wish, model: 'Sonnet', repo: 'Acme/Web' }));
    expect(await openHere()).toMatchObject([{ model: 'claude-sonnet-5-5', repo: 'acme/web' }]);
  });

  test('a code host that fails for good is told to the model, one that may recover is tried again', async () => {
    const turn = await says('fix it');
    const failing = (remedy: 'never' | 'retry') =>
      assistantIn(house, model, {
        head: async () => {
          throw new Failure("Can't see acme/web.", { code: 'forbidden', remedy, advice: 'Add it to the app.' });
        },
      });
    expect(await failing('never').use(turn, call('spawn_task', wish))).toMatchObject({
      isError: true,
      content: "It failed: Can't see acme/web. Add it to the app.",
    });
    await expect(failing('retry').use(turn, call('spawn_task', wish))).rejects.toMatchObject({ remedy: 'retry' });
    expect(await openHere()).toEqual([]);
  });

  test('among several people the message that asks must be named', async () => {
    const turn = await hear(house, place, { by: ana, text: 'fix it' }, { by: carl, text: 'hm' });
    expect(await assistant().use(turn, call('spawn_task', wish))).toMatchObject({ isError: true });
    const named = call('spawn_task', { ...wish, message: `m${turn.said[0]?.id}` });
    expect(await assistant().use(turn, named)).toMatchObject({ isError: false });
  });
});
