import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { AttemptId } from '../../core/domain/ids.ts';
import { notPushed, type Push, type PushCommand, pushHead, readReport, reportOf } from './receive-pack.ts';

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
  /** Told when refs of ours may have stayed at the code host, in somebody's repository. */
  readonly left: (place: string, error: unknown) => void;
}

/**
 * Carries a push out in two steps, since the broker cannot look into a pack: its commits go to refs for which no CI runs,
 * are looked at there, and only then the refs that were meant are moved. Answers the report for git, and why the branch was
 * refused; then nothing is moved.
 */
export async function guardedPush(guarded: GuardedPush): Promise<{ report: Buffer; refused: string | null }> {
  const { attempt, push, branch, pack, send, mayPush, left } = guarded;
  const none = branch.to.replaceAll(/./g, '0');
  const place = `refs/mainloop/incoming/${attempt}/${randomUUID()}`;
  const incoming = push.commands.map(({ to }, index) => ({ ref: `${place}/${index}`, from: none, to }));
  const leaving = incoming.map(({ ref, to }) => ({ ref, from: to, to: none }));
  const clean = () => send(Readable.from([pushHead(ours(push, leaving))]));
  const refuse = (why: string) =>
    push.commands.map((command) => `ng ${command.ref} ${command === branch ? why : notPushed}`);

  // Also when an answer was lost on its way: the code host may have taken what it was of.
  let cleared = false;
  try {
    const first = readReport(await send(joined(pushHead({ ...push, commands: incoming }), pack)), push.capabilities);
    const answer = (lines: readonly string[], refused: string | null = null) => ({
      report: reportOf(push, lines, first.words),
      refused,
    });
    if (!incoming.every(({ ref }) => first.lines.includes(`ok ${ref}`))) {
      const [unpacked = ''] = first.lines;
      const own = push.commands.map(({ ref }, index) => {
        const why = first.lines
          .find((line) => line.startsWith(`ng ${place}/${index} `))
          ?.split(' ')
          .slice(2)
          .join(' ');
        return `ng ${ref} ${why ?? notPushed}`;
      });
      return answer([unpacked, ...own]);
    }
    const refused = await mayPush(branch.to);
    if (refused !== null) return answer(['unpack ok', ...refuse(refused)], refused);
    const moving = pushHead(ours(push, [...push.commands, ...leaving]));
    const { lines } = readReport(await send(Readable.from([moving, noObjects(push)])), []);
    cleared = leaving.every(({ ref }) => lines.includes(`ok ${ref}`));
    const became = ({ ref }: PushCommand) =>
      lines.find((line) => line.split(' ')[1] === ref) ?? `ng ${ref} the code host did not say what became of it`;
    return answer(['unpack ok', ...push.commands.map(became)]);
  } finally {
    if (!cleared) await clean().catch((error) => left(place, error));
  }
}

/** A push of ours: its report comes without a sideband. It is as atomic as the client's. */
const ours = (push: Push, commands: readonly PushCommand[]): Push => ({
  commands,
  capabilities: ['report-status', ...push.capabilities.filter((name) => /^(atomic$|object-format=)/.test(name))],
  shallow: [],
});

/** A pack without objects: the code host has them. It ends in its own hash. */
function noObjects(push: Push): Buffer {
  const head = Buffer.from([0x50, 0x41, 0x43, 0x4b, 0, 0, 0, 2, 0, 0, 0, 0]);
  const algorithm = push.capabilities.includes('object-format=sha256') ? 'sha256' : 'sha1';
  return Buffer.concat([head, createHash(algorithm).update(head).digest()]);
}

const joined = (head: Buffer, rest: Readable): Readable =>
  Readable.from(
    (async function* () {
      yield head;
      yield* rest as AsyncIterable<Buffer>;
    })(),
    { objectMode: false },
  );
