import { EventEmitter } from 'node:events';
import type { RecordedRequest } from './types.ts';

const KEPT_REQUESTS = 500;
const WAIT_MS = 30_000;

/** `request` when it has been understood, `reply` when its answer has ended. */
interface RecorderEvents {
  request: [RecordedRequest];
  reply: [RecordedRequest];
}

/** The last 500 requests and their answers. */
export class Recorder extends EventEmitter<RecorderEvents> {
  readonly requests: RecordedRequest[] = [];

  begin(request: RecordedRequest): void {
    this.requests.push(request);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
  }

  /** The first request, past or coming, that the probe accepts; asked at its arrival and again when it is answered. */
  async waitFor(probe: (request: RecordedRequest) => boolean, timeoutMs = WAIT_MS): Promise<RecordedRequest> {
    const found = this.requests.find(probe);
    if (found) return found;
    const { promise, resolve, reject } = Promise.withResolvers<RecordedRequest>();
    const look = (request: RecordedRequest) => {
      if (probe(request)) resolve(request);
    };
    const timer = setTimeout(
      () => reject(new Error(`no model request matched within ${timeoutMs} ms; ${this.requests.length} were seen`)),
      timeoutMs,
    );
    this.on('request', look).on('reply', look);
    return promise.finally(() => {
      clearTimeout(timer);
      this.off('request', look).off('reply', look);
    });
  }
}
