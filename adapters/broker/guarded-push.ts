import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { AttemptId } from '../../core/domain/ids.ts';
import { type Push, type PushCommand, pushHead, readReport, reportOf } from './receive-pack.ts';

export interface GuardedPush {
  readonly attempt: AttemptId;
  readonly push: Push;
  /** The one of its commands that moves the branch on which CI runs. */
  readonly branch: PushCommand;
  /** What follows the commands. */
  readonly pack: Readable;
  /** Sends a push to the code host; answers the whole of what that says to it. */
  readonly send: (body: Readable) => Promise<Buffer>;
  /** Why the commit may not become the branch; asked once the code host has it. */
  readonly mayPush: (sha: string) => Promise<string | null>;
}

/**
 * Carries a push out in two steps, since the broker cannot look into a pack: the commit goes to a ref for which no CI runs,
 * is looked at there, and only then the branch is moved. Answers the report for git, and why the branch was refused.
 */
export async function guardedPush(guarded: GuardedPush): Promise<{ report: Buffer; refused: string | null }> {
  const { attempt, push, branch, pack, send, mayPush } = guarded;
  const none = branch.to.replaceAll(/./g, '0');
  const incoming: PushCommand = { ref: `refs/mainloop/incoming/${attempt}/${randomUUID()}`, from: none, to: branch.to };
  const first = { ...push, commands: push.commands.map((command) => (command === branch ? incoming : command)) };
  const { lines, words } = readReport(await send(joined(pushHead(first), pack)), push.capabilities);
  if (!lines.includes(`ok ${incoming.ref}`)) {
    return { report: reportOf(push, renamed(lines, incoming.ref, branch.ref), words), refused: null };
  }
  const remove: PushCommand = { ref: incoming.ref, from: branch.to, to: none };
  const clean = () => send(Readable.from([pushHead(plain(push, [remove]))]));
  const move = async (): Promise<string[]> => {
    const answer = await send(Readable.from([pushHead(plain(push, [branch, remove])), noObjects(push)]));
    const own = readReport(answer, []).lines.filter((line) => line.split(' ')[1] === branch.ref);
    return own.length > 0 ? own : [`ng ${branch.ref} the code host did not say what became of it`];
  };
  const refused = await mayPush(branch.to).catch(async (error) => {
    await clean();
    throw error;
  });
  if (refused !== null) await clean();
  const moved = refused === null ? await move() : [`ng ${branch.ref} ${refused}`];
  // In the order of the commands: git reads what belongs to a ref from the lines behind it.
  const at = lines.indexOf(`ok ${incoming.ref}`);
  const report = [...lines.slice(0, at), ...moved, ...lines.slice(endOf(lines, at))];
  return { report: reportOf(push, report, words), refused };
}

/** A push of ours: its report comes without a sideband. */
const plain = (push: Push, commands: readonly PushCommand[]): Push => ({
  commands,
  capabilities: ['report-status', ...push.capabilities.filter((capability) => /^object-format=/.test(capability))],
  shallow: [],
});

/** A pack without objects: the code host has them. It ends in its own hash. */
function noObjects(push: Push): Buffer {
  const head = Buffer.from([0x50, 0x41, 0x43, 0x4b, 0, 0, 0, 2, 0, 0, 0, 0]);
  const algorithm = push.capabilities.includes('object-format=sha256') ? 'sha256' : 'sha1';
  return Buffer.concat([head, createHash(algorithm).update(head).digest()]);
}

/** Where what the report says of the ref at `at` ends: its options come behind it. */
function endOf(lines: readonly string[], at: number): number {
  const next = lines.findIndex((line, index) => index > at && !line.startsWith('option '));
  return next < 0 ? lines.length : next;
}

const renamed = (lines: readonly string[], from: string, to: string): string[] =>
  lines.map((line) => line.replaceAll(from, to));

const joined = (head: Buffer, rest: Readable): Readable =>
  Readable.from(
    (async function* () {
      yield head;
      yield* rest as AsyncIterable<Buffer>;
    })(),
    { objectMode: false },
  );
