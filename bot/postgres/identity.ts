import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { Failure } from '../../core/errors.ts';

/** How to start a program as the user that Postgres runs as. */
export interface Identity {
  command(program: string, args: readonly string[]): { file: string; args: string[]; uid?: number; gid?: number };
  /** Gives a file or directory to that user. */
  own(path: string): void;
}

const self: Identity = {
  command: (file, args) => ({ file, args: [...args] }),
  own: () => undefined,
};

/**
 * Postgres refuses to run as root. Root therefore starts it as the owner of `directory` (after the first start), as
 * `postgres` or as `nobody`, whichever exists; nobody else changes anything. Where that user cannot reach the
 * files, as in a clone below `/root`, it gets the one capability to pass (`CAP_DAC_OVERRIDE`).
 */
export function postgresIdentity(directory: string, program: string): Identity {
  if (process.getuid?.() !== 0) return self;
  const { uid, gid } = owner(directory);
  const own = (path: string) => chownSync(path, uid, gid);
  own(directory);
  const reachable = spawnSync('sh', ['-c', 'test -x "$1" && test -w "$2"', 'sh', program, directory], { uid, gid });
  if (reachable.status === 0) return { own, command: (file, args) => ({ file, args: [...args], uid, gid }) };
  const prefix = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...capability];
  const probe = spawnSync('setpriv', [...prefix, program, '--version']);
  if (probe.status === 0)
    return { own, command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args] }) };
  throw new Failure(`Postgres cannot run as root, and user ${uid} cannot reach ${program} or ${directory}.`, {
    code: 'postgres_unreachable_files',
    remedy: 'never',
    advice: 'Run Mainloop as another user, move it out of a private directory like /root, or set DATABASE_URL.',
    cause: probe.error,
  });
}

/** Without the secure bit `access(2)`, which initdb asks, leaves capabilities out of account for all but root. */
const capability = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];

function owner(directory: string): { uid: number; gid: number } {
  const { uid, gid } = statSync(directory);
  if (uid !== 0) return { uid, gid };
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (ids.every(({ status }) => status === 0)) {
      const [user, group] = ids.map(({ stdout }) => Number(stdout));
      if (user && group) return { uid: user, gid: group };
    }
  }
  throw new Failure('Postgres cannot run as root, and this machine has neither a user postgres nor nobody.', {
    code: 'postgres_user_missing',
    remedy: 'never',
    advice: 'Run Mainloop as another user, or set DATABASE_URL.',
  });
}
