import type { CodeHost } from '../code-host.ts';
import type { Platform } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { Chat, ChatModel, Sandbox } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { Interrupts } from './interrupts.ts';
import type { Drawing, Presenter } from './presenter.ts';
import type { Rest } from './rest.ts';

/** Structured logger, as pino has it. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Settings {
  readonly chatModel: string;
  readonly workerModel: string;
  /** The small model that Claude Code uses for side work; workers may call it too. */
  readonly sideModel: string;
  readonly maxWorkers: number;
  readonly taskBudgetUsd: number;
  readonly taskDeadlineMinutes: number;
  readonly ciRounds: number;
  /** How often the code host is looked at behind the webhooks. */
  readonly reconcileMs: number;
  /** How long a commit may stay without any check before a person is asked whether there is CI at all. */
  readonly ciGraceMs: number;
  /** How long green checks must stay the same before they count. */
  readonly ciSettleMs: number;
  /** How long a task that waits and hears nothing stays in memory. */
  readonly restMs: number;
  /** Where the web page is reached, without a slash at the end. */
  readonly publicUrl: string;
  /** After how long without an answer everybody else who may give it is asked; 0: never. */
  readonly escalateMs: number;
}

/** Everything outside of the core, through ports. */
export interface Outside {
  readonly store: Store;
  readonly chats: ReadonlyMap<Platform, Chat>;
  readonly host: CodeHost;
  readonly sandbox: Sandbox;
  readonly model: ChatModel;
  readonly settings: Settings;
  readonly log: Log;
}

/** What the workflows are made of. */
export interface Deps extends Outside {
  readonly presenter: Presenter;
  /** How a card looks now; null for what does not exist. */
  readonly draw: (subject: string) => Promise<Drawing | null>;
  /** Tells a task something, once per key, wherever it is. */
  readonly tellTask: Rest['tell'];
  /** Looks at a task on the code host soon, outside of any workflow. */
  readonly look: (task: TaskNumber) => void;
  /** Tells a waiting worker of a task that there is something to hear. */
  readonly steered: (task: TaskNumber) => void;
  /** Asks, while the work goes on, whether a task that has used most of its budget may have more. */
  readonly warnBudget: (task: TaskNumber) => Promise<void>;
  /** How a person stops the assistant while it speaks. */
  readonly interrupts: Interrupts;
}
