import type { OpenAttempt } from '../../core/door.ts';
import { flushPkt, pktLine } from './pkt-line.ts';

export interface PushCommand {
  readonly ref: string;
  readonly deletes: boolean;
}

export interface Push {
  readonly commands: readonly PushCommand[];
  readonly capabilities: readonly string[];
}

/** The commands of a push, as `git receive-pack` reads them. Throws on lines it does not know, signed pushes among them. */
export function parsePush(payloads: readonly Buffer[]): Push {
  const lines = payloads.map((payload) => payload.toString('utf8').replace(/\n$/, ''));
  const commands: PushCommand[] = [];
  let capabilities: readonly string[] = [];
  for (const line of lines) {
    if (/^shallow [0-9a-f]+$/.test(line)) continue;
    const [command = '', offered] = line.split('\0');
    if (offered !== undefined) capabilities = offered.trim().split(' ');
    const parts = /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) (\S.*)$/.exec(command);
    if (!parts) throw new Error('not a push command');
    commands.push({ ref: parts[2] ?? '', deletes: /^0+$/.test(parts[1] ?? '') });
  }
  return { commands, capabilities };
}

/** Why a command may not pass, or null when it may: an attempt writes its task's branch and checkpoint, and deletes nothing. */
export function refusalOf(command: PushCommand, attempt: OpenAttempt): string | null {
  const branch = `refs/heads/${attempt.branch}`;
  if (command.ref !== branch && command.ref !== attempt.checkpointRef) {
    return `not allowed: this task may push only to ${attempt.branch}`;
  }
  return command.deletes ? 'not allowed: this task may not delete refs' : null;
}

/** The answer by which git shows each refused ref with its reason, as `! [remote rejected] main -> main (…)`. */
export function refusedReport(push: Push, attempt: OpenAttempt): Buffer {
  const reasons = push.commands.map(
    (command) =>
      `ng ${command.ref} ${refusalOf(command, attempt) ?? 'not pushed: another ref of this push is not allowed'}`,
  );
  const report = Buffer.concat([...['unpack ok', ...reasons].map((line) => pktLine(`${line}\n`)), flushPkt]);
  if (!push.capabilities.includes('side-band-64k')) return report;
  return Buffer.concat([pktLine(Buffer.concat([Buffer.from([1]), report])), flushPkt]);
}
