import { expect, test } from 'vitest';
import { renderMessage } from './index.ts';
import { startSim, webClient } from './testing.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const rich = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

test('a message reads as a person would see it, its buttons numbered', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const tasks = [
    { type: 'task_card', task_id: '1', title: 'Plan', status: 'complete' },
    { type: 'task_card', task_id: '2', title: 'Build', status: 'in_progress', details: rich('tests') },
    { type: 'task_card', task_id: '3', title: 'Review', status: 'pending' },
    { type: 'task_card', task_id: '4', title: 'Lint', status: 'error' },
  ];
  const blocks = [
    { type: 'header', text: plain('Fix the login') },
    { type: 'section', text: { type: 'mrkdwn', text: 'See <https://x.example/1|#1> &amp; go' } },
    { type: 'markdown', text: '**bold**' },
    { type: 'plan', title: 'Task 1', tasks },
    {
      type: 'context',
      elements: [
        { type: 'mrkdwn', text: 'opus' },
        { type: 'mrkdwn', text: '$5' },
      ],
    },
    {
      type: 'actions',
      elements: [
        { type: 'button', action_id: 'a', text: plain('Confirm'), style: 'primary' },
        { type: 'button', action_id: 'b', text: plain('Dismiss') },
      ],
    },
  ];
  await webClient(sim).apiCall('chat.postMessage', { channel, text: 'x', blocks });
  const [message] = sim.messages(channel);
  if (!message) throw new Error('nothing was posted');
  await sim.person('ann').react(channel, message.ts, '+1');
  expect(renderMessage(message).split('\n')).toEqual([
    '━━ Fix the login ━━',
    'See #1 (https://x.example/1) & go',
    '**bold**',
    'Task 1',
    '  ✔ Plan',
    '  ▶ Build',
    '      tests',
    '  ○ Review',
    '  ✖ Lint',
    '  opus · $5',
    '1:[Confirm]  2:[Dismiss]',
    '👍 1',
  ]);
});

test('what a person typed reads as they typed it', async () => {
  const sim = await startSim();
  const channel = sim.createChannel('general');
  const ann = sim.person('ann');
  const ts = await ann.say(channel, 'a < b & https://x.example/?q=1', { files: [{ name: 'a.txt', content: 'abc' }] });
  const [message] = sim.messages(channel);
  if (!message) throw new Error('nothing was said');
  expect(renderMessage(message)).toBe('a < b & https://x.example/?q=1\n📎 a.txt (3 bytes)');
  await ann.edit(channel, ts, 'changed');
  expect(renderMessage(message)).toContain('changed');
  await ann.remove(channel, ts);
  expect(renderMessage(message)).toBe('(deleted)');
});
