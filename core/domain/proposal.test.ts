import { expect, test } from 'vitest';
import { canUndo, type Proposal, undoMs } from './proposal.ts';

const proposal = (state: Proposal['state'], decidedAt: number | null): Proposal => ({
  ...{ id: 1, conversation: 'c', repo: 'acme/web', base: 'main', title: '', brief: '', model: 'm', planFirst: true },
  ...{ budgetUsd: 5, deadlineMinutes: 90, createdAt: 0, expiresAt: 1, decidedBy: null, task: 1, proposer: 1 },
  place: { platform: 'slack', space: 'T1', channel: 'C1', dm: false },
  state,
  decidedAt,
});

test('a confirmation can be taken back for ten seconds, and only a confirmation', () => {
  expect(canUndo(proposal('confirmed', 100), 100)).toBe(true);
  expect(canUndo(proposal('confirmed', 100), 100 + undoMs - 1)).toBe(true);
  expect(canUndo(proposal('confirmed', 100), 100 + undoMs)).toBe(false);
  expect(canUndo(proposal('confirmed', null), 100)).toBe(false);
  for (const state of ['open', 'declined', 'expired', 'undone', 'replaced'] as const)
    expect(canUndo(proposal(state, 100), 100)).toBe(false);
});
