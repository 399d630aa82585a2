import { subscribe } from 'node:diagnostics_channel';
import { paths } from '../../core/protocol-paths.ts';
import { type Call, createCall } from './call.ts';
import type { WorkerConfig } from './config.ts';

/** The first question to the broker, which is answered while the rest of the program is loaded. */
export interface Opening {
  readonly call: Call;
  /** The broker's answer to what is to be done. May fail before anybody waits for it. */
  readonly job: Promise<string>;
  /** Resolves when the question has left: what is loaded before holds it back. */
  readonly asked: Promise<unknown>;
}

/** Asks for the job. */
export function open({ broker, token }: WorkerConfig): Opening {
  const call = createCall(broker, token);
  // Published by Node's fetch: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel.md
  const sent = new Promise((resolve) => subscribe('undici:client:sendHeaders', resolve));
  const job = call(paths.job).then((answer) => answer.toString('utf8'));
  const asked = Promise.race([sent, job]);
  for (const begun of [job, asked]) begun.catch(() => undefined);
  return { call, job, asked };
}
