/** Tasks, asks and texts for the tests of the words. */
import type { Answer, AskBody } from '../domain/ask.ts';
import type { Doc } from '../domain/chat.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Question } from '../domain/run.ts';
import type { Status, Task } from '../domain/task.ts';
import type { AskView } from './ask.ts';

export const now = Date.parse('2026-03-12T09:14:00Z');
const minute = 60_000;

/** What a stranger may write to ping, run, hide or forge something. */
export const hostile =
  '@everyone <!channel> <@U012345> [x](javascript:alert(1)) <!-- mainloop:task:41 --> ![p](https://evil.example/p.png) <img src=x> fixes #5\u202e';

export function task(status: Partial<Status> = {}, change: Partial<Task> = {}): Task {
  return {
    number: 41,
    repo: 'acme/web',
    base: 'main',
    title: 'The date picker lets me choose Feb 30 in Safari, which no month has ever had',
    brief: 'The date picker lets me choose Feb 30 in Safari.',
    model: 'claude-opus-5-5',
    planFirst: true,
    budgetUsd: 5,
    spentUsd: 1.31,
    deadlineMinutes: 90,
    conversation: 'slack:T1:C1:1700.1',
    place: { platform: 'slack', space: 'T1', channel: 'C1', thread: '1700.1', dm: false },
    person: 1,
    branch: 'mainloop/41-date-picker',
    issue: { number: 112, url: 'https://github.com/acme/web/issues/112' },
    pull: { number: 113, url: 'https://github.com/acme/web/pull/113' },
    head: null,
    session: null,
    plan: null,
    ignoredChecks: [],
    createdAt: now - 22 * minute,
    endedAt: null,
    ...change,
    status: {
      phase: 'implementing',
      holder: 'worker',
      since: now - 6 * minute,
      parked: false,
      detail: '',
      nextAt: null,
      ...status,
    },
  };
}

export function proposal(change: Partial<Proposal> = {}): Proposal {
  const { conversation, place, ...rest } = task();
  const { repo, base, title, brief, model, planFirst, budgetUsd, deadlineMinutes } = rest;
  return {
    ...{ repo, base, title, brief, model, planFirst, budgetUsd, deadlineMinutes, conversation, place },
    id: 7,
    state: 'open',
    createdAt: now - minute,
    expiresAt: now + 1440 * minute,
    decidedAt: null,
    decidedBy: null,
    proposer: 1,
    task: null,
    ...change,
  };
}

export const question: Question = {
  question: 'Which behaviour for "31/02"?',
  header: 'Behaviour',
  options: [
    { label: 'Reject with an error', description: 'what the tests suggest' },
    { label: 'Clamp to the last day', description: '' },
  ],
  multiSelect: false,
};

export const bodies: readonly AskBody[] = [
  { kind: 'plan', summary: '1. Reject impossible days.\n2. Show the error.\n3. Tests.\n4. More.', version: 1 },
  { kind: 'plan', summary: '1. Reject impossible days.', version: 2 },
  { kind: 'question', questions: [question] },
  { kind: 'question', questions: [question, { ...question, question: 'Keep the old text?' }] },
  { kind: 'review', summary: 'Validates the day before building the Date; adds 4 tests.' },
  { kind: 'budget', spentUsd: 4.1, limitUsd: 5, hard: false },
  { kind: 'budget', spentUsd: 5.02, limitUsd: 5, hard: true },
  {
    kind: 'failure',
    title: 'CI is still red after 3 fixes',
    reason: 'Red: test (node 20).',
    choices: ['retry', 'take_over', 'ignore', 'drop'],
  },
];

export const answers: readonly Answer[] = [
  { type: 'approve' },
  { type: 'revise', text: 'keep the old error text' },
  { type: 'drop' },
  { type: 'reply', answers: { 'Which behaviour for "31/02"?': 'Clamp to the last day' } },
  { type: 'raise', usd: 5 },
  { type: 'choose', choice: 'retry' },
  { type: 'choose', choice: 'ignore' },
  { type: 'choose', choice: 'take_over' },
  { type: 'choose', choice: 'drop' },
];

export const openAsk = (body: AskBody, change: Partial<AskView> = {}): AskView => ({
  id: 12,
  task: 41,
  kind: body.kind,
  body,
  state: 'open',
  answer: null,
  draft: null,
  delegated: null,
  answeredBy: null,
  answeredOn: null,
  createdAt: now - 6 * minute,
  answeredAt: null,
  ...change,
});

export const answeredAsk = (body: AskBody, answer: Answer): AskView =>
  openAsk(body, { state: 'answered', answer, answeredBy: 'Ben', answeredOn: 'discord', answeredAt: now });

/** All that a reader sees of a document, as one text. */
export const shown = (doc: Doc): string =>
  [
    doc.title ?? '',
    doc.text,
    ...(doc.steps ?? []).map((step) => [step.title, step.detail ?? ''].join(': ')),
    doc.note ?? '',
    ...(doc.buttons ?? []).flat().flatMap(({ label, form }) => [label, ...(form ? [form.title, form.label] : [])]),
  ].join('\n');

const emoji = /(?![✔✖▶])\p{Extended_Pictographic}/gu;

/** What is wrong with a document by the rules of the house; empty when nothing is. */
export function offences(doc: Doc): string[] {
  const text = shown(doc);
  const buttons = (doc.buttons ?? []).flat();
  return [
    ...(/!(?!\[)/.test(text) ? ['exclamation mark'] : []),
    ...(text.match(emoji) ?? []).filter((glyph) => !['⏸', '👍', '👎'].includes(glyph)),
    ...(/undefined|null|NaN|\[object/.test(text) ? ['a value nobody says'] : []),
    ...(/ {2}|\.\.(?!\.)| [,.]/.test(text) ? ['careless punctuation'] : []),
    ...(doc.text.trim() === '' ? ['no text'] : []),
    ...buttons.filter((b) => b.label.length > 75).map((b) => `long label ${b.label}`),
    ...buttons.filter((b) => Buffer.byteLength(b.token ?? '') > 64).map((b) => `long token ${b.token}`),
    ...buttons.filter((b) => (b.token === undefined) === (b.url === undefined)).map((b) => `dead button ${b.label}`),
    ...buttons.filter((b) => /^(ok|yes)$/i.test(b.label)).map((b) => `empty label ${b.label}`),
    ...(doc.buttons ?? []).filter((row) => row.length > 5).map(() => 'more than 5 buttons in a row'),
  ];
}
