/** What the program asks of a canary, as JSON in its only argument. */
export type CanaryOrders =
  | { readonly listen: number }
  | {
      /** What a worker must not reach, by `host:port`. */
      readonly closed: readonly { readonly name: string; readonly address: string }[];
      /** The one that it must. */
      readonly broker: string;
      /** The cluster's DNS server, where it is known. */
      readonly dns?: string;
    };

/** What a canary found, one JSON line in its termination message. */
export interface CanaryReport {
  /** Of the closed addresses those that answered: `the API server (10.96.0.1:443)`. */
  readonly reached: readonly string[];
  /** Why the broker was not reached, e.g. `ECONNREFUSED`, or null. */
  readonly brokerError: string | null;
  readonly uid: number;
  /** First line of /proc/self/uid_map, e.g. `0 65536 65536`. */
  readonly uidMap: string;
  /** Fields of /proc/self/status. */
  readonly noNewPrivs: string;
  readonly capEff: string;
  readonly seccomp: string;
  readonly rootWritable: boolean;
  /** Whether a token of the API server is mounted. */
  readonly apiToken: boolean;
}
