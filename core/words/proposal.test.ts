import { describe, expect, it } from 'vitest';
import { undoMs } from '../domain/proposal.ts';
import { now, proposal } from './examples.ts';
import { proposalCard } from './proposal.ts';

const facts = { forecast: null, url: null, now };
const tokens = (doc: ReturnType<typeof proposalCard>) => (doc.buttons ?? []).flat().map((button) => button.token);

describe('an open proposal', () => {
  it('says where, how and how much, and can be started, changed and declined', () => {
    const card = proposalCard(proposal(), { ...facts, forecast: { minutes: 14.2, usd: 1.2, count: 9 } });
    expect(card.title).toBe('The date picker lets me choose Feb 30 in Safari, which no…');
    expect(card.text).toMatch(
      /^Start it\? acme\/web, from `main` · plan first, then a draft PR · Opus, at most \$5 and 90 min/,
    );
    expect(card.text).toContain('Tasks like this took 14 min and $1.20 here (median of 9).');
    expect(card.note).toBe('or react 👍');
    expect(tokens(card)).toEqual(['confirm:7', 'confirm:7:now', 'change:7', 'decline:7']);
    expect(
      (card.buttons ?? [])
        .flat()
        .filter((button) => button.form)
        .map((button) => button.token),
    ).toEqual(['change:7']);
  });

  it('without a plan does not offer to skip it', () => {
    const card = proposalCard(proposal({ planFirst: false }), facts);
    expect(tokens(card)).toEqual(['confirm:7', 'change:7', 'decline:7']);
    expect(card.text).toContain('no plan');
  });

  it('promises nothing where no task was finished', () => {
    expect(proposalCard(proposal(), facts).text).not.toContain('Tasks like this');
    expect(proposalCard(proposal(), { ...facts, forecast: { minutes: 3, usd: 1, count: 1 } }).text).toContain(
      'One task like this took 3 min',
    );
  });

  it('shows what is going to be done and warns before', () => {
    const card = proposalCard(proposal({ brief: 'Do this.\nAnd that.' }), {
      ...facts,
      unsafe: ['there is no sandbox'],
    });
    expect(card.text).toContain('> Do this.\n> And that.');
    expect(card.text).toContain('**Know before you start:** there is no sandbox');
  });
});

describe('a decided proposal', () => {
  const decided = { decidedBy: 'Ana', decidedAt: now, task: 41 };

  it('can be undone while the window is open', () => {
    const card = proposalCard(proposal({ state: 'confirmed', ...decided }), facts);
    expect(card.text).toBe('✔ **#41** started by Ana.');
    expect(tokens(card)).toEqual(['undo:7']);
  });

  it('keeps no button after it', () => {
    const card = proposalCard(proposal({ state: 'confirmed', ...decided }), { ...facts, now: now + undoMs });
    expect(card.text).toBe('✔ **#41** started by Ana.');
    expect(card.buttons).toBeUndefined();
  });

  it.each([
    ['declined', '✖ Declined by Ana. Nothing was started.'],
    ['undone', '✖ Taken back by Ana. Nothing runs.'],
    ['expired', '✖ Expired after 24 h; say it again and I propose it anew.'],
    ['replaced', '✖ Replaced by a newer proposal. Nothing was started.'],
  ] as const)('that is %s says so and has no button', (state, text) => {
    const card = proposalCard(proposal({ state, ...decided }), facts);
    expect(card.text).toBe(text);
    expect(card.buttons).toBeUndefined();
  });
});
