import { expect, test } from 'vitest';
import { offences } from './examples.ts';
import { decisionLog } from './history.ts';
import { joinCard } from './join.ts';
import * as people from './people.ts';
import { exactTime } from './time.ts';

const at = Date.parse('2026-03-12T09:14:03Z');
const place = { platform: 'slack', space: 'T1', channel: 'C1', dm: false };
const event = (type: string, data: Record<string, unknown> = {}) => ({ at, actor: 'Ana', type, data });
const task = { number: 41, title: 'Fix the picker' };

test('a moment in the record is exact and names its time zone', () => {
  expect(exactTime(at, 'UTC')).toBe('12 Mar 2026, 09:14:03 UTC');
  expect(exactTime(at, 'Europe/Rome')).toMatch(/^12 Mar 2026, 10:14:03 (GMT\+1|CET)$/);
});

test.each([
  [
    event('confirmed', { place, platform: 'slack', account: 'slack:T1:U1' }),
    '**Ana** started it · Slack, `C1` · `slack:T1:U1`',
  ],
  [
    event('answered', { words: 'approved', platform: 'telegram', place: { ...place, dm: true } }),
    'approved the plan · Telegram, direct message',
  ],
  [event('answered', { words: 'asked for changes: "less"', platform: 'github' }), 'asked for changes: "less" · GitHub'],
  [event('steered', { text: 'Use @everyone\nnow', platform: 'slack' }), 'said: "Use @\u200beveryone now" · Slack'],
  [event('delegated', { platform: 'slack' }), '**Ana** delegated · Slack'],
  [event('cancel_asked'), 'cancelled it · unknown'],
])('%j reads as it happened', (one, words) => {
  expect(decisionLog(task, [one]).text).toContain(words);
});

test('a long log keeps its newest part and says how much is left out; an empty one says so', () => {
  const events = Array.from({ length: 21 }, (_, n) => event('steered', { text: `word ${n}`, platform: 'slack' }));
  const doc = decisionLog(task, events);
  expect(doc.text.split('\n')).toHaveLength(20);
  expect(doc.text).toContain('word 20');
  expect(doc.text).not.toContain('word 0"');
  expect(doc.note).toBe('1 earlier decision not shown.');
  expect(decisionLog(task, []).text).toBe('Nobody has decided anything yet.');
});

test('the card of a joined account has its button while it works, and no longer', () => {
  const join = { id: 3, account: 'telegram::99:7', undoneAt: null };
  const open = joinCard(join, { name: 'Ana', open: true });
  expect(open.text).toContain('Ana on Telegram');
  expect(open.buttons?.flat()).toMatchObject([{ label: 'Not me: unlink', token: 'unlink:3' }]);
  expect(joinCard(join, { name: 'Ana', open: false }).buttons).toBeUndefined();
  expect(joinCard({ ...join, undoneAt: 1 }, { name: null, open: false }).text).toContain(
    '99:7 on Telegram was unlinked',
  );
});

test('every word about people keeps the house rules', () => {
  const docs = [
    ...[people.stranger('7K2M-9QFA'), people.stranger(null), people.strangerAgain, people.notTheirs, people.badCode],
    ...[people.notOwn('confirm'), people.notOwn('approve'), people.tooManyCodes, people.linkCode('7K2M-9QFA', 600_000)],
    ...[people.welcomeOwner('Ana'), people.welcomeAccount('Ana'), people.admitted('Ana', 'owner', true)],
    ...[people.alreadySomebody('Ana', true), people.alreadySomebody('Ana', false), people.notAllowed('confirm')],
    ...[people.answeredInDm, people.writeFirst, people.unreadable, people.anonymous],
    joinCard({ id: 3, account: 'slack:T1:U1', undoneAt: null }, { name: 'Ana', open: true }),
    decisionLog(task, [event('confirmed', { place, platform: 'slack' })]),
  ];
  for (const doc of docs) expect(offences(doc)).toEqual([]);
});
