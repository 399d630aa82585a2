import { MessageFlags, Routes } from 'discord.js';
import { expect, test } from 'vitest';
import { restClient, startSim } from './testing.ts';

const button = (i: number, more: object = {}): object => ({
  type: 2,
  style: 1,
  label: `b${i}`,
  custom_id: `b${i}`,
  ...more,
});
const row = (...components: object[]): object => ({ type: 1, components });
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const option = (i: number): object => ({ label: `o${i}`, value: `v${i}` });
const select = (n: number): object => ({ type: 3, custom_id: 's', options: many(n, option) });
const V2 = MessageFlags.IsComponentsV2;

test.each([
  ['five rows of five buttons', { components: many(5, (r) => row(...many(5, (i) => button(r * 5 + i)))) }],
  ['a select with 25 options', { content: 'x', components: [row(select(25))] }],
  ['a custom id of 100', { content: 'x', components: [row(button(1, { custom_id: 'x'.repeat(100) }))] }],
  ['a link', { content: 'x', components: [row({ type: 2, style: 5, label: 'PR', url: 'https://example.org/1' })] }],
  [
    'a V2 container',
    { flags: V2, components: [{ type: 17, components: [{ type: 10, content: 'hi' }, row(button(1))] }] },
  ],
])('%s passes', async (_what, body) => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  await restClient(sim).post(Routes.channelMessages(channel), { body });
  expect(sim.messages(channel)).toHaveLength(1);
});

test.each([
  ['six rows', { components: many(6, (i) => row(button(i))) }],
  ['six buttons in a row', { components: [row(...many(6, (i) => button(i)))] }],
  ['a button beside a select', { components: [row(select(1), button(1))] }],
  ['26 options', { components: [row(select(26))] }],
  ['no options', { components: [row(select(0))] }],
  ['a label of 81', { components: [row(button(1, { label: 'x'.repeat(81) }))] }],
  ['a custom id of 101', { components: [row(button(1, { custom_id: 'x'.repeat(101) }))] }],
  ['one custom id twice', { components: [row(button(1), button(1))] }],
  ['a link with a custom id', { components: [row({ type: 2, style: 5, url: 'https://example.org', custom_id: 'x' })] }],
  ['a button outside a row', { components: [button(1)] }],
  ['V2 text without the flag', { components: [{ type: 10, content: 'hi' }] }],
  ['content beside V2', { flags: V2, components: [{ type: 10, content: 'hi' }] }],
  [
    'more than 4,000 characters of V2 text',
    { content: undefined, flags: V2, components: many(2, () => ({ type: 10, content: 'x'.repeat(2001) })) },
  ],
  [
    'more than 40 V2 components',
    { content: undefined, flags: V2, components: many(9, (r) => row(...many(4, (i) => button(r * 5 + i)))) },
  ],
])('%s is refused with 50035', async (_what, body) => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const request = restClient(sim).post(Routes.channelMessages(channel), { body: { content: 'x', ...body } });
  await expect(request).rejects.toMatchObject({ code: 50035 });
  expect(sim.messages(channel)).toEqual([]);
});

test('the path of a wrong component is told', async () => {
  const sim = await startSim();
  const components = [row(button(0)), row(button(1), button(2, { label: 'x'.repeat(81) }))];
  const request = restClient(sim).post(Routes.channelMessages(sim.createChannel('general')), { body: { components } });
  const errors = {
    components: { 1: { components: { 1: { label: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } } } },
  };
  await expect(request).rejects.toMatchObject({ rawError: { errors } });
});
