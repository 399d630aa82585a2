import { expect, test } from 'vitest';
import { apiOf, startSim } from './testing.ts';

test('a chat bears a burst, then one send or edit a second; the rest is refused and counted', async () => {
  const { sim, api, ana, pass } = await open();
  const { message_id } = await api.sendMessage(ana.id, '1');
  for (const text of ['2', '3', '4', '5']) await api.editMessageText(ana.id, message_id, text);
  await expect(api.editMessageText(ana.id, message_id, '6')).rejects.toMatchObject({
    error_code: 429,
    description: 'Too Many Requests: retry after 1',
    parameters: { retry_after: 1 },
  });
  await expect(api.sendMessage(ana.id, 'also too much')).rejects.toMatchObject({ error_code: 429 });
  expect(sim.violations()).toBe(2);
  const bea = sim.person('Bea');
  await bea.start();
  await api.sendMessage(bea.id, 'others pass');
  await api.sendChatAction(ana.id, 'typing');
  // Asking too early does not make the wait longer.
  pass(500);
  await expect(api.editMessageText(ana.id, message_id, '6')).rejects.toMatchObject({ parameters: { retry_after: 1 } });
  pass(500);
  await api.editMessageText(ana.id, message_id, '6');
  await expect(api.editMessageText(ana.id, message_id, '7')).rejects.toMatchObject({ error_code: 429 });
  expect(ana.sees(ana.id).at(-1)).toBe('6');
});

test('a group bears 20 a minute, topics included', async () => {
  const { sim, api, pass } = await open();
  const group = sim.createGroup('Forum', { forum: true, bot: 'administrator' });
  await api.createForumTopic(group, 'Task');
  for (let i = 2; i <= 20; i += 1) {
    pass(1_000);
    await api.sendMessage(group, `${i}`);
  }
  pass(1_000);
  await expect(api.sendMessage(group, '21')).rejects.toMatchObject({ parameters: { retry_after: 40 } });
  pass(39_000);
  await expect(api.sendMessage(group, '21')).rejects.toMatchObject({ parameters: { retry_after: 1 } });
  pass(1_000);
  await api.sendMessage(group, '21');
});

test('over all chats 30 a second pass', async () => {
  const { sim, api } = await open();
  const people = Array.from({ length: 31 }, (_, i) => sim.person(`P${i}`));
  for (const person of people) await person.start();
  for (const { id } of people.slice(0, 30)) await api.sendMessage(id, 'x');
  await expect(api.sendMessage(people[30]?.id ?? 0, 'x')).rejects.toMatchObject({ error_code: 429 });
  sim.limit('none');
  await api.sendMessage(people[30]?.id ?? 0, 'x');
  sim.limit({ chatBurst: 1 });
  await api.sendMessage(people[0]?.id ?? 0, 'x');
  await expect(api.sendMessage(people[0]?.id ?? 0, 'x')).rejects.toMatchObject({ error_code: 429 });
});

async function open() {
  let now = Date.now();
  const sim = await startSim({ clock: () => now });
  const ana = sim.person('Ana');
  await ana.start();
  return {
    sim,
    api: apiOf(sim),
    ana,
    pass: (ms: number) => {
      now += ms;
    },
  };
}
