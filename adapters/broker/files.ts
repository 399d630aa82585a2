import type { HandedOver } from '../../core/door.ts';
import { handOver } from '../../core/protocol.ts';
import { paths } from '../../core/protocol-paths.ts';
import { Refusal, readBody, sendJson } from './http.ts';
import type { Exchange } from './talk.ts';
import { tokenOf } from './token.ts';

/** Sends a file of the attempt's task. */
export async function sendFile({ response, attempt, door }: Exchange, path: string): Promise<void> {
  const id = /^\/(\d{1,9})$/.exec(path.slice(paths.files.length))?.[1];
  const bytes = id ? await door.file(attempt, Number(id)) : null;
  if (!bytes) throw new Refusal(404, 'not_found', 'There is no such file for this task.');
  response
    .writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length })
    .end(Buffer.from(bytes));
}

/** Takes a file for people. The attempt's own token, which everything in the sandbox can read, must not leave with it. */
export async function takeFile({ request, response, attempt, door, share }: Exchange, name: string): Promise<void> {
  const bytes = await readBody(request, handOver.bytes, { response, share });
  const token = tokenOf(request.headers);
  if (token && bytes.includes(token)) throw new Refusal(400, 'secret', 'The file contains a secret of this sandbox.');
  const became = await door.handOver(attempt, name.slice(0, 255), bytes);
  if (became !== 'kept') throw new Refusal(400, became, refusals[became]);
  sendJson(response, 200, {});
}

const refusals: Readonly<Record<Exclude<HandedOver, 'kept'>, string>> = {
  empty: 'The file is empty.',
  type: 'The file is none of: png, jpeg, gif, webp, text in UTF-8, pdf, zip.',
  too_many: `This run has handed over ${handOver.files} files, the most it may.`,
};
