import { describe, expect, it } from 'vitest';
import type { Doc } from '../domain/chat.ts';
import type { ProposalState } from '../domain/proposal.ts';
import type { Holder, Phase } from '../domain/task.ts';
import { askCard } from './ask.ts';
import { answeredAsk, answers, bodies, hostile, now, offences, openAsk, proposal, shown, task } from './examples.ts';
import { help } from './help.ts';
import { inboxDoc, reminderLine } from './inbox.ts';
import { notAllowed, stranger, welcomeOwner } from './people.ts';
import { proposalCard } from './proposal.ts';
import { doneNotice, progressCard, taskList } from './task.ts';
import { why } from './why.ts';

const phases: readonly Phase[] = [
  'planning',
  'approval',
  'implementing',
  'ci',
  'fixing',
  'review',
  'addressing',
  'merged',
  'closed',
  'cancelled',
];
const holders: readonly Holder[] = ['you', 'ci', 'worker', 'queue', 'cluster', 'model', 'reviewer', 'nobody'];
const states: readonly ProposalState[] = ['open', 'confirmed', 'declined', 'expired', 'undone', 'replaced'];
const activity = { commits: 2, doing: 'running the tests' };

/** Every document people can get, by a name, drawn around `words` that somebody else wrote. */
function everyDoc(words: string): [string, Doc][] {
  const titled = (status: Parameters<typeof task>[0] = {}) => task(status, { title: words, brief: words });
  const docs: [string, Doc][] = [];
  for (const phase of phases) {
    for (const holder of holders) {
      for (const parked of [false, true]) {
        const one = titled({ phase, holder, parked, detail: words, nextAt: now + 60_000 });
        const name = `${phase} held by ${holder}${parked ? ', parked' : ''}`;
        const asks = bodies.slice(0, holder === 'you' ? 2 : 0).map((body) => openAsk(body));
        docs.push([`progress ${name}`, progressCard(one, { activity, asks, ci: words, now, taskUrl: null })]);
        docs.push([`why ${name}`, why(one, asks, now)]);
        docs.push([`list ${name}`, taskList([one], now)]);
      }
    }
  }
  for (const body of bodies) {
    docs.push([`open ${body.kind}`, askCard(openAsk(body), titled(), { now })]);
    docs.push([`withdrawn ${body.kind}`, askCard(openAsk(body, { state: 'withdrawn' }), titled(), { now })]);
    const delegated = { to: words, by: words };
    const handed = { ask: openAsk(body, { delegated }), task: titled(), url: null, snoozedUntil: now + 1 };
    docs.push([`handed ${body.kind}`, askCard(handed.ask, titled(), { now })]);
    docs.push([`inbox ${body.kind}`, inboxDoc([handed], now, 'UTC')]);
    docs.push([`reminder ${body.kind}`, reminderLine(openAsk(body), titled(), 'https://chat.example/1', now)]);
    for (const answer of answers)
      docs.push([`${body.kind} ${answer.type}`, askCard(answeredAsk(body, answer), titled(), { now })]);
  }
  for (const state of states) {
    const one = proposal({ state, title: words, brief: words, decidedBy: words, decidedAt: now, task: 41 });
    docs.push([`proposal ${state}`, proposalCard(one, { forecast: null, url: null, now, unsafe: [words] })]);
  }
  docs.push([
    'done',
    doneNotice(titled(), { commits: 3, summary: words, checks: [{ name: words, ok: false }], minutes: 22, ci: true }),
  ]);
  docs.push(
    ['help', help()],
    ['owner', welcomeOwner(words)],
    ['stranger', stranger(null)],
    ['no', notAllowed('confirm')],
  );
  return docs;
}

it('every document keeps the rules of the house', () => {
  const bad = everyDoc('Date picker lets me choose Feb 30').flatMap(([name, doc]) =>
    offences(doc).map((o) => `${name}: ${o}\n${shown(doc)}`),
  );
  expect(bad).toEqual([]);
});

it('nothing that somebody else wrote pings, runs, hides or forges in any document', () => {
  const alive = /@everyone|<!channel>|<@U|\]\(javascript|<!--|!\[|<img|fixes #5|\u202e/;
  const bad = everyDoc(hostile).filter(([, doc]) => alive.test(shown({ ...doc, buttons: [] })));
  expect(bad.map(([name]) => name)).toEqual([]);
});

describe('the first line is the person’s part', () => {
  it.each(holders.flatMap((holder) => phases.slice(0, 7).map((phase) => [phase, holder] as const)))(
    '%s held by %s',
    (phase, holder) => {
      const card = progressCard(task({ phase, holder }), { activity, asks: [], ci: null, now, taskUrl: null });
      const waits = holder === 'you' || holder === 'reviewer';
      expect(card.text).toMatch(waits ? /^⏸ \*\*Waiting for you\*\*/ : /^Nothing needed from you\./);
    },
  );

  it('also where a task was asked about', () => {
    expect(why(task({ phase: 'ci', holder: 'ci', detail: '2 of 3 checks are green' }), [], now).text).toMatch(
      /^Nothing needed from you\. \*\*CI holds it\*\*, for 6 min: 2 of 3 checks are green\./,
    );
    expect(why(task({ holder: 'you', phase: 'approval' }), [], now).text).toMatch(/^⏸ \*\*#41 waits for you\*\*/);
  });
});
