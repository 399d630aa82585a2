export type FaultKind =
  | 'error500'
  | 'error502'
  /** The request is carried out, the answer is a 502. */
  | 'error502_after'
  /** The request is carried out, then the connection breaks without an answer. */
  | 'drop_after'
  /** The request is carried out and never answered. */
  | 'timeout_after'
  | 'rate_limit'
  | 'secondary_rate_limit'
  | 'not_found';

export interface Fault {
  kind: FaultKind;
  /** HTTP method; any when absent. */
  method?: string;
  /** Tested against the path below the API base with its query (`/repos/acme/web/issues?state=open`); GraphQL is `/graphql`, git is `/acme/web.git/…`. */
  path?: RegExp;
  /** How often it strikes; default 1. */
  times?: number;
  /** Seconds told in `retry-after` or `x-ratelimit-reset`; default 1. */
  retryAfterSeconds?: number;
}

/** Misbehaviour on request: each rule strikes on the next matching requests, then is spent. */
export class Faults {
  private rules: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.rules.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.rules = [];
  }

  /** How many strikes are still to come. */
  get pending(): number {
    return this.rules.reduce((sum, rule) => sum + rule.left, 0);
  }

  /** Takes one strike of the first rule that matches. */
  take(method: string, path: string): Fault | undefined {
    const rule = this.rules.find(
      ({ fault, left }) =>
        left > 0 && (!fault.method || fault.method.toUpperCase() === method) && (!fault.path || fault.path.test(path)),
    );
    if (!rule) return undefined;
    rule.left -= 1;
    this.rules = this.rules.filter(({ left }) => left > 0);
    return rule.fault;
  }
}
