/**
 * Tells the broker as many events as it takes, in large batches, up to as many mebibytes as the argument says. Prints one
 * line of JSON: the mebibytes that were taken, and every answer that was not 200, with how often it came.
 */
import { readFileSync } from 'node:fs';

const token = readFileSync('/var/run/mainloop/token', 'utf8').trim();
const url = `${process.env.ANTHROPIC_BASE_URL?.replace('/anthropic', '')}/v1/events`;
const most = Number(process.argv[2]);
const perBatch = 3;
const text = 'flood '.repeat(Math.ceil(2 ** 20 / 6));
const refusals: Record<string, number> = {};
let taken = 0;
let seq = 1_000_000;

for (let sent = 0; sent < most; sent += perBatch) {
  const events = Array.from({ length: perBatch }, () => {
    seq += 1;
    return { seq, at: Date.now(), event: { type: 'says', text } };
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  try {
    const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ events }) });
    if (status === 200) taken += perBatch;
    else refusals[status] = (refusals[status] ?? 0) + 1;
  } catch {
    refusals.cut = (refusals.cut ?? 0) + 1; // refused without having been read
  }
}
process.stdout.write(`${JSON.stringify({ taken, refusals })}\n`);
