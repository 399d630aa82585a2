import type { DeliveryKind, Json } from './types.ts';

/** One attempt to hand a payload to the app. */
export interface Parcel {
  kind: DeliveryKind;
  payload: Json;
  attempt: number;
  reason: string;
}

export type Receipt = { acked: true; response: unknown } | { acked: false; reason: string };

/** A way to the app: its open sockets, or its request URL. */
export interface Transport {
  /** True when an attempt makes sense now. */
  ready(): boolean;
  /** Resolves when `ready` next becomes true; false when the transport closed for good. */
  untilReady(): Promise<boolean>;
  /** Sends at once (synchronously, so that order holds) and resolves with the app's answer or the lack of one. */
  send(parcel: Parcel): Promise<Receipt>;
}

export interface DeliveryTiming {
  /** How long Slack waits for an ack; Slack's 3,000 ms by default. */
  ackTimeoutMs: number;
  /** Pause before each retry of an event; as many retries as entries. Slack: at once, 1 min, 5 min. */
  retryDelaysMs: number[];
}
