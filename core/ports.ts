/**
 * With {@link ./code-host.ts} the only interfaces that the outside implements. Every implementation throws
 * {@link ./errors.ts Failure} and nothing else.
 */
import type { Account, Doc, Emoji, FileRef, Inbound, MessageRef, Place, Platform, ReplyHandle } from './domain/chat.ts';
import type { OutFile } from './domain/file.ts';
import type { AttemptId, TaskNumber } from './domain/ids.ts';
import type { SandboxCause } from './domain/run.ts';

/** What a face can do; the core asks before it relies on anything. */
export interface ChatCapabilities {
  /** Longest text of one message, in characters. */
  readonly maxCharacters: number;
  /** Shortest time between two edits of one message, milliseconds. */
  readonly editEveryMs: number;
  /**
   * Whether past messages and reactions can be read back after a downtime. Without, `find` knows no more than what this
   * process has sent, so a post of unknown fate comes twice at worst.
   */
  readonly history: boolean;
  /** How a button that asks for words gets them: a form that opens, or a written reply to a message that asks. */
  readonly forms: 'modal' | 'reply';
  /** Whether a message in a direct conversation can have a thread; without, what is said about it is said beside it. */
  readonly dmThreads: boolean;
  /**
   * Whether nobody else sees a command and what answers it, in a channel too. Without, a code is neither taken nor given
   * there, and answers go to the person's direct messages.
   */
  readonly privateCommands: boolean;
}

/** What a person may mean by a few typed letters, for platforms that complete commands. At most 25, best first. */
export type Suggest = (
  what: 'project' | 'task' | 'ask' | 'person',
  typed: string,
  account: Account,
) => Promise<readonly { readonly label: string; readonly value: string }[]>;

/** A channel that a platform makes for a project. */
export interface NewChannel {
  readonly space: string;
  readonly name: string;
  /** One line about it, shown above the channel. */
  readonly about: string;
}

/** A reply that grows while the model speaks. */
export interface ReplyStream {
  /** The message, once the platform has made one. */
  readonly ref: MessageRef | null;
  /** Adds text; returns at once, what leaves is paced by the platform's budget. */
  append(text: string): void;
  /** Sends all that is left and ends the message; resolves when the final text is at the platform. */
  finish(doc: Doc): Promise<MessageRef>;
}

/** A chat platform. Adapters normalise and send; durability, order, policy and words live in the core. */
export interface Chat {
  readonly platform: Platform;
  readonly capabilities: ChatCapabilities;
  /** Connects; every inbound is acknowledged to the platform only after `sink` has resolved (it is durable then). */
  start(sink: (inbound: Inbound) => Promise<void>, suggest?: Suggest): Promise<void>;
  stop(): Promise<void>;
  /**
   * `gapAt` is when a connection was begun anew that did not go on from the one before (milliseconds since the epoch): the
   * platform does not tell what was said between the two.
   */
  health(): { connected: boolean; detail?: string; gapAt?: number };
  /**
   * Sends one message. `key` names it for ever: it travels with the message where the platform allows (Slack metadata,
   * Discord nonce), so that {@link find} can tell whether a post of unknown fate arrived. Throws Failure with remedy
   * `look` when that is unknown.
   */
  post(place: Place, doc: Doc, key: string): Promise<MessageRef>;
  /**
   * The message posted under `key`, or null; looks no further back than `since` (milliseconds since the epoch). `as` tells
   * what the key names: a platform may be unable to put the key on a reply before it ends, and then finds the one that was
   * left unfinished by its state; with `post` that is never mistaken for the message. `doc` is what was sent, where the
   * caller knows it: a platform that loses keys after a while knows the message by its words.
   */
  find(place: Place, key: string, since: number, as?: 'post' | 'reply', doc?: Doc): Promise<MessageRef | null>;
  /** Replaces a message's content. Unchanged content is success. May answer a new ref where the platform forbids the edit. */
  edit(ref: MessageRef, doc: Doc): Promise<MessageRef>;
  /** Adds or removes the bot's own reaction; repeated is success. */
  react(ref: MessageRef, emoji: Emoji, on: boolean): Promise<void>;
  /** Begins a reply in `place` to `to`; `resume` is a message that a killed stream under the same key left behind. */
  stream(place: Place, to: Account, key: string, resume: MessageRef | null): ReplyStream;
  /** Shows that the assistant is at work in a conversation (or no longer is). Best effort, never throws. */
  working(place: Place, on: boolean): Promise<void>;
  /** The private place with a person. Throws Failure `unreachable` when they cannot be written to. */
  dm(account: Account): Promise<Place>;
  /**
   * Answers a button, command or form privately while its handle is good (Slack: 30 minutes); throws `expired` after that,
   * and `not_private` where others would read it: then nothing was sent.
   */
  reply(handle: ReplyHandle, doc: Doc): Promise<void>;
  /** Everything said in `place` after `since`, oldest first, as inbound messages; empty where `capabilities.history` is false. */
  history(place: Place, since: number): AsyncIterable<Inbound>;
  /**
   * Places where something was said after `since`, whether we ever wrote there or not, and the private ones with these
   * people; absent where a platform tells no such thing.
   */
  readonly places?: (since: number, people: readonly Account[]) => Promise<readonly Place[]>;
  /** Who reacted how to a message; empty where the platform cannot tell. */
  reactions(ref: MessageRef): Promise<{ account: Account; emoji: Emoji }[]>;
  /** A link people can open to see the message, or null. */
  link(ref: MessageRef): Promise<string | null>;
  /** A file that a person sent. Throws `too_large` above `maxBytes`, `gone` when the platform no longer has it. */
  download(file: FileRef, maxBytes: number): Promise<Uint8Array>;
  /**
   * Sends one file with its caption as a message of its own. `key` names it as it does a {@link post}: {@link find} finds
   * it by the key. Throws `look` when its fate is unknown.
   */
  upload(place: Place, file: OutFile, key: string): Promise<MessageRef>;
  /** Makes a channel, or answers the one of that name that is there; absent where a bot can't. */
  readonly openChannel?: (channel: NewChannel) => Promise<Place>;
}

/** Where an attempt executes. All calls are idempotent by the attempt's id. */
export interface Sandbox {
  readonly name: 'local' | 'kubernetes';
  /** A hint that this attempt will be started soon: what takes long may be got ready. It may come to nothing. Never throws. */
  expect?(attempt: AttemptId): void;
  /** Throws {@link Failure}: `retry` when the cluster can't be reached, `never` when it will not run such a worker. */
  start(spec: SandboxSpec): Promise<void>;
  status(attempt: AttemptId): Promise<SandboxStatus>;
  /** The last lines that the attempt's program wrote, at most 4,000 characters; empty when nobody has them any more. */
  output(attempt: AttemptId): Promise<string>;
  /** Ends the attempt's processes, gently first. */
  stop(attempt: AttemptId): Promise<void>;
  /** Removes everything of a task: files, namespace. */
  remove(task: TaskNumber): Promise<void>;
  /** The tasks of which anything is here, so that what nobody needs any more can be removed. */
  tasks(): Promise<TaskNumber[]>;
  /**
   * Since when what workers say gets through to the program, milliseconds since the epoch; null while it does not. Without
   * it: since the program began.
   */
  heardSince?(): number | null;
  /** Why people should not rely on the isolation, in a few words, or null; every task's card says it. */
  readonly warning: string | null;
}

export interface SandboxSpec {
  readonly attempt: AttemptId;
  readonly task: TaskNumber;
  /** The attempt's bearer token, where the sandbox gives no identity of its own; the only credential it ever sees. */
  readonly token: string;
  /** Milliseconds since the epoch after which the worker is ended from outside, should it not end by itself. */
  readonly deadline: number;
  /** How much memory, as a multiple of the usual: 2 after an attempt that ran out of it. */
  readonly memory: 1 | 2;
}

/** How an attempt fares, as seen from outside. `unknown`: no trace of it. `exited` too when it can never begin. */
export interface SandboxStatus {
  readonly state: 'starting' | 'running' | 'exited' | 'unknown';
  /** For people: `exit code 0`; why it waits, `no node has room`. */
  readonly detail: string;
  /** Why it ended or can't begin, where that is known and not the worker's own doing. */
  readonly cause?: SandboxCause;
}

export type ModelContent =
  /** `volatile` text at the end of the last message differs in every request: the cached prefix ends before it. */
  | { type: 'text'; text: string; volatile?: true }
  /** `data` in base64; within the model's {@link ImageLimits}. */
  | { type: 'image'; mediaType: string; data: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown }
  | { type: 'tool_result'; id: string; content: string; isError: boolean };

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ModelContent[];
}

export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the input. */
  readonly input: Record<string, unknown>;
}

export interface ModelRequest {
  readonly model: string;
  /** Blocks of the system prompt; each ends a cached prefix. At most two. */
  readonly system: readonly string[];
  readonly tools: readonly ModelTool[];
  /** The last message ends a cached prefix too, without its volatile text. */
  readonly messages: readonly ModelMessage[];
  readonly maxTokens: number;
}

export interface ModelUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
}

export type ModelEvent =
  | { type: 'text'; text: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown }
  | { type: 'end'; stop: 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal'; usage: ModelUsage };

/** What an image may have at most: bytes (before base64), and pixels a side. */
export interface ImageLimits {
  readonly bytes: number;
  readonly side: number;
}

/** The assistant's model. Failures: `overloaded`, `rate_limited`, `invalid_credentials`, `model_not_found`, `cut` (remedy retry). */
export interface ChatModel {
  readonly imageLimits: ImageLimits;
  stream(request: ModelRequest, signal?: AbortSignal): AsyncIterable<ModelEvent>;
}
