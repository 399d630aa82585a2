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

/** A push whose lines are taken one by one, as `git receive-pack` reads them. */
export function readPush(): { readonly push: Push; take(payload: Buffer): void } {
  const commands: PushCommand[] = [];
  const refs = new Set<string>();
  const shallow: string[] = [];
  let capabilities: readonly string[] = [];
  return {
    get push() {
      return { commands, capabilities, shallow };
    },
    /** Throws on a line that it does not know, that of a signed push among them. */
    take(payload) {
      const line = payload.toString('utf8').replace(/\n$/, '');
      if (/^shallow [0-9a-f]+$/.test(line)) return void shallow.push(line);
      const [command = '', offered] = line.split('\0');
      if (offered !== undefined) capabilities = offered.trim().split(' ');
      const [, from = '', to = '', ref = ''] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (\S.*)$/.exec(command) ?? [];
      if (!ref || refs.has(ref)) throw new Error('not a push command');
      refs.add(ref);
      commands.push({ ref, from, to });
    },
  };
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

/** Far more than the two that an attempt may name. */
const mostRefs = 16;

/** Why a push is refused whatever its refs are. */
export const refusalOfAll = ({ commands }: Push): string | null =>
  commands.length > mostRefs ? `not allowed: a push of more than ${mostRefs} refs` : null;

/** The answer by which git shows each refused ref with its reason, as `! [remote rejected] main -> main (…)`. */
export function refusedReport(push: Push, attempt: OpenAttempt): Buffer {
  const all = refusalOfAll(push);
  const reasons = push.commands.map(
    (command) => `ng ${command.ref} ${all ?? refusalOf(command, attempt) ?? notPushed}`,
  );
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
  const packets = readUntilFlush(answer);
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
  const lines = readUntilFlush(report);
  if (!lines) throw new Error('not a report');
  return lines.map((line) => line.toString('utf8').replace(/\n$/, ''));
}
