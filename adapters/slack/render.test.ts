import { expect, test } from 'vitest';
import type { Doc } from '../../core/domain/chat.ts';
import { partsOf, render } from './render.ts';

const plan = { plan: true };

test('the title is bold and literal, the text markdown, the note small', () => {
  const { text, blocks } = render(
    { title: '*#41* <!here>', text: 'Say **hi**', note: 'see [it](https://a.example)' },
    plan,
  );
  expect(blocks).toMatchObject([
    { type: 'rich_text', elements: [{ elements: [{ text: '*#41* <\u2060!here>', style: { bold: true } }] }] },
    { type: 'markdown', text: 'Say **hi**' },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'see <https://a.example|it>' }] },
  ]);
  expect(text).toBe('*#41* &lt;\u2060!here&gt;\nSay hi');
});

test('steps are a plan with the title, or lines with glyphs', () => {
  const doc: Doc = {
    title: '#41 Date picker',
    text: '',
    steps: [
      { id: 'plan', title: 'Plan', state: 'done', detail: 'approved by Ana' },
      { id: 'ci', title: 'CI', state: 'paused' },
    ],
  };
  expect(render(doc, plan).blocks).toMatchObject([
    {
      type: 'plan',
      title: '#41 Date picker',
      tasks: [
        { task_id: 'plan', title: 'Plan', status: 'complete', details: { type: 'rich_text' } },
        { task_id: 'ci', title: '⏸ CI', status: 'pending' },
      ],
    },
  ]);
  const lines = render(doc, { plan: false }).blocks[1];
  expect(lines).toMatchObject({ type: 'section', text: { text: '✔ Plan · approved by Ana\n⏸ CI' } });
});

test('buttons carry their token; links that run code have no button', () => {
  const buttons = [
    [
      { label: 'Approve plan', token: 'approve:41', style: 'primary' as const },
      { label: 'Ask for changes', token: 'revise:41', form: { title: 'Changes', label: 'What?' } },
      { label: 'Open', url: 'https://a.example' },
      { label: 'Bad', url: 'javascript:alert(1)' },
    ],
  ];
  const { blocks } = render({ text: 'x', buttons }, plan);
  expect(blocks[1]).toMatchObject({
    type: 'actions',
    elements: [
      { action_id: 'b:0', value: 'approve:41', style: 'primary' },
      { action_id: 'f:1', value: JSON.stringify({ token: 'revise:41', title: 'Changes', label: 'What?' }) },
      { action_id: 'u:2', url: 'https://a.example' },
    ],
  });
});

test('six buttons of a row make two rows', () => {
  const row = Array.from({ length: 6 }, (_, i) => ({ label: `B${i}`, token: `t:${i}` }));
  expect(render({ text: 'x', buttons: [row] }, plan).blocks.slice(1)).toMatchObject([
    { elements: { length: 5 } },
    { elements: { length: 1 } },
  ]);
});

test('text over the limit becomes several parts with the buttons at the end', () => {
  const text = Array.from({ length: 60 }, (_, i) => `${i} ${'word '.repeat(60)}`).join('\n\n');
  const parts = partsOf({ title: 'T', text, buttons: [[{ label: 'A', token: 'a' }]] });
  expect(parts).toHaveLength(2);
  expect(parts[0]).toMatchObject({ title: 'T' });
  expect(parts[0]?.buttons).toBeUndefined();
  expect(parts[1]?.buttons).toHaveLength(1);
  expect(parts[1]?.title).toBeUndefined();
});

test('very long text becomes its beginning and a file with the whole', () => {
  const text = 'word '.repeat(20_000);
  const [part, ...more] = partsOf({ text });
  expect(more).toEqual([]);
  expect(part?.attachment).toEqual({ name: 'message.md', text });
  expect(part?.text.length).toBeLessThan(2_000);
});
