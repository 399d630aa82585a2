/** What a chat platform and the core say to each other: places, people, messages in and documents out. */

/** The known faces. A string, so that a new adapter needs no change here. */
export type Platform = string;

/** A place where messages go. `thread` is absent in a plain channel; `dm` is a private conversation with one person. */
export interface Place {
  readonly platform: Platform;
  /** Slack team, Discord guild; empty where the platform has none. */
  readonly space: string;
  readonly channel: string;
  readonly thread?: string | undefined;
  readonly dm: boolean;
}

/** A conversation's key: `platform:space:channel:thread`. */
export type ConversationKey = string;

export const conversationKey = (place: Place): ConversationKey =>
  [place.platform, place.space, place.channel, place.thread ?? ''].join(':');

/** One message on a platform. `id` is the platform's own (Slack ts, Discord snowflake, Telegram message id). */
export interface MessageRef {
  readonly place: Place;
  readonly id: string;
}

/** An identity on one platform. `bot` is true for anything that isn't a human; bots never confirm, approve or answer. */
export interface Account {
  readonly platform: Platform;
  readonly space: string;
  readonly id: string;
  readonly name?: string | undefined;
  readonly bot: boolean;
}

/** `platform:space:id`, how accounts are stored and compared; Slack ids as `slack:T…/U…` in OWNERS become `slack:T…:U…`. */
export const accountKey = (account: Pick<Account, 'platform' | 'space' | 'id'>): string =>
  [account.platform, account.space, account.id].join(':');

/** Whether an account is a guest of another workspace (Slack Connect) where it speaks. */
export const isForeign = (account: Pick<Account, 'space'>, place: Pick<Place, 'space'>): boolean =>
  account.space !== '' && account.space !== place.space;

/** 👍 and 👎 in every spelling become these two; other reactions are kept under their own name. */
export type Emoji = 'yes' | 'no' | (string & {});

export interface FileRef {
  readonly name: string;
  readonly mimeType: string;
  readonly size: number;
  /** Opaque to the core: how the adapter fetches it again. */
  readonly handle: string;
}

interface InboundBase {
  /** The platform's own id of the thing said, the same for every redelivery, e.g. `slack:m:C1:1700.1`. */
  readonly dedupe: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly at: number;
  readonly account: Account;
  readonly place: Place;
}

/** What a person did, already parsed. Buttons, commands and forms carry a `reply` handle while the platform allows an answer. */
export type Inbound = InboundBase &
  (
    | {
        kind: 'message';
        ref: MessageRef;
        text: string;
        mentionsBot: boolean;
        files: readonly FileRef[];
        /** The message it answers, where the platform has replies beside threads. */
        replyTo?: MessageRef | undefined;
        /** Names the files that were sent at once, where each comes as a message of its own: the same for all of them. */
        album?: string | undefined;
      }
    | { kind: 'reaction'; target: MessageRef; emoji: Emoji; added: boolean }
    | { kind: 'action'; target: MessageRef | null; token: string; values: readonly string[]; reply: ReplyHandle }
    | { kind: 'command'; text: string; reply: ReplyHandle }
    | {
        kind: 'form';
        token: string;
        fields: Readonly<Record<string, string | readonly string[]>>;
        reply: ReplyHandle;
        /** The message that brought the words, where the face has no forms; the core sets it. */
        message?: MessageRef | undefined;
      }
    | { kind: 'stop'; target: MessageRef | null }
  );

/**
 * Serializable: where a private answer to a button or command can still be sent (Slack response_url, trigger id…). `waits` is
 * set where the platform shows its person that an answer is on its way: then there must be one.
 */
export type ReplyHandle = Readonly<Record<string, string>>;

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'paused';

export interface ProgressStep {
  readonly id: string;
  readonly title: string;
  readonly state: StepState;
  readonly detail?: string | undefined;
}

export interface Button {
  /** Says what it does: "Approve plan", never "OK". At most 75 characters. */
  readonly label: string;
  /** Opaque to the platform, at most 64 bytes (Telegram's limit): `verb:subject[:choice]`. Absent on links. */
  readonly token?: string;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
  /** When set, pressing it opens a form with one text field under this label; the text comes back as a `form`. */
  readonly form?: { readonly title: string; readonly label: string; readonly initial?: string };
}

/** One neutral message. Adapters render it; the text is GitHub-flavoured markdown from the words room or the model. */
export interface Doc {
  /** First line, bold. */
  readonly title?: string | undefined;
  readonly text: string;
  readonly steps?: readonly ProgressStep[] | undefined;
  /** Small print below. */
  readonly note?: string | undefined;
  /** Rows of buttons. */
  readonly buttons?: readonly (readonly Button[])[] | undefined;
  /** Long text that belongs to the message, sent as a file where it does not fit. */
  readonly attachment?: { readonly name: string; readonly text: string } | undefined;
  /** Asks for a written reply to this very message, where the platform can show that (Telegram's force_reply). */
  readonly wantsReply?: boolean | undefined;
}
