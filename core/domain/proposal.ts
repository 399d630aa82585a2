import type { ConversationKey, Place } from './chat.ts';
import type { RepoName, TaskNumber } from './ids.ts';

/** `open` waits for a person; every other state is final, except that a confirmed one can be undone for a short while. */
export type ProposalState = 'open' | 'confirmed' | 'declined' | 'expired' | 'undone' | 'replaced';

export interface ProposedTask {
  readonly repo: RepoName;
  readonly base: string;
  readonly title: string;
  readonly brief: string;
  readonly model: string;
  readonly planFirst: boolean;
  readonly budgetUsd: number;
  readonly deadlineMinutes: number;
}

export interface Proposal extends ProposedTask {
  readonly id: number;
  readonly conversation: ConversationKey;
  readonly place: Place;
  /** The person whose words led to it; null when that is not known. */
  readonly proposer: number | null;
  readonly state: ProposalState;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly decidedAt: number | null;
  /** Name of the person who decided, as others should read it. */
  readonly decidedBy: string | null;
  readonly task: TaskNumber | null;
}

/** How long after the confirmation a person can take it back with one touch, milliseconds. */
export const undoMs = 10_000;

/** A second touch this soon after the confirmation is a double tap on the card, not a change of mind, milliseconds. */
export const doubleTapMs = 700;

/** How long a proposal waits for a person, milliseconds. */
export const proposalLifeMs = 24 * 60 * 60 * 1000;

export const canUndo = (proposal: Proposal, now: number): boolean =>
  proposal.state === 'confirmed' && proposal.decidedAt !== null && now < proposal.decidedAt + undoMs;
