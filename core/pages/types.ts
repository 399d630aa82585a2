/** What pages show to one viewer. Times are milliseconds since the epoch; texts are the house's markdown unless they say otherwise. */
import type { AskKind } from '../domain/ask.ts';
import type { Doc, Place, ProgressStep } from '../domain/chat.ts';
import type { DiffStat } from '../domain/diff.ts';
import type { FileKind } from '../domain/file.ts';
import type { AttemptId, RepoName, RunId, TaskNumber } from '../domain/ids.ts';
import type { Role } from '../domain/policy.ts';
import type { RunKind } from '../domain/run.ts';
import type { Holder, Phase, Task } from '../domain/task.ts';
import type { Happening } from '../words/timeline.ts';

export interface Link {
  readonly number: number;
  readonly url: string;
}

export interface Badges {
  /** Open tasks that wait for this viewer. */
  readonly tasks: number;
  /** Open asks that the viewer may answer and did not put off. */
  readonly inbox: number;
}

export interface TaskItem {
  readonly number: TaskNumber;
  /** As the person wrote it, one line, cut. */
  readonly title: string;
  readonly repo: RepoName;
  readonly phase: Phase;
  readonly holder: Holder;
  readonly since: number;
  /** When the program acts by itself next; null: only the holder can move it. */
  readonly nextAt: number | null;
  readonly parked: boolean;
  readonly final: boolean;
  /** One clause: `CI: 2 of 3 checks are green`. */
  readonly short: string;
  /** Who holds it, since when, what comes next: what `why` says. */
  readonly sentences: string;
  readonly steps: readonly ProgressStep[];
  /** What CI says, one clause; null where it says nothing now. */
  readonly ci: string | null;
  readonly spentUsd: number;
  readonly budgetUsd: number;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly issue: Link | null;
  readonly pull: Link | null;
  /** The thread it was started in. */
  readonly place: Place;
  /** Who started it; the name is null when they are gone. */
  readonly person: { readonly id: number; readonly name: string | null };
  /** Its open asks that the viewer may answer. */
  readonly asks: number;
}

export interface TaskFilter {
  readonly repo?: RepoName;
  /** Tasks that this person started, by id. */
  readonly person?: number;
  /** True: finished ones only; false: open ones only; absent: both. */
  readonly done?: boolean;
  /** Finished ones with a smaller number than this. */
  readonly before?: TaskNumber;
  /** Of the open ones and of the finished ones at most so many each. */
  readonly limit: number;
}

export interface TaskList {
  /** By what needs attention first: waits for the viewer, for somebody else, parked, running, queued. */
  readonly open: readonly TaskItem[];
  /** How many open ones the filter lets through; more than are listed when the limit cut. */
  readonly openCount: number;
  /** Newest first. */
  readonly finished: readonly TaskItem[];
  /** The next `before`; null: there are no older ones. */
  readonly older: TaskNumber | null;
  /** What the list can be narrowed to. */
  readonly choices: {
    readonly repos: readonly RepoName[];
    readonly people: readonly { readonly id: number; readonly name: string }[];
  };
}

export interface AskItem {
  readonly id: number;
  readonly task: TaskNumber;
  readonly title: string;
  readonly repo: RepoName;
  readonly kind: AskKind;
  /** What it wants, one clause: `plan to read`. */
  readonly reason: string;
  readonly since: number;
  /** Whether a worker cannot go on without the answer. */
  readonly blocked: boolean;
  /** As in chat, with the buttons that the viewer may press. */
  readonly card: Doc;
  readonly mayAnswer: boolean;
  /** Names of those who may, the task's person first; for a viewer who may not. */
  readonly whoMay: readonly string[];
  /** Until when the viewer put it off. */
  readonly snoozedUntil: number | null;
}

export interface SettledItem {
  readonly id: number;
  readonly task: TaskNumber;
  readonly title: string;
  readonly repo: RepoName;
  readonly at: number;
  /** Who answered what, where and when. */
  readonly card: Doc;
}

export interface InboxPage {
  /** What the viewer may answer: stopped workers first, the oldest before others. */
  readonly waiting: readonly AskItem[];
  /** The same that the viewer put off, what comes again first before others. */
  readonly snoozed: readonly AskItem[];
  /** What only others may answer. */
  readonly others: readonly AskItem[];
  /** The last ones that were answered, newest first. */
  readonly settled: readonly SettledItem[];
}

export interface AttemptItem {
  readonly id: AttemptId;
  readonly n: number;
  readonly state: 'running' | 'ending' | 'ended';
  /** How it ended, one clause; empty while it runs. */
  readonly outcome: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly durationMs: number;
}

export interface RunItem {
  readonly id: RunId;
  readonly n: number;
  readonly kind: RunKind;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** How it ended, a clause and what the worker said of it; null while it goes on. */
  readonly outcome: string | null;
  readonly attempts: readonly AttemptItem[];
}

export interface FileItem {
  readonly id: number;
  /** Plain text. */
  readonly name: string;
  readonly mimeType: string;
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
}

export interface Spent {
  /** `2026-11-25`, in the viewer's time zone. */
  readonly day: string;
  readonly usd: number;
}

export interface TaskPage extends TaskItem {
  /** What was asked for, as it was written: untrusted markdown. */
  readonly brief: string;
  readonly branch: string;
  readonly base: string;
  readonly model: string;
  /** The approved plan or the last one proposed: untrusted markdown. */
  readonly plan: string | null;
  /** The task's message as chats show it. */
  readonly progress: Doc;
  readonly openAsks: readonly AskItem[];
  /** What the command `why` says, with the buttons that the viewer may press. */
  readonly why: Doc;
  /** What the viewer may do to it now; approving and answering come with the asks' cards. */
  readonly deeds: { readonly steer: boolean; readonly retry: boolean; readonly cancel: boolean };
  readonly runs: readonly RunItem[];
  /** Oldest first. */
  readonly timeline: readonly Happening[];
  /** Dollars by day, oldest first. */
  readonly spending: readonly Spent[];
  /** What its workers handed over. */
  readonly files: readonly FileItem[];
  /** What the branch changed at `head`, as last read from the code host; null: not read yet. */
  readonly diff: (DiffStat & { readonly head: string }) | null;
}

export interface LogRange {
  /** Lines after this cursor, the oldest of them. Wins over `before`. */
  readonly after?: string;
  /** Lines before this cursor, the newest of them. Without both: the newest of all. */
  readonly before?: string;
  readonly limit: number;
  /** Only lines that contain this, as it is written, in any case. */
  readonly query?: string;
}

export interface LogLine {
  /** Stays the same for ever; opaque. */
  readonly cursor: string;
  readonly at: number;
  readonly attempt: AttemptId;
  readonly kind: 'started' | 'says' | 'tool' | 'commit' | 'check' | 'steered' | 'log';
  /** A tool's name, a commit's short SHA: plain text. */
  readonly label: string | null;
  /** Of a check: whether it passed. */
  readonly ok: boolean | null;
  /** Plain text, all of it, with its newlines; empty where `kind` says it all (`started`, `steered`: took what was said). */
  readonly text: string;
}

export interface LogPage {
  /** Oldest first. A search looks at some thousand lines a page: it may find none and have an `older` all the same. */
  readonly lines: readonly LogLine[];
  /** The next `before`; null: nothing is older. */
  readonly older: string | null;
  /** The next `after`, also for what is still to come; null: there is no line yet. */
  readonly newer: string | null;
  /** Whether there may be newer lines already. */
  readonly hasNewer: boolean;
}

export interface ProjectItem {
  readonly repo: RepoName;
  readonly url: string;
  readonly open: number;
  readonly finished: number;
}

export interface ProjectPage extends ProjectItem {
  readonly defaultBranch: string;
  readonly selfApproval: boolean;
  /** A person said that it has no CI. */
  readonly withoutCi: boolean;
  /** Commands that must pass; null: the project's own test command is looked for. */
  readonly checks: readonly { readonly name: string; readonly command: string }[] | null;
  readonly pulls: readonly (Link & { readonly task: TaskNumber; readonly title: string })[];
  readonly channels: readonly Place[];
  /** Who may use it; null unless the viewer is an owner. */
  readonly people: readonly { readonly name: string; readonly role: Role }[] | null;
  /** Dollars today, in the last 7 and 30 days with today, in the viewer's time zone. */
  readonly usage: { readonly today: number; readonly week: number; readonly month: number };
  readonly tasks: Pick<TaskList, 'open' | 'openCount' | 'finished' | 'older'>;
}

export interface PageFile {
  /** As the worker named it: untrusted. */
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

export interface PageSettings {
  /** Hears of a task that is looked at whose head was not compared with its base yet; returns at once. */
  readonly wantDiff?: (task: Task) => void;
  /** What the sandbox warns of now. */
  readonly warning?: () => string | null;
}
