import type { Question } from './run.ts';

/** Something that waits for a person. */
export type AskKind = 'plan' | 'question' | 'review' | 'budget' | 'failure';

/** What is asked; kept with the ask, so that its card can be drawn again at any time. */
export type AskBody =
  | { kind: 'plan'; summary: string; version: number }
  | { kind: 'question'; questions: readonly Question[] }
  | { kind: 'review'; summary: string }
  | { kind: 'budget'; spentUsd: number; limitUsd: number; hard: boolean }
  | { kind: 'failure'; title: string; reason: string; choices: readonly FailureChoice[] };

/** What a person can do about a parked task. */
export type FailureChoice = 'retry' | 'ignore' | 'take_over' | 'drop';

/** What a person decided. One shape for every kind, so that each surface can produce it. */
export type Answer =
  | { type: 'approve' }
  | { type: 'revise'; text: string }
  | { type: 'drop' }
  | { type: 'reply'; answers: Readonly<Record<string, string>> }
  | { type: 'raise'; usd: number }
  | { type: 'choose'; choice: FailureChoice };

const yes =
  /^(?:(?:yes|yep|yeah|ok|okay|sure|approved?|lgtm|go|go ahead|go for it|start|start it|do it|ship it|please do|looks good|sounds good|merge it|👍|✅|:\+1:|:white_check_mark:)[\s,.!]*(?:please|go|thanks|thank you|do it|start|start it|go ahead)?[\s.!]*)$/iu;
const no =
  /^(?:no|nope|don't|do not|stop|drop it|drop|cancel|never mind|nevermind|👎|❌)(?:[\s,.!]*(?:thanks|thank you|please|drop it))?[\s.!]*$/iu;

/**
 * Plain words as a decision, only when the whole message is nothing else: "yes, go" confirms, "looks good, but keep the
 * old text" does not (it is a revision). Everything longer is for the assistant to understand, never to confirm.
 */
export function plainDecision(text: string): 'yes' | 'no' | null {
  const words = text.trim();
  if (words.length > 40) return null;
  if (yes.test(words)) return 'yes';
  if (no.test(words)) return 'no';
  return null;
}

/**
 * A written reply to an ask's card: exact yes approves, exact no drops a plan, all else is what the person wants changed.
 * What is written to questions is part of their answer ({@link ./questions.ts}).
 */
export function answerFromWords(body: Exclude<AskBody, { kind: 'question' }>, text: string): Answer | null {
  const decision = plainDecision(text);
  switch (body.kind) {
    case 'plan':
      if (decision === 'yes') return { type: 'approve' };
      return decision === 'no' ? { type: 'drop' } : { type: 'revise', text };
    case 'review':
      return decision ? null : { type: 'revise', text };
    case 'budget':
      if (decision === 'yes') return { type: 'raise', usd: body.limitUsd };
      return decision === 'no' ? { type: 'drop' } : null;
    case 'failure':
      if (decision === 'yes') return { type: 'choose', choice: 'retry' };
      if (decision === 'no') return { type: 'choose', choice: 'drop' };
      return { type: 'revise', text };
  }
}
