import type { CodeHost } from '../code-host.ts';
import type { ConversationKey, FileRef, Place } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { Person } from '../domain/policy.ts';
import type { ModelUsage } from '../ports.ts';
import type { Decisions } from '../workflows/decisions.ts';
import type { Deps } from '../workflows/deps.ts';

/** What the assistant is made of. Of all decisions it has those that a person's message may ask for; confirming is none. */
export type AssistantDeps = Pick<Deps, 'store' | 'model' | 'settings' | 'log'> & {
  readonly host: Pick<CodeHost, 'head'>;
  readonly decisions: Pick<Decisions, 'answer' | 'reply' | 'steer' | 'cancel' | 'replace'>;
};

/** One message that a turn answers, and who said it. `person` is null for a stranger, who may nothing. */
export interface Said {
  /** The stored message's id; the model knows it as `m123`. */
  readonly id: number;
  readonly author: string;
  readonly account: string | null;
  readonly person: Person | null;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly files: readonly FileRef[];
  /** The task under whose card it was said. */
  readonly about?: TaskNumber;
}

/** What is answered together, in one place. */
export interface Turn {
  readonly id: string;
  readonly conversation: ConversationKey;
  readonly place: Place;
  readonly said: readonly Said[];
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it: checked by the tool. */
  readonly input: unknown;
}

/** One answer of the model within a turn. With `uses`, the tools' outcomes go back to it in the next round. */
export interface Round {
  readonly text: string;
  readonly uses: readonly ToolCall[];
  readonly stop: 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal';
  readonly usage: ModelUsage;
}

/** What came of a tool call. `proposal` is a card to show (shown already: nothing to do), `start` a task to start. */
export interface ToolOutcome {
  /** For the model. */
  readonly content: string;
  readonly isError: boolean;
  readonly proposal: number | null;
  readonly start: TaskNumber | null;
}
