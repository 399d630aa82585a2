import type { OpenAttempt } from '../../core/door.ts';
import { flushPkt, pktLine, readUntilFlush } from './pkt-line.ts';

export interface PushCommand {
  readonly ref: string;
  /** Commits; all zeros where the ref is not yet, or is to be no more. */
  readonly from: string;
  readonly to: string;
}

export interface Push {
  readonly commands: readonly PushCommand[];
  readonly capabilities: readonly string[];
  /** Lines that say where the client's history ends. */
  readonly shallow: readonly string[];
}

/** The commands of a push, as `git receive-pack` reads them. Throws on lines it does not know, signed pushes among them. */
export function parsePush(payloads: readonly Buffer[]): Push {
  const lines = payloads.map((payload) => payload.toString('utf8').replace(/\n$/, ''));
  const commands: PushCommand[] = [];
  const shallow: string[] = [];
  let capabilities: readonly string[] = [];
  for (const line of lines) {
    if (/^shallow [0-9a-f]+$/.test(line)) {
      shallow.push(line);
      continue;
    }
    const [command = '', offered] = line.split('\0');
    if (offered !== undefined) capabilities = offered.trim().split(' ');
    const [, from = '', to = '', ref = ''] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (\S.*)$/.exec(command) ?? [];
    if (!ref || commands.some((known) => known.ref === ref)) throw new Error('not a push command');
    commands.push({ ref, from, to });
  }
  return { commands, capabilities, shallow };
}

/** Said of a command that would have been let through alone. */
export const notPushed = 'not pushed: another ref of this push is not allowed';

/** Why a command may not pass, or null when it may: an attempt writes its task's branch and checkpoint, and deletes nothing. */
export function refusalOf(command: PushCommand, attempt: OpenAttempt): string | null {
  const branch = `refs/heads/${attempt.branch}`;
  if (command.ref !== branch && command.ref !== attempt.checkpointRef) {
    return `not allowed: this task may push only to ${attempt.branch}`;
  }
  return isZero(command.to) ? 'not allowed: this task may not delete refs' : null;
}

/** The answer by which git shows each refused ref with its reason, as `! [remote rejected] main -> main (…)`. */
export function refusedReport(push: Push, attempt: OpenAttempt): Buffer {
  const reasons = push.commands.map((command) => `ng ${command.ref} ${refusalOf(command, attempt) ?? notPushed}`);
  return reportOf(push, ['unpack ok', ...reasons]);
}

/** A report in the form for which the push has asked, behind what the code host said to the person (sideband packets). */
export function reportOf(push: Push, lines: readonly string[], words: readonly Buffer[] = []): Buffer {
  const report = Buffer.concat([...lines.map((line) => pktLine(`${line}\n`)), flushPkt]);
  if (!push.capabilities.includes('side-band-64k')) return report;
  const packets: Buffer[] = [];
  for (let at = 0; at < report.length; at += sideband)
    packets.push(pktLine(Buffer.concat([Buffer.from([1]), report.subarray(at, at + sideband)])));
  return Buffer.concat([...words.map(pktLine), ...packets, flushPkt]);
}

/** Reads such an answer: the lines of its report, and the packets for the person. Throws on what is none. */
export function readReport(answer: Buffer, capabilities: readonly string[]): { lines: string[]; words: Buffer[] } {
  if (!capabilities.includes('side-band-64k')) return { lines: linesOf(answer), words: [] };
  const packets = readUntilFlush(answer)?.payloads;
  if (!packets) throw new Error('not an answer to a push');
  const report = packets.filter(([channel]) => channel === 1).map((packet) => packet.subarray(1));
  return { lines: linesOf(Buffer.concat(report)), words: packets.filter(([channel]) => channel !== 1) };
}

/** The head of a push: its commands with the capabilities, up to the pack. */
export function pushHead(push: Push): Buffer {
  const capabilities = `\0 ${push.capabilities.join(' ')}`;
  const commands = push.commands.map(
    ({ from, to, ref }, index) => `${from} ${to} ${ref}${index === 0 ? capabilities : ''}`,
  );
  return Buffer.concat([...push.shallow, ...commands].map((line) => pktLine(line)).concat(flushPkt));
}

export const isZero = (sha: string): boolean => /^0+$/.test(sha);

/** Room for data in a packet of the sideband, with its length and channel. */
const sideband = 65_515;

function linesOf(report: Buffer): string[] {
  const lines = readUntilFlush(report)?.payloads;
  if (!lines) throw new Error('not a report');
  return lines.map((line) => line.toString('utf8').replace(/\n$/, ''));
}
