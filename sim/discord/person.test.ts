import { Events, Routes } from 'discord.js';
import { expect, test } from 'vitest';
import { renderMessage } from './index.ts';
import { readyClient, restClient, startSim } from './testing.ts';

test('a card reads as a person sees it', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const body = {
    content: `<@${ann.id}> **#41** is ready`,
    embeds: [{ title: 'Plan', fields: [{ name: 'Model', value: 'opus' }], footer: { text: 'mainloop' } }],
    components: [
      {
        type: 1,
        components: [
          { type: 2, style: 3, label: 'Approve', emoji: { name: '👍' }, custom_id: 'yes' },
          { type: 2, style: 2, label: 'Later', custom_id: 'later', disabled: true },
          { type: 2, style: 5, label: 'Issue', url: 'https://example.org/41' },
        ],
      },
      {
        type: 1,
        components: [
          {
            type: 3,
            custom_id: 'model',
            options: [
              { label: 'Big', value: 'b' },
              { label: 'Small', value: 's' },
            ],
          },
        ],
      },
    ],
  };
  await restClient(sim).post(Routes.channelMessages(channel), { body });
  const card = await ann.waitFor(channel, /is ready/);
  expect(ann.reads(card)).toBe(
    [
      '@ann **#41** is ready',
      '│ Plan',
      '│ Model: opus',
      '│ mainloop',
      '1:[👍 Approve]  2:[Later] (disabled)  3:[Issue]',
      '<Big | Small>',
    ].join('\n'),
  );
  await expect(ann.press(card, 'Later')).rejects.toThrow('is disabled');
  await expect(ann.press(card, 'Issue')).rejects.toThrow('is a link');
  await restClient(sim).delete(Routes.channelMessage(channel, card.id));
  expect(renderMessage(card)).toBe('(deleted)');
  await expect(ann.press(card, 1)).rejects.toThrow('not_found');
});

test('components V2 read in their order, beside what stands next to them', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const text = (content: string): object => ({ type: 10, content });
  const accessory = { type: 2, style: 1, label: 'Open', custom_id: 'open' };
  const inner = [text('# Head'), { type: 14 }, { type: 9, components: [text('beside')], accessory }];
  const body = { flags: 1 << 15, components: [{ type: 17, components: inner }] };
  await restClient(sim).post(Routes.channelMessages(channel), { body });
  const ann = sim.person('ann');
  expect(ann.reads(await ann.waitFor(channel, 'beside'))).toBe('# Head\n────\nbeside\n1:[Open]');
});

test('people edit and delete what is theirs, and the app hears of it', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard: string[] = [];
  client.on(Events.MessageUpdate, (_old, message) => void heard.push(`edited to ${message.content}`));
  client.on(Events.MessageDelete, ({ id }) => void heard.push(`deleted ${id}`));
  const [ann, bob] = [sim.person('ann'), sim.person('bob')];
  const message = ann.say(channel, 'a typo');
  expect(() => bob.edit(message, 'mine now')).toThrow('not_allowed');
  ann.edit(message, 'no typo');
  ann.delete(message);
  await sim.waitFor(() => heard[1]);
  expect(heard).toEqual(['edited to no typo', `deleted ${message.id}`]);
});

test('another bot talks like a person, and is marked as one', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const client = await readyClient(sim);
  const heard = new Promise((resolve) =>
    client.once(Events.MessageCreate, ({ author }) => resolve([author.bot, author.username])),
  );
  sim.person('robot', { bot: true }).say(channel, 'beep @mainloop');
  expect(await heard).toEqual([true, 'robot']);
});

test('who waits in vain is told where to look', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  await expect(ann.waitFor(channel, 'never', { timeoutMs: 20 })).rejects.toThrow('look at sim.calls');
});
